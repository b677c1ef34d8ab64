/** A child without papers: it goes with the adult for whom the guard said so, by that guard's name. */
import { describe, expect, test } from 'vitest';
import { badge, code, form, Hands } from './hands.js';

const healthy = 3_650;

function papers(gate: Hands, who: string): void {
  gate.show(form(who));
  gate.show(code(who));
}

/** An adult let in, for whom a child was confirmed, and who is through. */
function adultThrough(gate: Hands): void {
  papers(gate, 'a');
  gate.confirm('accompanied:1');
  gate.measure(healthy);
  gate.commit();
  gate.pass();
}

const lastOverride = (gate: Hands) => gate.records.findLast(({ type }) => type === 'override');

describe('a child that the guard lets pass', () => {
  test('is the next adult’s where that is whom CONFIRM was shown for, not the one’s before', () => {
    const gate = new Hands();
    gate.badge();
    adultThrough(gate);
    gate.show(form('b'));
    gate.wait(1_000);
    gate.commit();
    gate.confirm('accompanied:1');
    expect(gate.state.attempt?.companions).toBe(1);
    expect(gate.records.findLast(({ type }) => type === 'accompanied')).toMatchObject({
      attempt: gate.state.attempt?.serial,
    });
    gate.pass();
    gate.wait(2_000);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.pulses()).toBe(2);
  });

  test('is recorded for the adult in the lane, though the next one shows papers already', () => {
    const gate = new Hands();
    gate.badge();
    papers(gate, 'a');
    gate.measure(healthy);
    const { attempt } = gate.state;
    gate.commit();
    gate.wait(1_000);
    expect(gate.meaning()).toBe('accompanied:1');
    gate.pass();
    gate.show(form('b'));
    gate.press('confirm');
    expect(gate.records.findLast(({ type }) => type === 'accompanied')).toMatchObject({
      attempt: attempt?.serial,
    });
    expect(gate.state.attempt).toMatchObject({ companions: 0 });
    gate.wait(1_000);
    expect(lastOverride(gate)).toMatchObject({ reason: 'accompanied', accompanies: 10 });
  });

  test('is opened for in the name of the guard who said so, whoever is on duty then', () => {
    const gate = new Hands();
    gate.badge('g1');
    papers(gate, 'a');
    gate.confirm('accompanied:1');
    gate.badge('g2');
    gate.measure(healthy);
    gate.commit();
    gate.pass();
    gate.wait(1_000);
    expect(lastOverride(gate)).toMatchObject({ reason: 'accompanied', guard: 'g1' });
  });

  test('and though nobody is on duty by the time of the grant', () => {
    const gate = new Hands();
    const { wallMs } = gate.now;
    gate.give({ type: 'button', button: 'next', event: 'pressed' });
    gate.show(badge('g1', { expiresSeconds: Math.floor(wallMs / 1000) + 6 }));
    gate.give({ type: 'button', button: 'next', event: 'released' });
    papers(gate, 'a');
    gate.confirm('accompanied:1');
    gate.wait(5_000);
    expect(gate.state.duty).toBeNull();
    gate.measure(healthy);
    gate.commit();
    gate.pass();
    gate.wait(1_000);
    expect(lastOverride(gate)).toMatchObject({ reason: 'accompanied', guard: 'g1' });
  });

  test('goes when a slow adult has left the arm', () => {
    const gate = new Hands();
    gate.badge();
    papers(gate, 'a');
    gate.confirm('accompanied:1');
    gate.measure(healthy);
    gate.commit();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.wait(15_000);
    expect(gate.passage()).toBe('passed-slowly');
    gate.wait(5_000);
    expect(gate.state.lane.name).toBe('settling');
    gate.give({ type: 'passage', phase: 'left' });
    gate.wait(1_000);
    gate.commit();
    expect(gate.pulses()).toBe(2);
  });

  test('goes no more once the guard has refused, behind the adult or while it passes', () => {
    for (const settle of [true, false]) {
      const gate = new Hands();
      gate.badge();
      papers(gate, 'a');
      gate.confirm('accompanied:1');
      gate.measure(healthy);
      gate.commit();
      if (!settle) gate.press('refuse');
      gate.pass();
      if (settle) gate.press('refuse');
      expect(gate.state.feedback?.code).toBe('done');
      gate.wait(2_000);
      expect(gate.state.lane.name).toBe('locked');
      expect(gate.pulses()).toBe(1);
    }
  });
});

describe('a passage contact that is stuck', () => {
  const stuck = (): Hands => {
    const gate = new Hands({ direction: 'out' });
    gate.badge();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.press('open');
    expect(gate.state.feedback?.code).toBe('lane-busy');
    gate.give({ type: 'device', device: 'turnstile', status: 'degraded', why: 'passage-stuck' });
    return gate;
  };

  test('does not hold up the guard’s OPEN, nor the child behind it', () => {
    const gate = stuck();
    gate.show(form('a'));
    gate.confirm('accompanied:1');
    gate.press('open');
    gate.commit();
    expect(gate.pulses()).toBe(1);
    gate.wait(6_000);
    expect(gate.passage()).toBe('unsensed');
    gate.wait(6_000);
    gate.commit();
    expect(gate.pulses()).toBe(2);
  });
});
