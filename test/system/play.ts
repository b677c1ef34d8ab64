/** `npm start -- --keep DIR` as a process, with an admin's gatectl beside it, and `/sim` to look and to act at. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Direction } from '../../config/vocabulary.js';
import type { Action } from '../../scripts/simulated-board/sim/actions.js';
import type { BoardView } from '../../scripts/simulated-board/sim/board-view.js';
import { type Child, type Ended, program, runChild, startChild } from './child.js';

const simulatedBoard = program('../../scripts/simulated-board/main.js');
const gatectlProgram = program('../../scripts/gatectl/main.js');
const site = 'main-campus';
const deviceCount = 9;

export interface Play {
  readonly child: Child;
  /** a file that the play has kept */
  kept(name: string): string;
  /** where a file of the admin's goes */
  at(name: string): string;
  /** gatectl's options for its broker */
  readonly broker: readonly string[];
  /** Runs gatectl at this site and broker. */
  gatectl(...words: readonly string[]): Promise<Ended>;
  /** @returns what it prints as JSON; throws where it says no */
  asked(...words: readonly string[]): Promise<unknown>;
  /** Asks the gate in for something, in the name of these admins. */
  command(name: string, ...admins: readonly string[]): Promise<Ended>;
  /** Makes the step of this number, signed by two; the one before it is `channel-N.json`, too. */
  step(channel: string, seq: number, body: unknown, ...words: readonly string[]): Promise<string>;
  /** Flashes a step to both gates, and waits for them. */
  flash(step: string): Promise<unknown>;
  board(gate?: Direction): Promise<BoardView>;
  act(action: Action, gate?: Direction): Promise<void>;
  /** The newest record of a type. */
  last(type: string, gate?: Direction): Promise<BoardView['journal'][number] | undefined>;
  /** Waits until a gate has all its devices, and the broker. */
  isReady(gate?: Direction): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on free ports, nobody coming by themselves. */
export async function startPlay(): Promise<Play> {
  const folder = mkdtempSync(join(tmpdir(), 'play-'));
  const kept = (name: string): string => join(folder, 'audit', name);
  const at = (name: string): string => join(folder, name);
  const child = startChild([simulatedBoard, '--no-show', '--port', '0', '--keep', kept('')]);
  const line = await child.line(/play with it/);
  const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
  const broker = readFileSync(kept('broker'), 'utf8').trim().split(' ');
  const trust = ['--trust', kept('trust.json')];
  const play: Play = {
    ...{ child, kept, at, broker },
    gatectl: (...words) => runChild([gatectlProgram, ...words, ...broker]),
    async asked(...words) {
      const { code, stdout, stderr } = await runChild([gatectlProgram, ...words, '--json']);
      if (code !== 0) throw new Error(`${words.join(' ')}: ${stdout}${stderr}`);
      return JSON.parse(stdout);
    },
    command(name, ...admins) {
      const keys = admins.flatMap((admin) => ['--key', kept(`${admin}.json`)]);
      const place = ['--site', site, '--kiosk', 'sim-in'];
      return play.gatectl('command', name, ...place, ...keys, '--wait', '5s');
    },
    async step(channel, seq, body, ...words) {
      const file = at(`${channel}-${seq}.json`);
      const from =
        seq === 1
          ? ['--site', site, '--seq', '1']
          : ['--previous', at(`${channel}-${seq - 1}.json`)];
      writeFileSync(at('body.json'), JSON.stringify(body));
      const what = ['--channel', channel, '--body', at('body.json'), '--reason', 'a play'];
      await play.asked('config', 'new', ...what, ...from, '--out', file, ...words);
      for (const name of ['ann', 'ben'])
        await play.asked('config', 'sign', file, '--key', kept(`${name}.json`), ...trust);
      return file;
    },
    flash: (step) => play.asked('config', 'flash', step, ...trust, ...broker),
    async board(gate = 'in') {
      const answer = await fetch(`${origin}/sim/board?gate=${gate}`);
      return (await answer.json()) as BoardView;
    },
    async act(action, gate = 'in') {
      const answer = await fetch(`${origin}/sim/board?gate=${gate}`, {
        method: 'POST',
        headers: { Origin: origin, 'Content-Type': 'application/json' },
        body: JSON.stringify(action),
      });
      expect(answer.ok, await answer.text()).toBe(true);
    },
    last: async (type, gate) => (await play.board(gate)).journal.find((one) => one.type === type),
    async isReady(gate) {
      await expect
        .poll(async () => (await play.board(gate)).devices.map(({ status }) => status))
        .toEqual(new Array(deviceCount).fill('ok'));
      await expect.poll(async () => (await play.board(gate)).reports?.isConnected).toBe(true);
    },
    async close() {
      await child.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return play;
}
