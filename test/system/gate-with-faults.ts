/**
 * The daemon with one part that breaks while the relay is on, at the moment the pulse has started:
 * `node gate-with-faults.js FAULT CONFIG`. Says at the end of the process how the relay was left.
 */
import { writeSync } from 'node:fs';
import { workerRelay } from '../../hardware/relay.js';
import {
  type SimulatedRelayLines,
  simulatedRelayLines,
} from '../../hardware/simulated/relay-lines.js';
import type { Effect } from '../../kiosk/core/messages.js';
import { step } from '../../kiosk/core/step.js';
import { runGate } from '../../kiosk/daemon/run.js';
import type { JournalFaults } from '../../kiosk/journal/handoff.js';
import { openJournal } from '../../kiosk/journal/journal.js';

/** What the program says of the relay as it ends. */
export interface RelayReport {
  /** the grant line when the fault struck, and when the process ended */
  readonly before: boolean;
  readonly after: boolean;
}

export const faults = [
  'none',
  'exception',
  'rejection',
  'broken-law',
  'relay-lost',
  'journal-lost',
  'stalled-disk',
  'slow-disk',
  'second-signal',
] as const;
export type Fault = (typeof faults)[number];

/** Longer than a grant waits for its commit. */
const slowMs = 3_000;

function records(effects: readonly Effect[], wanted: string): boolean {
  return effects.some(
    (it) => it.type === 'append' && it.records.some(({ outcome }) => outcome === wanted),
  );
}

async function main(fault: string, configPath: string): Promise<number> {
  let disk: JournalFaults | null = null;
  let relay: ReturnType<typeof workerRelay> | null = null;
  let before = false;
  const contacts: SimulatedRelayLines = simulatedRelayLines();

  const strike = (): void => {
    before = contacts.isOn('grant');
    switch (fault) {
      case 'none':
        process.kill(process.pid, 'SIGTERM');
        return;
      case 'exception':
        throw new Error('GK1:of-a-person');
      case 'rejection':
        void Promise.reject(new Error('GK1:of-a-person'));
        return;
      case 'relay-lost':
        // No command: the worker fails on it.
        relay?.worker.postMessage(null);
        return;
      case 'journal-lost':
        disk?.loseWorker();
        return;
      case 'stalled-disk':
        disk?.stall(Number.POSITIVE_INFINITY);
        process.kill(process.pid, 'SIGTERM');
        return;
      case 'second-signal':
        disk?.stall(Number.POSITIVE_INFINITY);
        process.once('SIGTERM', () => setImmediate(() => process.kill(process.pid, 'SIGTERM')));
        process.kill(process.pid, 'SIGTERM');
        return;
    }
  };
  return await runGate({
    configPath,
    logLevel: 'info',
    tell: (line) => void process.stderr.write(`${line}\n`),
    parts: {
      async openJournal(options) {
        const opened = await openJournal({ ...options, faults: true });
        if (opened.ok) disk = opened.faults;
        return opened;
      },
      workerRelay(asked) {
        relay = workerRelay({ ...asked, lines: contacts.description });
        // After the relay's own listener: this is how the process leaves the lines.
        process.on('exit', () => {
          const report: RelayReport = { before, after: contacts.isOn('grant') };
          writeSync(1, `${JSON.stringify(report)}\n`);
        });
        return relay;
      },
      step(state, input, now) {
        const next = step(state, input, now);
        if (fault === 'slow-disk' && records(next.effects, 'grant')) disk?.stall(slowMs, 1);
        // It is heard of when this record has been sent.
        if (fault === 'slow-disk' && records(next.effects, 'not-opened'))
          process.kill(process.pid, 'SIGTERM');
        if (input.type !== 'pulse-started') return next;
        strike();
        if (fault !== 'broken-law') return next;
        const untilMs = now.monotonicMs + 1_000;
        return {
          ...next,
          effects: [...next.effects, { type: 'relay-release', on: true, untilMs }],
        };
      },
    },
  });
}

const [fault = '', configPath = ''] = process.argv.slice(2);
process.exit(await main(fault, configPath));
