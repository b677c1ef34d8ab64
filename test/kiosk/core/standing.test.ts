import { expect, test } from 'vitest';
import type { Effect } from '../../../kiosk/core/messages.js';
import { initialState } from '../../../kiosk/core/state.js';
import type { Standing } from '../../../kiosk/journal/port.js';
import { code, form, Hands, settings, startWallMs } from './hands.js';

type Append = Extract<Effect, { type: 'append' }>;

const appends = ({ effects }: Hands): readonly Append[] =>
  effects.filter((effect) => effect.type === 'append');
const kept = (gate: Hands): readonly Append[] =>
  appends(gate).filter(({ standing }) => standing !== undefined);

/** A gate whose journal knew this when it started. */
function started(standing: Standing): Hands {
  const gate = new Hands();
  gate.state = initialState(settings(), gate.now);
  gate.effects.length = 0;
  gate.give({
    type: 'boot',
    uses: [],
    endedCleanly: true,
    reason: 'stopped',
    version: 'test',
    standing,
  });
  return gate;
}

/** Answers all that was asked so far. */
function answer(gate: Hands): void {
  for (const { id } of appends(gate))
    if (gate.state.unwritten.sent.has(id)) gate.give({ type: 'committed', id, lastSeq: id });
}

const now: Standing = { lockdown: false, floorMs: startWallMs };

test('the first floor is kept with the record of the start, a known one not again', () => {
  const fresh = started({ lockdown: false, floorMs: null });
  expect(kept(fresh)).toMatchObject([{ standing: now, urgent: false }]);
  expect(kept(fresh)[0]?.records.length).toBeGreaterThan(0);
  expect(kept(started(now))).toEqual([]);
});

test('what the journal knew is taken in: a floor that is none is not', () => {
  expect(started({ lockdown: true, floorMs: startWallMs + 30_000 }).state).toMatchObject({
    lockdown: true,
    time: { floorMs: startWallMs + 30_000, clock: 'synced' },
  });
  for (const floorMs of [Number.NaN, -1, 1e17])
    expect(started({ lockdown: false, floorMs }).state.time.floorMs).toBe(startWallMs);
});

test('the floor goes with the next records that nobody waits for, ten minutes on', () => {
  const gate = started(now);
  gate.now = { ...gate.now, monotonicMs: gate.now.monotonicMs + 1 };
  gate.state = { ...gate.state, housekeepingMs: Number.POSITIVE_INFINITY };
  gate.wait(599_000);
  gate.give({ type: 'fire', active: true });
  expect(kept(gate)).toEqual([]);
  gate.wait(1_000);
  expect(kept(gate)).toEqual([]);
  gate.give({ type: 'fire', active: false });
  expect(kept(gate)).toMatchObject([
    { standing: { lockdown: false, floorMs: startWallMs + 600_000 } },
  ]);
  gate.give({ type: 'fire', active: true });
  expect(kept(gate)).toHaveLength(1);
});

test('where nothing happens it is kept by itself, without a record', () => {
  const gate = started(now);
  for (let round = 0; round < 59; round += 1) gate.wait(10_000);
  expect(kept(gate)).toEqual([]);
  for (let round = 0; round < 61; round += 1) gate.wait(10_000);
  expect(kept(gate)).toMatchObject([
    { records: [], uses: [], standing: { floorMs: startWallMs + 600_000 }, urgent: false },
    { records: [], uses: [], standing: { floorMs: startWallMs + 1_200_000 }, urgent: false },
  ]);
});

test('a grant’s own transaction never carries it', () => {
  const gate = new Hands();
  gate.show(form('a'));
  gate.show(code('a'));
  gate.state = { ...gate.state, kept: { standing: null, request: null } };
  gate.measure(3650);
  const grant = appends(gate).at(-1);
  expect(grant).toMatchObject({ urgent: true });
  expect(grant).not.toHaveProperty('standing');
  gate.commit();
  gate.pass();
  expect(kept(gate).at(-1)).toMatchObject({ urgent: false });
  expect(gate.state.kept.standing).not.toBeNull();
});

test('a change that matters is kept at once, and whole', () => {
  const gate = started(now);
  gate.state = { ...gate.state, lockdown: true };
  gate.give({ type: 'timer' });
  expect(kept(gate)).toMatchObject([{ records: [], standing: { ...now, lockdown: true } }]);
  gate.give({ type: 'timer' });
  expect(kept(gate)).toHaveLength(1);
});

test('what could not be kept is sent as it stands by then: with records, or every ten seconds', () => {
  const gate = started(now);
  answer(gate);
  gate.state = { ...gate.state, lockdown: true };
  gate.give({ type: 'timer' });
  const [first] = kept(gate);
  // An answer that something else failed is not about it.
  gate.give({ type: 'append-failed', id: (first?.id ?? 0) + 100, why: 'io-error' });
  const sent = kept(gate).length;
  gate.give({ type: 'append-failed', id: first?.id ?? 0, why: 'disk-full' });
  expect(kept(gate)).toHaveLength(sent);
  gate.state = { ...gate.state, lockdown: false };
  // A disk that fails is not asked at every step.
  for (let step = 0; step < 100; step += 1) gate.wait(1);
  expect(kept(gate)).toHaveLength(sent);
  for (let round = 0; round < 3; round += 1) {
    gate.wait(10_000);
    const last = kept(gate).at(-1);
    expect(last?.standing).toMatchObject({ lockdown: false });
    gate.give({ type: 'append-failed', id: last?.id ?? 0, why: 'disk-full' });
  }
  expect(kept(gate)).toHaveLength(sent + 3);
  gate.give({ type: 'fire', active: true });
  expect(kept(gate)).toHaveLength(sent + 4);
  answer(gate);
  gate.wait(30_000);
  expect(kept(gate)).toHaveLength(sent + 4);
});
