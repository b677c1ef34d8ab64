import { describe, expect, test } from 'vitest';
import { laws, recordLaw } from '../../kiosk/core/laws/invariants.js';
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import { type Step, step } from '../../kiosk/core/step.js';
import type { JournalEvent, JournalPort, RecordDraft } from '../../kiosk/journal/port.js';
import { findFaults } from './checkers.js';
import { readOut } from './checks/readout.js';
import { allTroubles, noTroubles, type WorldOptions } from './options.js';
import { optionsOf } from './seeds.js';
import { live, type World } from './world.js';

const seedGiven = process.env['GATE_KIOSK_SEED'];
const firstSeed = seedGiven === undefined ? Date.now() % 1_000_000_000 : Number(seedGiven);
/** In `npm test` as many days as fit; the long run goes on for half an hour. */
const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const worldsMsMax = isLong ? 1_800_000 : 60_000;

describe('a seeded campus: people, guards and faults, days on end', () => {
  test(`keeps every law and every promise, and lives on when all is healed (from seed ${firstSeed})`, {
    // Five worlds at least, however crowded the machine is.
    timeout: worldsMsMax + 300_000,
  }, () => {
    const began = performance.now();
    const sum = { worlds: 0, days: 0, people: 0, grants: 0, overrides: 0, records: 0 };
    while (performance.now() - began < worldsMsMax || sum.worlds < 5) {
      const seed = firstSeed + sum.worlds;
      const world = live(optionsOf(seed));
      expect([seed, world.broken, findFaults(world)]).toEqual([seed, null, []]);
      count(sum, world);
      if (seedGiven !== undefined) break;
    }
    console.log(
      `${sum.days} days in ${sum.worlds} worlds, ${sum.people} people, ${sum.grants} grants, ${sum.overrides} overrides, ${sum.records} records, seed ${firstSeed} (GATE_KIOSK_SEED=N repeats one)`,
    );
    // A campus on which hardly anybody passes would prove nothing.
    expect(sum.grants).toBeGreaterThan(5 * sum.days);
  });

  test('the same seed gives the same days', () => {
    const options = { ...small, seed: 7, troubles: allTroubles, strikes: 0.3 };
    const shape = ({ gates, truth }: World) => [
      gates.map(({ truth: gate, disk }) => [gate.edges, disk.rows.length, disk.rows.at(-1)?.hash]),
      truth.visits.map(({ story, outcome, atMs }) => [story, outcome, atMs]),
    ];
    expect(shape(live(options))).toEqual(shape(live(options)));
  });
});

const small: WorldOptions = {
  seed: 1,
  days: 2,
  visitsPerDay: 20,
  troubles: noTroubles,
  mischief: 0.1,
  carelessness: 0,
};

/** Steps that break one law each, as a careless change might. */
const sabotages: Readonly<Record<string, (state: GateState, input: Input, good: Step) => Step>> = {
  'locked-by-default': (_state, input, good) =>
    input.type === 'device' && input.status === 'ok' ? withEffects(good, pulse(1)) : good,
  'recorded-before-opened': (_state, _input, good) => {
    const { lane } = good.state;
    if (lane.name !== 'committing') return good;
    // The lane opens with the append, not with its answer.
    return { ...good, state: { ...good.state, lane: { ...lane, name: 'granted' } } };
  },
  'one-grant-one-pulse-one-passage': (_state, _input, good) => ({
    ...good,
    // What the passage meant for the grant is not written down.
    effects: good.effects.map((effect) =>
      effect.type === 'append'
        ? { ...effect, records: effect.records.filter(({ type }) => type !== 'passage') }
        : effect,
    ),
  }),
  'evidence-never-mixes': (state, input, good) => {
    const { attempt } = good.state;
    const old = state.attempt;
    if (input.type !== 'evidence' || attempt === null || old === null) return good;
    if (attempt.serial === old.serial) return good;
    // The next attempt inherits the papers of the one before.
    const documents = [...old.documents, ...attempt.documents];
    return { ...good, state: { ...good.state, attempt: { ...attempt, documents } } };
  },
  'doubt-refuses': (_state, _input, good) => {
    const { attempt, lane } = good.state;
    if (lane.name !== 'committing' || attempt?.temperature == null) return good;
    // A reading of cold skin is taken for normal.
    const temperature = { ...attempt.temperature, bodyCentidegrees: 3_300 };
    return { ...good, state: { ...good.state, attempt: { ...attempt, temperature } } };
  },
  'time-never-runs-back': (_state, input, good) => {
    const { time } = good.state;
    if (input.type !== 'evidence' || time.floorMs === null) return good;
    // The time follows a clock that is set back a little at each scan.
    const wallMs = time.floorMs - 1_000;
    return { ...good, state: { ...good.state, time: { ...time, floorMs: wallMs, wallMs } } };
  },
  'nothing-private-leaks': (_state, input, good) => {
    if (input.type !== 'evidence' || input.evidence.type !== 'card') return good;
    const { masked } = input.evidence;
    // What may be seen on the screen is written down.
    return {
      ...good,
      effects: good.effects.map((effect) =>
        effect.type === 'append'
          ? { ...effect, records: effect.records.map((record) => ({ ...record, masked })) }
          : effect,
      ),
    };
  },
  'fire-wins': (state, input, good) => {
    if (input.type !== 'fire' || !input.active) return good;
    // The fire waits for the lane to be free.
    return { state: { ...state, requestId: good.state.requestId }, effects: [] };
  },
  'every-decision-can-be-replayed': (_state, _input, good) => ({
    ...good,
    // A grant does not say on which papers.
    effects: good.effects.map((effect) =>
      effect.type === 'append'
        ? { ...effect, records: effect.records.map((record) => withoutPapers(record)) }
        : effect,
    ),
  }),
  'guard-is-named': (_state, input, good) => {
    const { attempt } = good.state;
    if (attempt === null || input.type !== 'evidence') return good;
    // A card is taken for what the guard has to look at.
    const attested = [...attempt.attested, { what: 'originals', guard: '', atMs: 0 } as const];
    return { ...good, state: { ...good.state, attempt: { ...attempt, attested } } };
  },
  'settings-change-at-rest': (_state, _input, good) => {
    if (good.state.attempt === null) return good;
    // Another policy is entered as it comes, whoever stands at the gate.
    return { ...good, state: { ...good.state, settings: { ...good.state.settings } } };
  },
  'nothing-recorded-is-lost': (_state, input, good) => {
    if (input.type !== 'evidence') return good;
    // What nobody waits for is thought to be on its way, and is not.
    const effects = good.effects.filter((effect) => effect.type !== 'append' || effect.urgent);
    return { ...good, effects };
  },
};

