/** A turnstile that wants a level: held while somebody is waited for, and no moment longer. */
import { describe, expect, test } from 'vitest';
import { findBrokenLaw } from '../../../kiosk/core/laws/invariants.js';
import type { Effect, Input } from '../../../kiosk/core/messages.js';
import { step } from '../../../kiosk/core/step.js';
import { code, form, Hands } from './hands.js';

/** A gate that has just opened for somebody. */
function opened(change: ConstructorParameters<typeof Hands>[0] = { turnstileMode: 'level' }) {
  const gate = new Hands(change);
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(3_650);
  gate.commit();
  return gate;
}

/** What the relay was told, in order. */
const told = ({ effects }: Hands): readonly Effect[] =>
  effects.filter(({ type }) => type === 'relay-pulse' || type === 'relay-end');

const pulse = { type: 'relay-pulse', id: expect.any(Number), durationMs: 5_000 };
const end = { type: 'relay-end', id: expect.any(Number) };

describe('a level', () => {
  test('is held while somebody may go, and ends in the step that hears of the arm', () => {
    const gate = opened();
    gate.wait(3_000);
    expect(told(gate)).toEqual([pulse]);
    gate.give({ type: 'passage', phase: 'entered' });
    const [first, last, ...more] = told(gate);
    expect([first, last, more]).toEqual([pulse, end, []]);
    expect(last).toMatchObject({ id: first?.type === 'relay-pulse' ? first.id : null });
    gate.wait(300);
    gate.give({ type: 'passage', phase: 'left' });
    gate.wait(2_000);
    expect(told(gate)).toHaveLength(2);
    expect(gate.passage()).toBe('passed');
  });

  test('ends with the window in which nobody has come', () => {
    const gate = opened();
    gate.wait(5_999);
    expect(told(gate)).toEqual([pulse]);
    gate.wait(1);
    expect(told(gate)).toEqual([pulse, end]);
    expect(gate.passage()).toBe('no-show');
  });

  test('is not taken up again for who turns back in the arm, who has not passed', () => {
    const gate = opened();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.wait(200);
    gate.give({ type: 'passage', phase: 'reversed' });
    gate.wait(7_000);
    expect(told(gate).map(({ type }) => type)).toEqual(['relay-pulse', 'relay-end', 'relay-end']);
    expect(gate.passage()).toBe('no-show');
  });

  test('is the guard’s OPEN too', () => {
    const gate = new Hands({ turnstileMode: 'level' });
    gate.badge();
    gate.press('open');
    gate.commit();
    expect(told(gate)).toEqual([pulse]);
    gate.pass();
    expect(told(gate)).toEqual([pulse, end]);
  });

  test('ends though the sensor is lost, with the window', () => {
    const gate = opened();
    gate.give({ type: 'device', device: 'turnstile', status: 'degraded', why: 'passage-stuck' });
    gate.wait(6_000);
    expect(told(gate)).toEqual([pulse, end]);
    expect(gate.passage()).toBe('unsensed');
  });
});

test('a pulse is as long as it is configured, and nobody ends it', () => {
  const gate = opened({ turnstileMode: 'pulse' });
  gate.pass();
  gate.wait(2_000);
  expect(told(gate)).toEqual([{ ...pulse, durationMs: 300 }]);
});

describe('the law of the relay', () => {
  /** The step as it is, and with other effects. */
  function judged(gate: Hands, input: Input, change: (effects: readonly Effect[]) => Effect[]) {
    const { state: before, now } = gate;
    const { state: after, effects } = step(before, input, now);
    const judge = (it: readonly Effect[]) =>
      findBrokenLaw({ before, input, after, effects: it, now })?.detail ?? null;
    return [judge(effects), judge(change(effects))];
  }
  const entered: Input = { type: 'passage', phase: 'entered' };
  const isEnd = ({ type }: Effect): boolean => type === 'relay-end';

  test('finds a level that nobody ends', () => {
    const without = (effects: readonly Effect[]) => effects.filter((effect) => !isEnd(effect));
    expect(judged(opened(), entered, without)).toEqual([null, 'a level that nobody ends']);
  });

  test('finds one that is ended while somebody is waited for, and another’s', () => {
    const gate = opened();
    const { lane } = gate.state;
    const id = 'grant' in lane ? lane.grant.id : 0;
    const also = (other: number) => (effects: readonly Effect[]) => [
      ...effects,
      { type: 'relay-end', id: other } as const,
    ];
    const timer: Input = { type: 'timer' };
    expect(judged(gate, timer, also(id))).toEqual([null, 'a level ended while it is waited for']);
    expect(judged(gate, timer, also(id + 1))).toEqual([null, 'a level of nobody']);
  });

  test('finds a pulse cut short', () => {
    const cut = judged(opened({ turnstileMode: 'pulse' }), entered, (effects) => [
      ...effects,
      { type: 'relay-end', id: 1 },
    ]);
    expect(cut).toEqual([null, 'a pulse cut short']);
  });

  test('finds a pulse that is as long as a level', () => {
    const gate = new Hands({ turnstileMode: 'pulse' });
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3_650);
    const { lane } = gate.state;
    const id = 'grant' in lane ? lane.grant.id : 0;
    const longer = judged(gate, { type: 'committed', id, lastSeq: 9 }, (effects) =>
      effects.map((it) => (it.type === 'relay-pulse' ? { ...it, durationMs: 5_000 } : it)),
    );
    expect(longer).toEqual([null, 'pulse longer than the maximum']);
  });
});
