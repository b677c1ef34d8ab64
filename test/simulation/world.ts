/**
 * A seeded world around the real loop: people, hands and faults in virtual time, at the far end of
 * simulated wires, lines, relay and disk. The same seed gives the same run. What is right is not
 * decided here but in `checkers.ts` and by the laws in production.
 */
import pino from 'pino';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { skinOf, thermometerTwin } from '../../drivers/thermometer/twin.js';
import { turnstileTwin } from '../../drivers/turnstile/twin.js';
import { runPanel, runThermometer, runTurnstile } from '../../drivers/twins.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { type Random, random } from '../../hardware/simulated/random.js';
import { simulatedRelay } from '../../hardware/simulated/relay.js';
import { noFaults, simulatedWire } from '../../hardware/simulated/wire.js';
import type { BrokenLaw } from '../../kiosk/core/laws/invariants.js';
import type { GateState } from '../../kiosk/core/state.js';
import type { step } from '../../kiosk/core/step.js';
import { memoryDisk, memoryJournal } from '../../kiosk/journal/memory.js';
import type { RecordDraft } from '../../kiosk/journal/port.js';
import { createGate, type Gate } from '../../kiosk/main.js';
import { openCampus, type Papers } from '../../scripts/simulated-board/papers.js';
import { settings, startWallMs } from '../kiosk/core/hands.js';

/** Probabilities of one event in the life of the world. */
export interface WorldOptions {
  readonly seed: number;
  readonly events: number;
  readonly faultChance: number;
  readonly step?: typeof step;
}

/** One change of a relay contact, with how much was on the disk by then. */
export interface Edge {
  readonly line: 'grant' | 'release';
  readonly on: boolean;
  readonly atMs: number;
  readonly committedRows: number;
}

/** An automatic grant as it was asked for, beside what hands did. */
export interface Asked {
  readonly identifiedMs: number | null;
  /** when a hand was last put before the sensor */
  readonly handMs: number;
}

export interface World {
  readonly options: WorldOptions;
  readonly disk: ReturnType<typeof memoryDisk>;
  readonly broken: BrokenLaw | null;
  readonly edges: readonly Edge[];
  readonly asked: readonly Asked[];
  /** when a hand pressed EMERGENCY */
  readonly emergenciesMs: readonly number[];
  readonly records: readonly RecordDraft[];
  /** the gate at the end, when its journal has had time to answer */
  readonly state: GateState;
  readonly lastBootId: string;
  /** the latest time that any clock has shown */
  readonly latestWallMs: number;
  readonly bodies: number;
  readonly boots: number;
  /** after all faults are healed: whether a member of staff got through */
  readonly livesOn: boolean;
}

