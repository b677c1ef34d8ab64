/**
 * One gate of `npm start`: the board with its pages and its reports, and its mains switch. The pages
 * are the gate's computer's: without power they say nothing, and a browser shows that it is lost.
 */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { type PrivateKey, privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { Direction } from '../../config/vocabulary.js';
import type { Scheduler } from '../../hardware/ports.js';
import type { SkippingClock } from '../../hardware/simulated/clock.js';
import { simulatedMachine } from '../../hardware/simulated/machine-start.js';
import { type Booth, startBooth } from '../../kiosk/booth/server.js';
import { healthOf } from '../../kiosk/daemon/health.js';
import { startTally } from '../../kiosk/daemon/metrics.js';
import { startReports } from '../../kiosk/daemon/reports.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import type { Reporter } from '../../kiosk/report/reporter.js';
import { type Beside, type Screen, startScreen } from '../../kiosk/screen/server.js';
import { type Board, openBoard } from './board.js';
import type { KnownHub } from './hub.js';
import { type JournalLine, type JournalTail, journalTail } from './journal-tail.js';
import type { CollectorKey } from './live-collector.js';
import { type Witness, witness } from './witness.js';

const simulatedVersion = 'simulated-board';

export interface LiveGateOptions {
  readonly direction: Direction;
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly clock: SkippingClock;
  readonly verifier: Verifier;
  readonly hub: KnownHub;
  readonly folder: string;
  readonly log: Logger;
  /** of the screen; the booth's is the next one. 0: any free ones */
  readonly port: number;
  readonly brokerUrl: string;
  readonly collector: CollectorKey;
  /** ends the gate's connection, so that a power cut tells the broker nothing */
  cutOff(clientId: string): void;
  /** what is on the screen's listener besides */
  readonly beside: Beside;
  /** records that have reached the disk */
  wrote(lines: readonly JournalLine[]): void;
  broken(detail: string): void;
  /** somebody has done something at the guard's page */
  touched(): void;
}

export interface LiveGate {
  readonly direction: Direction;
  readonly kiosk: string;
  readonly deviceKey: PrivateKey;
  readonly screenPort: number;
  readonly boothAddress: string;
  readonly seen: Witness;
  readonly tail: JournalTail;
  /** @throws without power */
  board(): Board;
  hasPower(): boolean;
  /** null without power */
  reporter(): Reporter | null;
  /** Ends as a power cut does. */
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
  close(): Promise<void>;
}

/** The pages, before there is a gate. Rejects with `PageStartError` where a port is taken. */
export async function startLiveGate(options: LiveGateOptions): Promise<LiveGate> {
  const { direction, clock, config, port, collector, hub, beside } = options;
  const kiosk = `sim-${direction}`;
  const own: KioskConfig = {
    ...config,
    direction,
    kiosk,
    mqtt: { broker: options.brokerUrl, protocol: 4 },
  };
  const deviceKey = privateKeyFromSeed(randomBytes(32));
  const mains = mainsOf(clock);
  const known = hub.join();
  const machine = simulatedMachine();
  let board: Board | null = null;
  let reporter: Reporter | null = null;
  const tools = { clock, scheduler: mains.scheduler };
  const tally = startTally();
  const health = healthOf({
    ...{ config: own, version: simulatedVersion, tally },
    gate: () => board?.gate ?? null,
    reporter: () => reporter,
  });
  const screen = await startScreen({ port, beside, health, ...tools });
  const booth = await startBooth({
    port: port === 0 ? 0 : port + 1,
    ...tools,
    isLinked: true,
    gateWallMs: () => (board?.gate.now() ?? clock.now()).wallMs,
    onPress(button, event) {
      options.touched();
      board?.gate.press(button, event);
    },
    onDetails(details) {
      options.touched();
      return board?.gate.details(details) ?? [];
    },
  }).catch(async (error: unknown) => {
    await screen.close();
    throw error;
  });
  const seen = witness(() => board?.lastByteAtMs() ?? 0);
  const tail = journalTail(options.wrote);

  const powerOn = async (): Promise<void> => {
    if (board !== null) return;
    const opened = await openBoard({
      ...{ config: own, policy: options.policy, clock, known, folder: options.folder },
      ...{ verifier: options.verifier, log: options.log, seed: randomBytes(4).readUInt32BE() },
      machineStart: machine.start(),
      show: screen.publish,
      showBooth: booth.publish,
      observe(input, state, effects) {
        seen.observe(input, state, effects);
        tally.count(effects);
        reporter?.stepped();
      },
      broken: options.broken,
    });
    board = opened;
    screen.publish(opened.gate.view());
    booth.publish(opened.gate.boothView());
    tail.follow(opened.journal);
    reporter = startReports(
      {
        ...{ clock, scheduler: clock, log: options.log, gate: opened.gate },
        ...{ version: simulatedVersion, bootId: opened.bootId },
        configuration: {
          config: own,
          mqtt: { deviceKey, tls: null },
        },
        settings: {
          guests: [],
          trust: () => ({ collectors: [{ name: collector.name, key: collector.key.publicKey }] }),
          inForce: () => ({}),
        },
      },
      opened.journal,
    );
    mains.on();
  };
  return {
    ...{ direction, kiosk, deviceKey, seen, tail, powerOn },
    screenPort: screen.port,
    boothAddress: booth.address,
    board() {
      if (board === null) throw new Error(`${kiosk} has no power`);
      return board;
    },
    hasPower: () => board !== null,
    reporter: () => reporter,
    async powerOff() {
      const [last, reports] = [board, reporter];
      if (last === null) return;
      board = null;
      reporter = null;
      mains.off();
      machine.restart();
      options.cutOff(`${config.site}/${kiosk}`);
      await Promise.all([last.cutPower(), reports?.stop()]);
    },
    async close() {
      const [last, reports] = [board, reporter];
      board = null;
      reporter = null;
      // A disk that is made to stall would keep the last records, and us.
      last?.disk.heal();
      await reports?.stop();
      await Promise.all([last?.close(), closePages(booth, screen)]);
    },
  };
}

async function closePages(booth: Booth, screen: Screen): Promise<void> {
  await booth.close();
  await screen.close();
}

/** The pages' timers: without power nothing runs; what fell due meanwhile runs when it is back. */
function mainsOf(scheduler: Scheduler): {
  readonly scheduler: Scheduler;
  on(): void;
  off(): void;
} {
  let hasPower = true;
  const waiting = new Set<() => void>();
  return {
    scheduler: {
      at(dueMs, task) {
        const cancel = scheduler.at(dueMs, () => {
          if (hasPower) task();
          else waiting.add(task);
        });
        return () => {
          cancel();
          waiting.delete(task);
        };
      },
    },
    on() {
      hasPower = true;
      const tasks = [...waiting];
      waiting.clear();
      for (const task of tasks) task();
    },
    off() {
      hasPower = false;
    },
  };
}
