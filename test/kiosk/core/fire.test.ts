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