/** Answers of a journal that has lost, doubled, mixed up or forged something. */
const spoilers: Readonly<Record<string, Spoil>> = {
  'a record is missing between two answers': (event, pass) =>
    pass({ ...event, firstSeq: event.firstSeq + 1, lastSeq: event.lastSeq + 1 }),
  'more is said to be written than was asked for': (event, pass) =>
    pass({ ...event, lastSeq: event.lastSeq + 1 }),
  'an answer comes twice': (event, pass) => {
    pass(event);
    pass(event);
  },
  'the head does not move': (() => {
    let first: string | null = null;
    return (event, pass) => {
      first ??= event.hash;
      pass({ ...event, hash: first });
    };
  })(),
  'an answer is held back behind a later one': (() => {
    let held: Committed | null = null;
    return (event, pass) => {
      const last = held;
      held = last === null ? event : null;
      if (last === null) return;
      pass(event);
      pass(last);
    };
  })(),
  'the chain begins anew': (event, pass) =>
    pass({ ...event, lastSeq: event.lastSeq - event.firstSeq + 1, firstSeq: 1 }),
};

type Committed = Extract<JournalEvent, { type: 'committed' }>;
type Spoil = (event: Committed, pass: (event: JournalEvent) => void) => void;

/** From its tenth answer on the journal is spoilt. */
function spoiling(spoil: Spoil): (journal: JournalPort) => JournalPort {
  return (journal) => ({
    ...journal,
    subscribe(listener) {
      let count = 0;
      return journal.subscribe((event) => {
        count += 1;
        if (event.type !== 'committed' || count < 10) listener(event);
        else spoil(event, listener);
      });
    },
  });
}

describe('a journal that loses or forges something is found out by its answers', () => {
  for (const [name, spoil] of Object.entries(spoilers))
    test(name, () => {
      const world = live({ ...small, spoil: spoiling(spoil) });
      expect(world.broken?.law).toBe(recordLaw);
    });
});

describe('each law, broken on purpose, is caught in the running gate', () => {
  test('none is left out', () => {
    expect(Object.keys(sabotages).sort()).toEqual(Object.keys(laws).sort());
  });
  for (const [law, sabotage] of Object.entries(sabotages))
    test(law, () => {
      const world = live({
        ...small,
        troubles: { ...noTroubles, fire: 3 },
        step: (state, input, now) => sabotage(state, input, step(state, input, now)),
      });
      expect(world.broken?.law).toBe(law);
    });
});

function count(
  sum: Record<'worlds' | 'days' | 'people' | 'grants' | 'overrides' | 'records', number>,
  world: World,
): void {
  sum.worlds += 1;
  sum.days += world.options.days;
  sum.people += world.truth.people.length;
  for (const { rows } of readOut(world).gates) {
    sum.records += rows.length;
    sum.grants += rows.filter(
      (row) => row.type === 'decision' && row['outcome'] === 'grant',
    ).length;
    sum.overrides += rows.filter(({ type }) => type === 'override').length;
  }
}

function withoutPapers(record: RecordDraft): RecordDraft {
  return record.type === 'decision' && record['outcome'] === 'grant'
    ? { ...record, documents: [] }
    : record;
}

function pulse(id: number): Effect {
  return { type: 'relay-pulse', id, durationMs: 300 };
}

function withEffects(good: Step, ...effects: Effect[]): Step {
  return { ...good, effects: [...good.effects, ...effects] };
}
