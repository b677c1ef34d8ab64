/** The end of a release that is made of pulses: the last of them still lets somebody through. */
import { expect, test } from 'vitest';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import { code, form, Hands } from './hands.js';

/** A gate whose fire is over. */
function afterFire(change: Partial<GateSettings>): Hands {
  const gate = new Hands(change);
  gate.give({ type: 'fire', active: true });
  gate.wait(10_000);
  gate.give({ type: 'fire', active: false });
  return gate;
}

const enter = (gate: Hands): unknown => {
  gate.give({ type: 'passage', phase: 'entered' });
  gate.give({ type: 'passage', phase: 'left' });
  return gate.passage();
};

test('who goes by the last pulse has not forced the arm, and who comes later has', () => {
  const gate = afterFire({ hasRelease: false });
  gate.wait(5_900);
  expect(enter(gate)).toBe('emergency');
  gate.give({ type: 'door', phase: 'opened' });
  expect(gate.state.alarms.map(({ code: alarm }) => alarm)).not.toContain('door-forced');
  gate.wait(100);
  expect(enter(gate)).toBe('forced');
});

test('where the release is held, or its level is, the arm is locked when it ends', () => {
  for (const change of [{}, { hasRelease: false, turnstileMode: 'level' }] as const)
    expect(enter(afterFire(change))).toBe('forced');
});

test('whoever is granted meanwhile passes as granted', () => {
  const gate = afterFire({ hasRelease: false });
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(3_650);
  gate.commit();
  expect(enter(gate)).toBe('passed');
});
