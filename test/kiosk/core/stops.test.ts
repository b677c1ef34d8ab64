/** A student's code stops always; who waits behind a stop on the way out is heard. */
import { describe, expect, test } from 'vitest';
import { findUse } from '../../../kiosk/core/known/known.js';
import { card, certificate, code, form, Hands } from './hands.js';

const out = { direction: 'out' as const };

function last(gate: Hands): Record<string, unknown> {
  return gate.records.findLast(({ type }) => type === 'decision') ?? {};
}

describe('a student’s code', () => {
  test('after a fever: the fever decides, and the college is told too', () => {
    const gate = new Hands();
    gate.lay(card('x'));
    gate.measure(3_810);
    expect(last(gate)).toMatchObject({ rule: 'fever' });
    const paper = code('s', 'student');
    gate.show(paper);
    expect(last(gate)).toMatchObject({
      rule: 'fever',
      tells: expect.arrayContaining(['health-office', 'college']),
    });
    expect(findUse(gate.state.known, 'code', paper.id)?.state).toBe('spent');
    expect(gate.state.attempt?.standing).toMatchObject({ type: 'referred', firm: true });
    // Said once: further codes of the same person tell nobody anything.
    const count = gate.records.filter(({ type }) => type === 'decision').length;
    gate.show(code('s', 'student'));
    expect(gate.records.filter(({ type }) => type === 'decision')).toHaveLength(count);
  });

  test('holds who has changed identity too often', () => {
    const gate = new Hands();
    for (const who of ['a', 'b', 'c']) gate.show(form(who));
    gate.show(code('s', 'student'));
    expect(last(gate)).toMatchObject({ rule: 'student' });
    expect(gate.state.attempt?.standing.type).toBe('held');
  });

  test('stops after as many papers as an attempt may have; another one is refused with a word', () => {
    const gate = new Hands();
    gate.lay(card('x'));
    for (let papers = 0; papers < 8; papers += 1) gate.show(certificate());
    expect(gate.state.attempt?.documents).toHaveLength(8);
    gate.show(certificate());
    expect(gate.state.attempt?.documents).toHaveLength(8);
    expect(gate.decision()).toBe('deny no-rule');
    gate.show(code('s', 'student'));
    expect(gate.state.attempt?.standing.type).toBe('held');
  });
});

describe('behind a held student on the way out', () => {
  const held = (): Hands => {
    const gate = new Hands(out);
    gate.show(code('s', 'student'));
    expect(gate.state.attempt?.standing.type).toBe('held');
    return gate;
  };

  test('the next person’s scan calls the guard, and the duty officer where none is there', () => {
    const gate = held();
    gate.wait(10_000);
    gate.show(form('a'));
    expect(last(gate)).toMatchObject({
      outcome: 'refer',
      reasons: ['guard-needed'],
      tells: ['guard', 'duty-officer'],
      attempt: null,
      refused: { kind: 'approval-form' },
    });
    expect(gate.state.attempt?.standing.type).toBe('held');
  });

  test('not more often than every five seconds, and not for the student', () => {
    const gate = held();
    const own = gate.state.attempt?.documents[0];
    if (own === undefined) throw new Error('no code');
    const calls = () => gate.records.filter(({ type }) => type === 'decision').length - 1;
    gate.wait(10_000);
    gate.show(own);
    gate.show(code('s', 'student'));
    expect(calls()).toBe(0);
    gate.show(form('a'));
    gate.lay(card('b'));
    gate.refuse('expired');
    expect(calls()).toBe(1);
    gate.wait(5_000);
    gate.refuse('expired');
    expect(calls()).toBe(2);
  });

  test('coming in nobody is owed that', () => {
    const gate = new Hands();
    gate.show(code('s', 'student'));
    gate.show(form('a'));
    expect(last(gate)).toMatchObject({ rule: 'student' });
  });
});
