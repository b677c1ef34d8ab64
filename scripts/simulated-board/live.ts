/**
 * `npm start`: one gate on the simulated board in real time, with its screen; sample people come
 * and go until Ctrl-C, and each passage is a line of the table.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type KioskConfig, timeZoneOffsetMinutes } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { startBooth } from '../../kiosk/booth/server.js';
import { startScreen } from '../../kiosk/screen/server.js';
import { type Board, openBoard } from './board.js';
import { freshFor } from './cases/case.js';
import { knownHub } from './hub.js';
import { outcomeOf } from './outcome.js';
import { openCampus } from './papers.js';
import { crowd } from './people.js';
import { openStage } from './stage.js';
import { lineOf } from './table.js';
import { type Visitor, visitors } from './visitors.js';
import { witness } from './witness.js';

export interface LiveOptions {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly log: Logger;
  readonly port: number;
}

/** Between two visitors the lane stands empty for a moment. */
const betweenVisitorsMs = 4_000;
/** Exit code of a broken law: the supervisor starts the gate anew. */
const brokenLawExitCode = 70;
const widths = [8, 52, 21, 60, 0];

/** Runs until SIGINT or SIGTERM. @returns the process's exit code */
export async function playLive(options: LiveOptions): Promise<number> {
  const { config, policy, log, port } = options;
  const clock = skippingClock();
  const screen = await startScreen({ port, clock, scheduler: clock }).catch(
    (error: Error) => error,
  );
  if (screen instanceof Error) {
    process.stderr.write(`${screen.message}\n`);
    clock.close();
    return 1;
  }
  let board: Board | null = null;
  const booth = await startBooth({
    port: port === 0 ? 0 : port + 1,
    clock,
    scheduler: clock,
    onPress: (button, event) => board?.gate.press(button, event),
    onDetails: (details) => board?.gate.details(details) ?? [],
  }).catch((error: Error) => error);
  if (booth instanceof Error) {
    process.stderr.write(`${booth.message}\n`);
    await screen.close();
    clock.close();
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-'));
  const campus = openCampus(clock, timeZoneOffsetMinutes(config.timeZone) ?? 0);
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const seen = witness(() => board?.lastByteAtMs() ?? 0);
  board = await openBoard({
    config: { ...config, direction: 'in', kiosk: 'sim-in' },
    policy,
    clock,
    verifier: campus.verifier,
    known: knownHub().join(),
    folder,
    log,
    seed: Date.now(),
    show: screen.publish,
    showBooth: booth.publish,
    observe: seen.observe,
    broken(detail) {
      process.stderr.write(`a law is broken, the gate is locked: ${detail}\n`);
      end(brokenLawExitCode);
    },
  });
  screen.publish(board.gate.view());
  booth.publish(board.gate.boothView());
  process.once('SIGINT', () => end(0));
  process.once('SIGTERM', () => end(0));

  process.stdout.write(
    `the person's screen: http://127.0.0.1:${screen.port}/ \nthe guard's page:    ${booth.address}   (Ctrl-C ends)\n\n${lineOf(['time', 'visitor', 'rule', 'what happened', 'ms to relay'], widths)}\n`,
  );
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.at(clock.now().monotonicMs + ms, resolve);
    });
  const waitFor = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await pause(50);
  };
  const stage = openStage({ board: () => board, papers: campus.papers, pause, waitFor }, seen);
  const dice = random(Date.now());
  const nextPerson = crowd(() => clock.now().wallMs);
  const show = async (): Promise<never> => {
    await pause(2_000);
    for (let serial = 0; ; serial += 1) {
      const visitor: Visitor = dice.pick(visitors);
      stage.begin();
      await visitor.play(stage, freshFor(serial, nextPerson));
      const trace = stage.trace();
      const { relayMs } = trace;
      const time = new Date().toTimeString().slice(0, 8);
      const milliseconds = relayMs === null ? '' : relayMs.toFixed(1);
      const cells = [time, visitor.name, visitor.rule, outcomeOf(trace.records), milliseconds];
      process.stdout.write(`${lineOf(cells, widths)}\n`);
      await visitor.leave(stage);
      await pause(betweenVisitorsMs);
    }
  };
  const failed = show().catch((error: unknown) => {
    process.stderr.write(`the show stopped: ${String(error)}\n`);
    return 1;
  });
  const code = await Promise.race([ended, failed]);
  await board.close();
  await screen.close();
  await booth.close();
  clock.close();
  rmSync(folder, { recursive: true, force: true });
  return code;
}
