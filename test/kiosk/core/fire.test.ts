import { expect, test } from 'vitest';
import { relayLimits } from '../../../hardware/ports.js';
import { findBrokenLaw } from '../../../kiosk/core/laws/invariants.js';
import { step } from '../../../kiosk/core/step.js';
import { code, form, Hands } from './hands.js';

const releases = (gate: Hands) => gate.effects.filter(({ type }) => type === 'relay-release');

test('fire releases in the same step, before any record, and ends what was under way', () => {
  const gate = new Hands();
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(3650);
  const { lane } = gate.state;
  if (lane.name !== 'committing') throw new Error('not committing');
  const effects = gate.give({ type: 'fire', active: true });
  expect(effects[0]).toMatchObject({ type: 'relay-release', on: true });
  expect(gate.state.attempt).toBeNull();
  gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 9 });
  expect([gate.pulses(), gate.passage()]).toEqual([0, 'not-opened']);
});

test('the release is held for hours, told again long before the relay would let go', () => {
  const gate = new Hands();
  gate.give({ type: 'fire', active: true });
  for (let minute = 0; minute < 300; minute += 1) {
    gate.wait(15_000);
    const last = releases(gate).at(-1);
    if (last?.type !== 'relay-release') throw new Error('no release');
    expect(last.on && last.untilMs > gate.now.monotonicMs + 15_000).toBe(true);
    expect(last.untilMs - gate.now.monotonicMs).toBeLessThanOrEqual(relayLimits.releaseMsMax);
  }
  gate.give({ type: 'fire', active: false });
  expect(releases(gate).at(-1)).toMatchObject({ on: false });
});

test('nobody is granted while it burns, and the lane works again afterwards', () => {
  const gate = new Hands();
  gate.give({ type: 'fire', active: true });
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(3650);
  expect(gate.state.lane.name).toBe('locked');
  gate.give({ type: 'passage', phase: 'entered' });
  expect(gate.passage()).toBe('emergency');
  gate.give({ type: 'fire', active: false });
  gate.give({ type: 'passage', phase: 'left' });
  gate.wait(5_000);
  gate.show(form('b'));
  gate.show(code('b'));
  gate.measure(3650);
  expect(gate.state.lane.name).toBe('committing');
});

test('the end of a fire does not end an emergency, nor the other way round', () => {
  const gate = new Hands();
  gate.give({ type: 'button', button: 'emergency', event: 'pressed' });
  gate.give({ type: 'fire', active: true });
  gate.give({ type: 'fire', active: false });
  expect(releases(gate).at(-1)).toMatchObject({ on: true });
  gate.give({ type: 'fire', active: true });
  gate.wait(120_001);
  expect(gate.state.emergencyUntilMs).toBeNull();
  expect(releases(gate).at(-1)).toMatchObject({ on: true });
  gate.give({ type: 'fire', active: false });
  expect(releases(gate).at(-1)).toMatchObject({ on: false });
});

test('a loop that is closed at the start opens nothing', () => {
  const gate = new Hands();
  gate.give({ type: 'fire', active: false });
  expect(releases(gate)).toEqual([]);
});

test('a fire whose release waits is a broken law', () => {
  const { state: before, now } = new Hands();
  const input = { type: 'fire', active: true } as const;
  const { state: after, effects } = step(before, input, now);
  const waiting = effects.filter(({ type }) => type !== 'relay-release');
  expect(findBrokenLaw({ before, input, after, effects, now })).toBeNull();
  expect(findBrokenLaw({ before, input, after, effects: waiting, now })).not.toBeNull();
  const deaf = { before, input, after: before, effects: [], now };
  expect(findBrokenLaw(deaf)?.law).toBe('fire-wins');
});

test.each([
  ['fire', { type: 'fire', active: true }],
  ['EMERGENCY', { type: 'button', button: 'emergency', event: 'pressed' }],
] as const)(
  '%s heard late, when the guard’s OPEN has waited for the disk too long, opens for all and breaks nothing',
  (_, input) => {
    const gate = new Hands();
    gate.badge();
    gate.give({ type: 'button', button: 'open', event: 'pressed' });
    expect(gate.state.lane.name).toBe('committing');
    // The loop stalls: the deadline of the record and the alarm are heard of in one step.
    const { now } = gate;
    gate.now = { ...now, monotonicMs: now.monotonicMs + 10_000, wallMs: now.wallMs + 10_000 };
    const effects = gate.give(input);
    expect(effects[0]).toMatchObject({ type: 'relay-release', on: true });
    expect(gate.pulses()).toBe(0);
  },
);

test('a report of a pulse that is only asked for in the same step is nobody’s', () => {
  const gate = new Hands();
  gate.badge();
  gate.give({ type: 'button', button: 'open', event: 'pressed' });
  const { lane } = gate.state;
  if (lane.name !== 'committing') throw new Error('not committing');
  const { now } = gate;
  gate.now = { ...now, monotonicMs: now.monotonicMs + 10_000, wallMs: now.wallMs + 10_000 };
  gate.give({ type: 'pulse-refused', id: lane.grant.id });
  expect([gate.pulses(), gate.state.lane.name]).toEqual([1, 'granted']);
});
