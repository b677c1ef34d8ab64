/** One attempt, one configuration: another one is entered between two people. */
import { expect, test } from 'vitest';
import { laws } from '../../../kiosk/core/laws/invariants.js';
import type { Observed } from '../../../kiosk/core/laws/observed.js';
import { refusalLimits } from '../../../kiosk/core/limits.js';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import { code, form, Hands, settings } from './hands.js';

const strict = (): GateSettings => {
  const own = settings();
  const limits = { ...own.policy.settings, feverCentidegrees: 3_600 };
  const policyHash = '36'.repeat(32);
  return { ...own, policy: { ...own.policy, settings: limits }, policyHash };
};
const enter = (gate: Hands, next: GateSettings, trust = '0d'): void => {
  gate.give({
    ...{ type: 'configuration', event: 'entered', version: 'test' },
    hashes: { configuration: next.configurationHash, trust: trust.repeat(32), revocations: null },
    settings: next,
  });
};
const entries = (gate: Hands) =>
  gate.records.flatMap(({ type, event, policy, trust }) =>
    type === 'configuration'
      ? [`${event} ${String(policy).slice(0, 2)} ${String(trust).slice(0, 2)}`]
      : [],
  );

test('with nobody at the gate it is entered at once, on record', () => {
  const gate = new Hands();
  gate.give({
    ...{ type: 'configuration', event: 'entered', version: 'test' },
    hashes: { configuration: '0c'.repeat(32), trust: '0a'.repeat(32), revocations: null },
  });
  const next = strict();
  enter(gate, next);
  expect(gate.state.settings).toBe(next);
  expect(entries(gate)).toEqual(['entered 00 0a', 'left 00 0a', 'entered 36 0d']);
});

test('who has begun ends under what they began with, and the next one is judged by the new', () => {
  const gate = new Hands();
  const old = gate.state.settings;
  gate.show(form('a'));
  enter(gate, strict());
  gate.show(code('a'));
  gate.measure(3_650);
  expect(gate.state.settings).toBe(old);
  gate.commit();
  expect([gate.pulses(), gate.state.settings === old]).toEqual([1, true]);
  gate.give({ type: 'passage', phase: 'entered' });
  gate.give({ type: 'passage', phase: 'left' });
  gate.wait(2_000);
  expect(gate.state.settings.policyHash).toBe('36'.repeat(32));
  gate.show(form('b'));
  gate.show(code('b'));
  gate.measure(3_650);
  const decisions = gate.records.filter(({ type }) => type === 'decision');
  expect(decisions.map(({ outcome, policy }) => [outcome, String(policy).slice(0, 2)])).toEqual([
    ['grant', '00'],
    ['refer', '36'],
  ]);
});

test('of two that come meanwhile the later counts', () => {
  const gate = new Hands();
  gate.show(form('a'));
  enter(gate, strict(), '01');
  const last = strict();
  enter(gate, last, '02');
  gate.wait(120_000);
  expect(gate.state.settings).toBe(last);
  expect(entries(gate)).toEqual(['entered 36 02']);
});

test('the law sees what would change in the middle of an attempt, and what nobody has asked for', () => {
  const law = laws['settings-change-at-rest'];
  const busy = new Hands();
  busy.show(form('a'));
  const idle = new Hands();
  const change = (gate: Hands, asked: GateSettings | null, next: GateSettings): Observed => ({
    before: gate.state,
    input: asked === null ? { type: 'timer' } : asInput(asked),
    after: { ...gate.state, settings: next },
    effects: [],
    now: gate.now,
    raw: gate.now,
  });
  const next = strict();
  expect(law?.(change(idle, next, next))).toBeNull();
  expect(law?.(change(busy, next, next))).toBe('an attempt under two configurations');
  expect(law?.(change(idle, null, next))).toBe('a configuration that nobody has asked for');
});

function asInput(next: GateSettings): Observed['input'] {
  return {
    ...{ type: 'configuration', event: 'entered', version: 'test' },
    hashes: { configuration: '', trust: '', revocations: null },
    settings: next,
  };
}

test('a step that was taken back and what is past its date are alarms; the second ends by itself', () => {
  const gate = new Hands();
  const alarms = (): readonly string[] => gate.state.alarms.map((alarm) => alarm.code);
  gate.give({
    ...{ type: 'config-step', channel: 'policy', seq: 3, phase: 'reverted', code: 'invariant' },
    sha256: 'ab'.repeat(32),
  });
  gate.give({ type: 'settings', fault: 'configuration-stale', on: true });
  expect(alarms()).toEqual(['configuration-reverted', 'configuration-stale']);
  gate.press('acknowledge');
  expect(alarms()).toEqual(['configuration-stale']);
  gate.give({ type: 'settings', fault: 'configuration-stale', on: false });
  expect(alarms()).toEqual([]);
  expect(gate.records.find(({ type }) => type === 'config-step')).toMatchObject({ step: 3 });
});

test('a step that comes to nothing again and again is on record a number of times; one that is kept, always', () => {
  const gate = new Hands();
  const step = {
    type: 'config-step',
    channel: 'revocation',
    seq: 1,
    sha256: 'ab'.repeat(32),
  } as const;
  for (let turn = 0; turn < 1_000; turn += 1) {
    gate.give({ ...step, phase: 'pending', code: 'testing' });
    gate.give({ ...step, phase: 'refused', code: 'bad-body' });
  }
  const told = () => gate.records.filter(({ type }) => type === 'config-step').length;
  expect(told()).toBe(refusalLimits.burst);
  gate.give({ ...step, phase: 'confirmed', code: '' });
  expect(told()).toBe(refusalLimits.burst + 1);
});
