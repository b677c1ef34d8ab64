/**
 * What lamps and buzzer say of the gate's state: one table for each, and of its rows the first that
 * holds. Pure. What the patterns look and sound like stands in `drivers/signals`.
 */
import type { Now } from '../config/vocabulary.js';
import type { BuzzerPattern, LampPattern, SignalState } from '../drivers/signals/patterns.js';
import type { GateState } from './core/state.js';

/** What the tables ask of a state, all at once. */
interface Facts {
  readonly emergency: boolean;
  readonly fire: boolean;
  /** the release is on: the arm is open for everybody */
  readonly released: boolean;
  readonly lockdown: boolean;
  /** what automatic passages cannot do without is there, and nothing stops them */
  readonly inService: boolean;
  /** a stop that the guard must acknowledge */
  readonly held: boolean;
  /** somebody waits for the guard */
  readonly referred: boolean;
  /** a part of the gate is not as it should be */
  readonly faulty: boolean;
  /** alarms that nobody has acknowledged, and those that somebody has */
  readonly news: Alarms;
  readonly known: Alarms;
}

interface Alarms {
  readonly codes: readonly string[];
  /** any about a part of the gate; any about what people do */
  readonly parts: boolean;
  readonly people: boolean;
}

type Table<Pattern> = readonly (readonly [pattern: Pattern, when: (facts: Facts) => boolean])[];

/** Alarms about parts of the gate are the yellow lamp's; all others the blue one's. */
const partAlarm =
  /^(device|clock|disk|journal|registry|records?|known|relay|configuration|certificate)-|^on-battery$/;

const buzzer: Table<BuzzerPattern> = [
  ['siren', ({ emergency }) => emergency],
  // A loop that is cut may stay a fire for days: once it is known, the lamps say so.
  ['siren', ({ fire, known }) => fire && !known.codes.includes('fire')],
  ['alarm', ({ news }) => news.codes.length > 0],
  // One sound for everybody who is to see the guard, whatever the reason: nobody hears a student held.
  ['attention', ({ held, referred }) => held || referred],
];

const normal: Table<LampPattern> = [
  ['on', ({ inService, released, lockdown }) => inService && !released && !lockdown],
];

const attention: Table<LampPattern> = [
  ['fast', ({ held, referred, news }) => held || referred || news.people],
  ['on', ({ known, released }) => known.people || released],
];

/** Slower than a person's call: a part waits, and somebody who stands there does not. */
const fault: Table<LampPattern> = [
  ['slow', ({ news }) => news.parts],
  ['on', ({ faulty, known }) => faulty || known.parts],
];

const lockdown: Table<LampPattern> = [
  ['fast', ({ lockdown: isOn, news }) => isOn && news.codes.includes('lockdown')],
  ['on', ({ lockdown: isOn }) => isOn],
];

/**
 * Takes the gate's state after a step and that step's moment (of it only what the clock is worth);
 * returns what lamps and buzzer show until the next step.
 */
export function signalsOf(state: GateState, now: Now): SignalState {
  const facts = factsOf(state, now);
  return {
    lamps: {
      normal: first(normal, facts, 'off'),
      attention: first(attention, facts, 'off'),
      fault: first(fault, facts, 'off'),
      lockdown: first(lockdown, facts, 'off'),
    },
    buzzer: first(buzzer, facts, 'silent'),
  };
}

function first<Pattern>(table: Table<Pattern>, facts: Facts, otherwise: Pattern): Pattern {
  return table.find(([, when]) => when(facts))?.[0] ?? otherwise;
}

function factsOf(state: GateState, now: Now): Facts {
  const { attempt, devices, settings } = state;
  const standing = attempt?.standing.type ?? null;
  return {
    emergency: state.emergencyUntilMs !== null,
    fire: state.fire,
    released: state.releaseUntilMs !== null,
    // It stops entry only: on a way out it is nothing to be told of.
    lockdown: state.lockdown && settings.direction === 'in',
    inService: [devices.scanner, devices.relay, devices.turnstile].every((it) => it === 'ok'),
    held: standing === 'held',
    referred: standing === 'referred',
    faulty:
      now.clock === 'floor' ||
      now.clock === 'conflict' ||
      Object.values(devices).some((status) => status !== 'ok'),
    news: alarmsOf(state, false),
    known: alarmsOf(state, true),
  };
}

function alarmsOf({ alarms }: GateState, acknowledged: boolean): Alarms {
  const codes = alarms.filter((it) => it.acknowledged === acknowledged).map(({ code }) => code);
  const parts = codes.filter((code) => partAlarm.test(code));
  return { codes, parts: parts.length > 0, people: codes.length > parts.length };
}