/** Lives one world to its end, or to the first broken law. */
export function live(options: WorldOptions): World {
  const dice = random(options.seed);
  const keys = random(options.seed + 1);
  const clock = virtualClock({ wallMs: startWallMs });
  const tools = { clock, scheduler: clock };
  // Papers of their own seed: what faults in the wire do to a text depends on its every byte.
  const campus = openCampus(clock, 480, random(options.seed + 2).bytes);
  const disk = memoryDisk();
  const lines = simulatedLines(tools);
  const turnstile = runTurnstile({ ...tools, twin: turnstileTwin(), lines });
  const panel = runPanel({ ...tools, lines });
  const scanner = simulatedWire({ ...tools, random: dice, baudRate: 115_200 });
  const thermo = simulatedWire({ ...tools, random: dice, baudRate: 9_600 });
  const sensor = thermometerTwin({ random: dice });
  runThermometer({ ...tools, twin: sensor, write: thermo.far.write });
  const scan = (text: string): void => scanner.far.write(scannerTwin('cr').scan(text));
  const edges: Edge[] = [];
  const asked: Asked[] = [];
  const emergenciesMs: number[] = [];
  let latestWallMs = startWallMs;
  let handMs = Number.NEGATIVE_INFINITY;
  const records: RecordDraft[] = [];
  const heard = new Set<(entries: readonly unknown[]) => void>();
  let broken: BrokenLaw | null = null;
  let boots = 0;
  let bodies = 0;
  const direction = dice.pick(['in', 'out'] as const);

  const bootId = (): string => boots.toString(16).padStart(16, '0');
  const boot = () => {
    boots += 1;
    const relay = simulatedRelay({
      ...tools,
      lines(line, on, atMs) {
        edges.push({ line, on, atMs, committedRows: disk.rows.length });
        turnstile.relay(line, on);
      },
    });
    const journal = memoryJournal({
      ...tools,
      disk,
      bootId: bootId(),
      at: new Date(clock.now().wallMs).toISOString(),
      newJournalId: '5a'.repeat(16),
      previous: null,
      latencyMs: () => 1 + dice.int(20),
    });
    const gate: Gate = createGate(
      {
        ...tools,
        // Of its own, so that what is sealed does not change what happens.
        random: keys.bytes,
        relay,
        journal: journal.journal,
        log: pino({ level: 'silent' }),
        known: {
          publish: () => {},
          subscribe(listener) {
            heard.add(listener);
            return () => heard.delete(listener);
          },
        },
        devices: {
          scanner: { driver: 'line', link: scanner.link },
          thermometer: { driver: 'gy-614v3', link: thermo.link },
          turnstile: { driver: 'contact', lines },
          panel: { driver: 'contacts', lines },
        },
      },
      {
        settings: settings({ direction }),
        verifier: campus.verifier,
        restored: journal.restored,
        version: 'simulation',
        ...(options.step === undefined ? {} : { step: options.step }),
        show: () => {},
        observe(_input, { attempt }, effects) {
          latestWallMs = Math.max(latestWallMs, clock.now().wallMs);
          for (const effect of effects) {
            if (effect.type !== 'append') continue;
            records.push(...effect.records);
            if (effect.urgent) asked.push({ identifiedMs: attempt?.identifiedMs ?? null, handMs });
          }
        },
        broken: (law) => {
          broken ??= law;
        },
      },
    );
    return { gate, journal, relay };
  };
  let running = boot();
  let isWorkerLost = false;
  const restart = (): void => {
    isWorkerLost = false;
    running.gate.stop();
    running.journal.cutPower();
    running = boot();
  };
  const present = (skin: ReturnType<typeof skinOf>): void => {
    handMs = clock.now().monotonicMs;
    sensor.present(skin);
  };
  const pressEmergency = (ms: number, bounces: boolean): void => {
    emergenciesMs.push(clock.now().monotonicMs);
    panel.press('emergency', ms, bounces);
  };
  /** Another gate tells of what is being shown here, or of a grant that is under way. */
  const tellOfWhatIsShown = (): void => {
    const { attempt, lane } = running.gate.state();
    const times = { until: '2020-02-20T00:00:00Z', at: '2020-02-10T00:00:00Z' };
    const keys = [
      ...(attempt?.documents ?? []).map(({ id }) => id),
      ...(!('grant' in lane) || lane.grant.ticket === null ? [] : [lane.grant.ticket.key]),
    ];
    const entries = keys.map((key) => ({ type: 'ticket', key, direction, ...times }));
    for (const tell of heard) tell(entries);
  };

  const walk = (): void => {
    if (turnstile.walk() === 'passes') bodies += 1;
  };
  const faults: (() => void)[] = [
    () => scanner.far.setFaults({ corruptByte: dice.next() * 0.01, splitChunk: 1 }),
    () => scanner.far.setFaults({ duplicateChunk: 0.5, insertNoise: 0.3, dropByte: 0.002 }),
    () => thermo.far.setFaults({ corruptByte: 0.02, insertNoise: 0.1 }),
    () => (dice.chance(0.5) ? scanner : thermo).far.cut(),
    () => sensor.setFault(dice.pick(['silent', 'frozen', 'jumping'])),
    () => running.journal.faults.stall(dice.int(4_000), 1 + dice.int(5)),
    () => running.journal.faults.fail(dice.pick(['disk-full', 'io-error', 'read-only'])),
    () => clock.setClockState(dice.pick(['floor', 'conflict', 'holdover'])),
    () => clock.jumpWall((dice.int(7) - 3) * 3_600_000),
    () => turnstile.jam(dice.chance(0.5)),
    () => pressEmergency(50 + dice.int(500), true),
    () => panel.press('acknowledge', 50 + dice.int(500), true),
    () => panel.chatter('emergency', 500),
    () => {
      for (const tell of heard) tell([dice.bytes(4), { type: 'ticket', key: 'ab', until: 'x' }]);
    },
    tellOfWhatIsShown,
    tellOfWhatIsShown,
    () => turnstile.force(),
    () => {
      running.relay.crash();
      isWorkerLost = true;
    },
    () => {
      running.journal.faults.loseWorker();
      isWorkerLost = true;
    },
    restart,
  ];
  const heal = (): void => {
    for (const wire of [scanner, thermo]) {
      wire.far.setFaults(noFaults);
      wire.far.mend();
    }
    sensor.setFault('none');
    sensor.clear();
    turnstile.jam(false);
    running.journal.faults.heal();
    clock.setClockState('synced');
    // A clock that is right again is not behind what time has surely reached.
    clock.jumpWall(Math.max(0, running.gate.state().time.wallMs - clock.now().wallMs));
    // A worker that is gone comes back with the process only: the supervisor's business.
    if (isWorkerLost) restart();
  };

  /** Somebody who wants to pass and knows how; whoever comes after may not. */
  const visit = (): void => {
    const who = `2020${dice.int(1_000)}`;
    const home = `C${dice.int(20)}`;
    const { papers } = campus;
    sensor.clear();
    clock.advance(300);
    const isResident = dice.chance(0.5);
    for (const text of isResident
      ? [papers.pass(home), papers.ticket(home)]
      : [papers.code(who), papers.form(who)]) {
      scan(text);
      clock.advance(200 + dice.int(1_000));
    }
    present(skinOf(3_600 + dice.int(140)));
    clock.advance(500 + dice.int(1_000));
    for (let bodiesNow = dice.int(3); bodiesNow > 0; bodiesNow -= 1) {
      walk();
      clock.advance(200 + dice.int(600));
    }
    sensor.clear();
  };
  const people = crowd(dice, campus.papers);
  for (let event = 0; event < options.events && broken === null; event += 1) {
    const roll = dice.next();
    if (dice.chance(options.faultChance)) dice.pick(asSome(faults))();
    else if (roll < 0.1) heal();
    else if (roll < 0.3) visit();
    else if (roll < 0.4) walk();
    else if (roll < 0.6) present(skinOf(3_380 + dice.int(500)));
    else if (roll < 0.65) sensor.clear();
    else scan(people());
    clock.advance(dice.chance(0.005) ? dice.int(700_000) : 50 + dice.int(6_000));
  }
  heal();
  clock.advance(700_000);
  panel.press('acknowledge');
  clock.advance(130_000);
  const passedBefore = bodies;
  sensor.clear();
  clock.advance(500);
  scan(campus.papers.form('survivor'));
  clock.advance(500);
  scan(campus.papers.code('survivor'));
  present(skinOf(3_650));
  clock.advance(1_500);
  walk();
  clock.advance(10_000);
  const livesOn = bodies === passedBefore + 1;
  const state = running.gate.state();
  running.gate.stop();
  return {
    options,
    disk,
    broken,
    edges,
    asked,
    emergenciesMs,
    records,
    state,
    lastBootId: bootId(),
    latestWallMs,
    bodies,
    boots,
    livesOn,
  };
}

/** Papers of a few people, shown rightly, mixed up, twice, late, or not papers at all. */
function crowd(dice: Random, papers: Papers): () => string {
  const shown: string[] = ['nothing yet'];
  return () => {
    const who = `2019${dice.int(4)}`;
    const home = `B${dice.int(3)}`;
    const text = dice.pick<() => string>([
      () => papers.form(who),
      () => papers.form(who),
      () => papers.code(who),
      () => papers.code(who),
      () => papers.pass(home),
      () => papers.pass(home),
      () => papers.ticket(home, dice.int(4) - 2),
      () => papers.ticket(home),
      () => papers.studentCode(who),
      () => papers.form(who, { from: -600, until: dice.int(60) + 1 }),
      () => papers.form(who, { zones: ['library'] }),
      () => papers.forgedForm(who),
      () => papers.revokedForm(who),
      () => papers.visitFiling({ number: who }, who),
      () => String.fromCharCode(...dice.bytes(dice.int(60))),
      () => dice.pick(asSome(shown)),
      () => dice.pick(asSome(shown)),
    ])();
    shown.push(text);
    return text;
  };
}

function asSome<T>(items: readonly T[]): readonly [T, ...T[]] {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error('nothing to pick from');
  return [first, ...rest];
}
