/** What stands on record beside the decisions: starts, the configuration, the mains, and floods. */
import { describe, expect, test } from 'vitest';
import { refusalLimits } from '../../../kiosk/core/limits.js';
import { nothingStands } from '../../../kiosk/journal/port.js';
import { code, form, Hands } from './hands.js';

const typesOf = (gate: Hands, type: string) => gate.records.filter((it) => it.type === type);

test('a start is on record with its reason', () => {
  const gate = new Hands();
  gate.give({
    ...{ type: 'boot', uses: [], version: '1', standing: nothingStands },
    ...{ endedCleanly: false, reason: 'power-lost' },
  });
  expect(typesOf(gate, 'boot').at(-1)).toMatchObject({ reason: 'power-lost', version: '1' });
});

test('a configuration is entered and left by its hashes', () => {
  const gate = new Hands();
  const hashes = { configuration: '0c'.repeat(32), trust: '0d'.repeat(32), revocations: null };
  for (const event of ['entered', 'left'] as const)
    gate.give({ type: 'configuration', event, hashes, version: '1' });
  const policy = gate.state.settings.policyHash;
  expect(typesOf(gate, 'configuration')).toMatchObject([
    { event: 'entered', ...hashes, policy, version: '1' },
    { event: 'left', ...hashes, policy, version: '1' },
  ]);
});

describe('the mains', () => {
  test('from the start on is nothing to tell', () => {
    const gate = new Hands();
    gate.give({ type: 'power', mains: true });
    expect(gate.state.devices.mains).toBe('ok');
    expect(typesOf(gate, 'power')).toEqual([]);
  });

  test('lost and restored: on record, an alarm for as long, and people go on passing', () => {
    const gate = new Hands();
    gate.give({ type: 'power', mains: false });
    gate.give({ type: 'power', mains: false });
    expect(gate.state.devices.mains).toBe('lost');
    expect(gate.state.alarms).toMatchObject([{ code: 'on-battery', acknowledged: false }]);
    gate.press('acknowledge');
    expect(gate.state.alarms).toMatchObject([{ code: 'on-battery', acknowledged: true }]);
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3_650);
    gate.commit();
    expect(gate.pulses()).toBe(1);
    gate.give({ type: 'power', mains: true });
    expect(gate.state.alarms).toEqual([]);
    expect(typesOf(gate, 'power').map(({ mains }) => mains)).toEqual([false, true]);
  });
});

describe('a flood of what is refused', () => {
  const refusals = (gate: Hands): number =>
    gate.records.filter(({ type, refused }) => type === 'decision' && refused !== undefined).length;
  const omittedIn = (gate: Hands): number =>
    typesOf(gate, 'omitted')
      .flatMap(({ counts }) => counts as unknown as readonly { readonly count: number }[])
      .reduce((sum, { count }) => sum + count, 0);

  for (const direction of ['in', 'out'] as const)
    test(`does not fill the disk, and each is on record or counted (${direction})`, () => {
      const gate = new Hands({ direction });
      const count = 3_000;
      for (let times = 0; times < count; times += 1) {
        gate.refuse('bad-signature');
        gate.wait(100);
      }
      const own = refusals(gate);
      expect(own).toBeLessThanOrEqual(
        1 + refusalLimits.burst + (count * 100) / refusalLimits.everyMs,
      );
      expect(own).toBeGreaterThan(refusalLimits.burst);
      gate.wait(20_000);
      expect(own + omittedIn(gate)).toBe(count);
    });

  test('hides nobody: what an attempt is refused for the first time has its record', () => {
    const gate = new Hands();
    for (let times = 0; times < 1_000; times += 1) gate.refuse('bad-signature');
    gate.wait(60_000);
    for (let times = 0; times < 1_000; times += 1) gate.refuse('bad-signature');
    gate.show(form('a'));
    gate.refuse('expired', 'campus-card-code');
    expect(gate.records.at(-1)).toMatchObject({ type: 'decision', reasons: ['expired'] });
  });

  test('afterwards everything is on record again', () => {
    const gate = new Hands();
    for (let times = 0; times < 1_000; times += 1) gate.refuse('bad-signature');
    gate.wait(refusalLimits.burst * refusalLimits.everyMs);
    const before = refusals(gate);
    for (let times = 0; times < refusalLimits.burst; times += 1) gate.refuse('bad-base45');
    expect(refusals(gate) - before).toBe(refusalLimits.burst);
  });

  test('papers of somebody for whom the guard was called are on record as ignored', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.measure(3_850);
    expect(gate.state.attempt?.standing).toMatchObject({ type: 'referred', firm: true });
    gate.show(code('a'));
    expect(typesOf(gate, 'scan-ignored')).toMatchObject([{ lane: 'locked', why: 'referred' }]);
  });
});
