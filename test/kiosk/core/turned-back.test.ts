/** Who turns back in the arm: nobody has passed, and the opening still stands for its window. */
import { describe, expect, test } from 'vitest';
import type { DocumentEvidence } from '../../../kiosk/core/evidence.js';
import { findUse } from '../../../kiosk/core/known/known.js';
import { Hands, pass, ticket } from './hands.js';

/** A resident on the way out, opened for and turned back in the arm. */
function turnedBack(paper: DocumentEvidence, prepare: (gate: Hands) => void = () => {}): Hands {
  const gate = new Hands({ direction: 'out' });
  gate.badge();
  gate.show(pass('h'));
  gate.show(paper);
  prepare(gate);
  gate.measure(3_650);
  gate.commit();
  gate.give({ type: 'passage', phase: 'entered' });
  gate.wait(200);
  gate.give({ type: 'passage', phase: 'reversed' });
  expect(gate.passage()).toBe('turned-back');
  return gate;
}

const useOf = (gate: Hands, { id }: DocumentEvidence) =>
  findUse(gate.state.known, 'ticket', id, 'out')?.state ?? null;

describe('who turns back in the arm', () => {
  test('and walks on has passed: the ticket is spent, and that is no tailgate', () => {
    const paper = ticket('h');
    const gate = turnedBack(paper);
    expect(useOf(gate, paper)).toBe('reserved');
    gate.wait(2_000);
    gate.pass();
    expect(gate.passage()).toBe('passed');
    expect(useOf(gate, paper)).toBe('spent');
    expect(gate.state.alarms.map((alarm) => alarm.code)).not.toContain('tailgate');
    gate.wait(1_000);
    expect(gate.pulses()).toBe(1);
  });

  test('and stays away is a no-show at the end of the window; then a body is forced', () => {
    const paper = ticket('h');
    const gate = turnedBack(paper);
    gate.wait(5_799);
    expect(gate.state.lane.name).toBe('granted');
    gate.wait(1);
    expect(gate.passage()).toBe('no-show');
    expect(gate.state).toMatchObject({ lane: { name: 'locked' }, attempt: null });
    expect(useOf(gate, paper)).toBeNull();
    gate.give({ type: 'passage', phase: 'entered' });
    expect(gate.passage()).toBe('forced');
  });

  test('late is given a moment, and no more', () => {
    const paper = ticket('h');
    const gate = new Hands({ direction: 'out' });
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3_650);
    gate.commit();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.wait(9_000);
    gate.give({ type: 'passage', phase: 'reversed' });
    gate.wait(999);
    expect(gate.state.lane.name).toBe('granted');
    gate.wait(1);
    expect(gate.passage()).toBe('no-show');
  });

  test('gets no opening for the child that was to come behind', () => {
    const paper = ticket('h');
    const gate = turnedBack(paper, (it) => it.confirm('accompanied:1'));
    gate.wait(5_800);
    gate.wait(10_000);
    expect(gate.passage()).toBe('no-show');
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.pulses()).toBe(1);
  });
});
