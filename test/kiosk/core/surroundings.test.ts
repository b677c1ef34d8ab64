/** The door beside the arm, the cabinet's lids, and the button that asks for a way out. */
import { expect, test } from 'vitest';
import { code, form, Hands } from './hands.js';

const alarmsOf = (gate: Hands): readonly string[] => gate.state.alarms.map((alarm) => alarm.code);
const records = (gate: Hands, type: string) => gate.records.filter((it) => it.type === type);

/** A gate that has granted somebody. */
function granted(): Hands {
  const gate = new Hands();
  gate.show(form('a'));
  gate.show(code('a'));
  gate.measure(3_650);
  gate.commit();
  expect(gate.pulses()).toBe(1);
  return gate;
}

test('a door that opens with nobody granted is forced, on record and an alarm until somebody knows', () => {
  const gate = new Hands();
  gate.give({ type: 'door', phase: 'opened' });
  expect(alarmsOf(gate)).toEqual(['door-forced']);
  gate.give({ type: 'door', phase: 'closed' });
  expect(alarmsOf(gate)).toEqual(['door-forced']);
  gate.press('acknowledge');
  expect(alarmsOf(gate)).toEqual([]);
  expect(records(gate, 'door')).toMatchObject([
    { event: 'forced', lane: 'locked' },
    { event: 'closed', lane: 'locked' },
  ]);
});

test('for who has been granted it opens and shuts without a word', () => {
  const gate = granted();
  gate.give({ type: 'door', phase: 'opened' });
  gate.give({ type: 'door', phase: 'closed' });
  expect([alarmsOf(gate), records(gate, 'door')]).toEqual([[], []]);
});

test('left open it is an alarm as long as it is, acknowledged or not', () => {
  const gate = granted();
  gate.give({ type: 'door', phase: 'opened' });
  gate.give({ type: 'door', phase: 'left-open' });
  gate.press('acknowledge');
  expect(gate.state.alarms).toMatchObject([{ code: 'door-open', acknowledged: true }]);
  gate.give({ type: 'door', phase: 'closed' });
  expect(alarmsOf(gate)).toEqual([]);
  expect(records(gate, 'door').map(({ event }) => event)).toEqual(['left-open', 'closed']);
});

test('in a fire every door is open, and none is forced', () => {
  const gate = new Hands();
  gate.give({ type: 'fire', active: true });
  gate.give({ type: 'door', phase: 'opened' });
  gate.give({ type: 'door', phase: 'left-open' });
  expect(alarmsOf(gate)).toEqual(['fire']);
});

test('an open lid is an alarm until it is shut and somebody has looked', () => {
  const gate = new Hands();
  gate.give({ type: 'tamper', open: true });
  gate.press('acknowledge');
  expect(gate.state.alarms).toMatchObject([{ code: 'tamper', acknowledged: true }]);
  gate.give({ type: 'tamper', open: false });
  expect(alarmsOf(gate)).toEqual(['tamper']);
  gate.press('acknowledge');
  expect(alarmsOf(gate)).toEqual([]);
  expect(records(gate, 'tamper').map(({ open }) => open)).toEqual([true, false]);
});

test('the exit button calls the guard and opens nothing, whoever stands there', () => {
  const gate = new Hands({ direction: 'out' });
  gate.show(form('a'));
  gate.show(code('a'));
  const before = gate.state.attempt;
  gate.give({ type: 'exit-button' });
  expect([gate.state.attempt, gate.state.lane.name, gate.pulses()]).toEqual([before, 'locked', 0]);
  expect(alarmsOf(gate)).toEqual(['exit-button']);
  expect(records(gate, 'exit-button')).toHaveLength(1);
});
