/**
 * The built daemon whole on a virtual board: people pass by real kernel devices, and each device is pulled
 * out under them. The kernel's lines are gpio-sim's: nothing is shown here of a relay behind them.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, runChild } from '../system/child.js';
import type { JournalRecord } from '../system/site.js';
import { runOnBoard } from './board.js';
import type { Step } from './daemon-program.js';
import {
  hasTools,
  pulseMs,
  serviceUserId,
  setUpCommand,
  type Way,
  whyNot,
} from './daemon-setup.js';
import { canRun } from './kernel.js';

const guest = program('../board/daemon-program.js');
const gatectl = program('../../scripts/gatectl/main.js');
/** What the eye on the line may be late by for one pulse, on a machine of other tests; and for most. */
const lateMsMax = { one: 500, median: 100 } as const;

const ways: readonly (readonly [Way, string, number])[] = [
  ['chardev', "as the unit's user, by the shipped udev rules and a real udevd", serviceUserId],
  ['sysfs', 'as root, for no rule gives sysfs to anybody else', 0],
];

describe.skipIf(!canRun || !hasTools).each(ways)(
  `the daemon by %s on a virtual board, %s${whyNot}`,
  (way, _who, userId) => {
    let folder: string;
    const steps: Step[] = [];
    let records: readonly JournalRecord[];
    let log: readonly string[];
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-board-'));
      const end = await runOnBoard(
        `${setUpCommand(folder)} && ${process.execPath} ${guest} ${way} ${folder}`,
        {
          folders: [folder],
          onLine: (line) => void steps.push(JSON.parse(line) as Step),
          timeLimitSeconds: 280,
        },
      );
      const why = `${end.console}\n${steps.map((step) => JSON.stringify(step)).join('\n')}`;
      expect(end.code, why).toBe(0);
      log = readFileSync(join(folder, 'log'), 'utf8').trimEnd().split('\n');
      expect(steps.at(-1)?.step, `${why}\n${log.join('\n')}`).toBe('ended');
      records = await exported(folder);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const all = <Name extends Step['step']>(name: Name): Extract<Step, { step: Name }>[] =>
      steps.filter((one): one is Extract<Step, { step: Name }> => one.step === name);
    const ofType = (type: string) => records.filter((record) => record.type === type);

    const deviceLines = (): string => log.filter((line) => line.includes('"device":')).join('\n');

    test('it is ready with all devices there, as its user', () => {
      expect(all('started')).toEqual([{ step: 'started', readiness: 'ready', userId }]);
    });

    test('who passes gets one pulse on the grant line, of the configured length', () => {
      const passed = all('passed');
      expect(passed.map(({ name }) => name).slice(0, 2)).toEqual(['staff', 'deliverer']);
      for (const { name, pulses } of passed) {
        expect(pulses, name).toHaveLength(1);
      }
      const late = passed
        .map(({ pulses }) => Math.abs((pulses[0]?.lengthMs ?? 0) - pulseMs))
        .sort((left, right) => left - right);
      expect(late.at(-1)).toBeLessThan(lateMsMax.one);
      expect(late[Math.floor(late.length / 2)]).toBeLessThan(lateMsMax.median);
    });

    test('grant, relay and passage of each are in a journal that gatectl takes', () => {
      const passed = all('passed');
      const passages = ofType('passage').filter(({ outcome }) => outcome === 'passed');
      // Whoever reads of a failure sees what the gate made of each of them.
      expect(passages, JSON.stringify(ofType('passage'))).toHaveLength(passed.length);
      for (const { grant } of passages) {
        const opened = records.find(({ seq }) => seq === grant);
        const isGrant = opened?.type === 'decision' && opened['outcome'] === 'grant';
        expect(isGrant || opened?.type === 'override').toBe(true);
        const events = ofType('relay').filter((record) => record['grant'] === grant);
        expect(events.map(({ event }) => event)).toEqual(['pulse-started', 'pulse-ended']);
      }
      const rules = ofType('decision').map(({ rule }) => rule);
      expect(rules).toEqual(expect.arrayContaining(['duty-staff', 'logistics-service']));
    });

    test('what is pulled out is told as lost, and nothing else is', () => {
      const lost = all('lost').map(({ name, readiness }) => [name, readiness]);
      const lines = ['lines', 'not ready: relay lost, turnstile lost'];
      const links = [
        ['scanner', 'not ready: scanner lost'],
        ['thermometer', 'not ready: thermometer lost'],
        // Who needs no card passes without it.
        ['id-card-reader', 'ready'],
      ];
      expect(lost).toEqual(way === 'sysfs' ? [lines] : [...links, lines]);
    });

    test('what is left goes on: the guard opens, and who needs nothing of what is lost passes', () => {
      const names = all('passed').map(({ name }) => name);
      const without = names.filter((name) => name.startsWith('without'));
      expect(without).toEqual(
        way === 'sysfs' ? [] : ['without scanner', 'without thermometer', 'without id-card-reader'],
      );
    });

    test('it is whole again within 2 s of a device’s return, and the next person passes', () => {
      const back = all('back');
      expect(back).toHaveLength(all('lost').length);
      for (const { name, readiness, tookMs } of back) {
        expect(readiness, `${name}\n${deviceLines()}`).toBe('ready');
        expect(tookMs, name).toBeLessThan(2_000);
        expect(all('passed').map((one) => one.name)).toContain(`after ${name}`);
      }
      const took = back.map(({ name, tookMs }) => `${name} ${tookMs.toFixed(0)}`);
      process.stdout.write(`board, ${way}: back in use after (ms): ${took.join(', ')}\n`);
    });

    test('lines that go in the middle of a pulse end it, and bring none when they are back', () => {
      const pulse = { lengthMs: expect.any(Number) as number, cut: true };
      expect(all('cut')).toEqual([{ step: 'cut', pulses: [pulse] }]);
    });

    test('it ends in order, and its log has nothing but lines of its own', () => {
      expect(all('ended')).toEqual([{ step: 'ended', code: 0 }]);
      expect(log.filter((line) => !/^(\{"level":.*\}|gate-kiosk: .*)$/.test(line))).toEqual([]);
    });
  },
);

/** Verifies a journal and exports it, both as a person would; returns its records. */
async function exported(folder: string): Promise<readonly JournalRecord[]> {
  const file = join(folder, 'journal.db');
  const target = join(folder, 'export');
  for (const words of [
    ['verify', file],
    ['export', file, '--out', target],
  ]) {
    const { code, stdout, stderr } = await runChild([gatectl, 'journal', ...words]);
    expect(code, stdout + stderr).toBe(0);
  }
  const lines = readFileSync(target, 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => {
    const { record } = JSON.parse(line) as { readonly record?: JournalRecord };
    return record === undefined ? [] : [record];
  });
}
