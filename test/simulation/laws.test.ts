import { describe, expect, test } from 'vitest';
import type { Effect, Input } from '../../kiosk/core/messages.js';
import type { GateState } from '../../kiosk/core/state.js';
import { type Step, step } from '../../kiosk/core/step.js';
import { findFaults } from './checkers.js';
import { live, type World } from './world.js';

const seedGiven = process.env['GATE_KIOSK_SEED'];
const firstSeed = seedGiven === undefined ? Date.now() % 1_000_000_000 : Number(seedGiven);
/** In `npm test` as many worlds as fit; the long run goes on for half an hour. */
const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const worldsMsMax = isLong ? 1_800_000 : 45_000;

describe('a seeded world of people, hands and faults', () => {
  test('keeps every law and every promise, and lives on when its faults are healed', {
    timeout: 2 * worldsMsMax,
  }, () => {
    const began = performance.now();
    let worlds = 0;
    let granted = 0;
    let records = 0;
    while (performance.now() - began < worldsMsMax || worlds < 10) {
      const seed = firstSeed + worlds;
      const world = live({ seed, events: 400, faultChance: [0, 0.02, 0.06][seed % 3] ?? 0 });
      expect([seed, world.broken, findFaults(world)]).toEqual([seed, null, []]);
      worlds += 1;
      granted += pulseCount(world);
      records += world.disk.rows.length;
      if (seedGiven !== undefined) break;
    }
    console.log(
      `worlds: ${worlds} from seed ${firstSeed} (GATE_KIOSK_SEED=N repeats one), ${granted} grants, ${records} records`,
    );
    // A world in which hardly anybody passes would prove nothing.
    expect(granted).toBeGreaterThan(2 * worlds);
  });

  test('the same seed gives the same world', () => {
    const one = live({ seed: 7, events: 150, faultChance: 0.05 });
    const other = live({ seed: 7, events: 150, faultChance: 0.05 });
    const shape = (world: typeof one) => [
      world.records.map(({ type, at }) => [type, at]),
      world.edges,
    ];
    expect(shape(one)).toEqual(shape(other));
  });
});

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
};

describe('each law, broken on purpose, is caught in the running gate', () => {
  for (const [law, sabotage] of Object.entries(sabotages))
    test(law, () => {
      const world = live({
        seed: 1,
        events: 400,
        faultChance: 0,
        step: (state, input, now) => sabotage(state, input, step(state, input, now)),
      });
      expect(world.broken?.law).toBe(law);
    });
});

function pulseCount({ edges }: World): number {
  return edges.filter(({ line, on }) => line === 'grant' && on).length;
}

function pulse(id: number): Effect {
  return { type: 'relay-pulse', id, durationMs: 300 };
}

function withEffects(good: Step, ...effects: Effect[]): Step {
  return { ...good, effects: [...good.effects, ...effects] };
}
