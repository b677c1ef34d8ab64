/**
 * A whole gate that is killed at one step of its work: `node gate-child.js FILE PLAN SETUP`. The shell, the
 * core and the journal with its thread are the real ones, on a real file; lane, devices and relay
 * stand in virtual time, so that a day of waiting takes no time. Says what passes on stdout, a line
 * each, written before anything follows from it.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeSync } from 'node:fs';
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { skinOf } from '../../drivers/thermometer/twin.js';
import { monotonicNowMs } from '../../hardware/linux/clock.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import type { GateSettings } from '../../kiosk/core/settings.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { createGate } from '../../kiosk/main.js';
import { startReporter } from '../../kiosk/report/reporter.js';
import { simulatedDevices } from '../../scripts/simulated-board/devices.js';
import type { ChildPlan, Said } from './labels.js';
import { nearCollector } from './near-collector.js';
import { collectorName, names, openStage } from './stage.js';
import {
  nextTurn,
  type Watch,
  watchedJournal,
  watchedOutbox,
  watchedRelay,
} from './watched-ports.js';

/** Commits after which an idle journal empties its log into the database, and a few more. */
const commitsToCheckpoint = 110;
/** An idle journal looks for such work after 100 ms. */
const checkpointMsMax = 1_000;

const [file = '', planText = '', setupPath = ''] = process.argv.slice(2);
const plan = JSON.parse(planText) as ChildPlan;
/** Checked by the parent: to read and check it here is half of a start. */
const setup = JSON.parse(readFileSync(setupPath, 'utf8')) as {
  readonly config: KioskConfig;
  readonly settings: GateSettings;
};
const bootId = plan.run.toString(16).padStart(16, '0');
/** Nobody reads it, and a start has to be cheap. */
const log = Object.fromEntries(
  ['info', 'warn', 'error', 'fatal'].map((level) => [level, () => {}]),
) as unknown as Logger;

let comings = 0;
const say = (line: Said): void => void writeSync(1, `${JSON.stringify(line)}\n`);
const watch: Watch = {
  say,
  at(label) {
    if (label !== plan.label) return;
    comings += 1;
    if (comings >= plan.occurrence) die({ said: 'dies' });
  },
  isDue: (label) => label === plan.label && comings + 1 >= plan.occurrence,
  bootId,
  sabotage: plan.sabotage,
};

const stage = openStage(plan.seed);
const clock = stage.clockOf(plan.run);
const tools = { clock, scheduler: clock };
const isoNow = (): string => new Date(clock.now().wallMs).toISOString();

const opening = openJournal({
  file,
  bootId,
  at: isoNow(),
  newJournalId: '5a'.repeat(16),
  previous: null,
  faults: true,
});
watch.at('journal opening');
const opened = await opening;
if (!opened.ok || opened.faults === null) throw new Error('the journal does not open');
const { restored, reported } = opened;

const { devices, ends } = simulatedDevices({
  config: setup.config,
  clock,
  seed: plan.seed,
  byteCame: () => {},
});
let closing = 0;
const innerRelay = simulatedRelay({
  ...tools,
  lines(line, on) {
    if (line !== 'grant') return ends.turnstile.relay(line, on);
    if (on) say({ said: 'edge', bootId, attempt: journal.attemptOf(closing) });
    ends.turnstile.relay(line, on);
    watch.at(on ? 'relay on' : 'relay off');
  },
});
const numberedRelay = {
  ...innerRelay,
  pulse(id: number, durationMs: number): void {
    closing = id;
    innerRelay.pulse(id, durationMs);
  },
};
const relay = watchedRelay(numberedRelay, watch);
const journal = watchedJournal(opened.journal, opened.faults, relay, watch);
const outbox = watchedOutbox(opened.outbox, journal.head, watch);
const gate = createGate(
  {
    ...tools,
    random: randomBytes,
    devices,
    journal,
    relay,
    known: { publish: () => {}, subscribe: () => () => {} },
    log,
  },
  {
    settings: setup.settings,
    verifier: stage.verifier,
    restored,
    version: 'test',
    show: () => {},
    broken: ({ law, detail }) => {
      throw new Error(`${law}: ${detail}`);
    },
    observe(input) {
      if (input.type !== 'passage') return;
      if (input.phase === 'entered') watch.at('arm turning');
      if (input.phase === 'left') watch.at('arm at rest');
    },
  },
);
const reporter = startReporter({
  ...{ ...tools, names, bootId, version: 'test', journal: restored.journal, head: restored.head },
  ...{ outbox, reported, deviceKey: stage.deviceKey, random: randomBytes, log },
  collectors: [{ name: collectorName, key: stage.collectorKey.publicKey }],
  facts: () => ({ ...clock.now(), devices: gate.state().devices, config: {} }),
  maskOf: (_run, attempt) => gate.maskOf(attempt),
  fault: gate.reports,
  connect: (_wishes, events) => nearCollector(stage.collectorKey, plan.received, watch, events),
});
opened.journal.subscribe((event) => {
  if (event.type === 'committed') reporter.committed({ seq: event.lastSeq, hash: event.hash });
});

await pass(3_000);
if (plan.isAgain) await visit(householdOf(plan.run - 1, 0), false);
for (let index = 0; index < plan.people; index += 1)
  await visit(householdOf(plan.run, index), plan.isLazy && index === plan.people - 1);
if (plan.label === 'checkpoint under way') await tillCheckpoint();
gate.stop();
await reporter.stop();
await journal.settle();
if (plan.label === 'journal closing') {
  void journal.close();
  watch.at('journal closing');
}
die({ said: 'ended' });

function householdOf(run: number, index: number): number {
  return run * 16 + index;
}

async function visit(household: number, isLazy: boolean): Promise<void> {
  const { pass: passText, ticket, ticketId } = stage.shopper(household);
  ends.scan(passText);
  await pass(250);
  ends.scan(ticket);
  await pass(250);
  ends.thermometer.present(skinOf(3_650));
  await pass(1_500);
  ends.thermometer.clear();
  await pass(250);
  if (!isLazy && ends.turnstile.isUnlocked()) {
    say({ said: 'walked', ticket: ticketId });
    ends.turnstile.walk();
  }
  await pass(1_500);
  // The opening is over, the lane at rest, and what came last is reported.
  await pass(7_000, 1_000);
}

/** Lets time pass; whatever is asked meanwhile is answered before it goes on. */
async function pass(ms: number, sliceMs = 250): Promise<void> {
  for (let left = ms; left > 0; left -= sliceMs) {
    clock.advance(Math.min(sliceMs, left));
    await journal.settle();
    await outbox.settle();
    await nextTurn();
  }
}

/** Commits until the journal has something to tidy up, and waits until it begins. */
async function tillCheckpoint(): Promise<void> {
  for (let count = 0; count < commitsToCheckpoint; count += 1) await journal.commit(isoNow());
  const before = statSync(file, { bigint: true }).mtimeNs;
  const untilMs = monotonicNowMs() + checkpointMsMax;
  while (statSync(file, { bigint: true }).mtimeNs === before && monotonicNowMs() < untilMs);
  watch.at('checkpoint under way');
}

/** Other threads go on for a moment; then the process is no more. */
function die(last: Said): never {
  say(last);
  const untilMs = monotonicNowMs() + plan.delayUs / 1_000;
  while (monotonicNowMs() < untilMs);
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}
