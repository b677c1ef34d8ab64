import { describe, expect, test } from 'vitest';
import { code, form, Hands, pass, ticket } from './hands.js';

const out = { direction: 'out' as const };

describe('whose evidence it is (law 4)', () => {
  test('a hand before the sensor when the identity comes must be taken away first', () => {
    const gate = new Hands();
    const sinceMs = gate.now.monotonicMs;
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650, { fromMs: sinceMs });
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.state.attempt?.noReading).toBe('not-new');
    gate.measure(3650);
    expect(gate.decision()).toBe('grant duty-staff');
  });

  test('a hand alone never completes the papers of who was referred and went away', () => {
    const gate = new Hands(out);
    gate.show(form('a'));
    gate.show(code('a'));
    gate.wait(30_001);
    expect(gate.decision()).toBe('refer incomplete');
    gate.wait(60_000);
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
  });

  test('scans that are refused do not revive what a referred person left behind', () => {
    const gate = new Hands(out);
    gate.show(form('a'));
    gate.show(code('a'));
    gate.wait(30_001);
    for (let round = 0; round < 5; round += 1) {
      gate.refuse('bad-prefix');
      gate.measure(3650);
    }
    expect(gate.state.lane.name).toBe('locked');
  });

  test('a paper shown after a referral has gone stale begins anew, with all that is needed', () => {
    const gate = new Hands(out);
    const paper = form('a');
    gate.show(paper);
    gate.show(code('a'));
    gate.wait(40_000);
    gate.show(code('a'));
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
    gate.show(paper);
    expect(gate.decision()).toBe('grant duty-staff');
  });

  test('a refused scan within the silence is no silence', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.wait(20_000);
    gate.refuse('expired');
    gate.wait(20_000);
    gate.show(code('a'));
    gate.measure(3650);
    expect(gate.decision()).toBe('grant duty-staff');
  });

  test('a reading of a sensor in trouble does not outlive the trouble', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.give({ type: 'device', device: 'thermometer', status: 'degraded', why: 'jumping' });
    gate.measure(3650);
    gate.give({ type: 'device', device: 'thermometer', status: 'ok', why: '' });
    gate.show(code('a'));
    expect(gate.state.lane.name).toBe('locked');
    gate.measure(3650);
    expect(gate.decision()).toBe('grant duty-staff');
  });

  test('times that cannot be are no evidence', () => {
    for (const fromMs of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const gate = new Hands();
      gate.show(form('a'));
      gate.show(code('a'));
      gate.measure(3650, { fromMs });
      expect(gate.state.lane.name).toBe('locked');
    }
    for (const takenMs of [Number.NaN, 0, 1e12]) {
      const gate = new Hands();
      gate.show(form('a'));
      gate.give({ type: 'evidence', evidence: { ...code('a'), takenMs } });
      gate.measure(3650);
      expect(gate.state.lane.name).toBe('locked');
    }
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650, { sampleCount: Number.NaN, spreadCentidegrees: Number.NaN });
    expect(gate.state.lane.name).toBe('locked');
  });
});

describe('who was referred for the gate’s own sake', () => {
  test('is not let in by a part that comes back, but may ask again with the same paper', () => {
    const gate = new Hands();
    gate.give({ type: 'device', device: 'turnstile', status: 'degraded', why: 'passage-stuck' });
    const paper = form('a');
    gate.show(paper);
    gate.show(code('a'));
    gate.measure(3650);
    expect(gate.decision()).toBe('refer part-failed');
    gate.give({ type: 'device', device: 'turnstile', status: 'ok', why: '' });
    gate.give({ type: 'button', button: 'acknowledge', event: 'pressed' });
    gate.wait(10_000);
    expect(gate.state.lane.name).toBe('locked');
    gate.show(paper);
    expect(gate.state.lane.name).toBe('committing');
  });
});

describe('feedback', () => {
  test('a wrong paper is refused at once, also while the lane settles', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    gate.commit();
    gate.pass();
    gate.show(form('b', { zones: ['library'] }));
    expect(gate.state.lane.name).toBe('settling');
    expect(gate.decision()).toBe('deny wrong-zone');
    gate.show(code('s', 'student'));
    expect(gate.state.attempt?.standing.type).toBe('held');
    gate.wait(1_001);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.state.attempt?.standing.type).toBe('held');
  });

  test('papers of a household and a campus id never make one attempt', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.show(code('a'));
    gate.show(ticket('h'));
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
  });
});
