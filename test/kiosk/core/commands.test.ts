/** What an admin does from afar: nothing that nobody at the gate could do, and all of it on record. */
import { expect, test } from 'vitest';
import type { CommandName } from '../../../config/vocabulary.js';
import { code, form, Hands } from './hands.js';

const ask = (gate: Hands, name: CommandName): string => {
  const before = gate.effects.length;
  gate.give({ type: 'command', name, id: 'c1', admins: ['ann'] });
  const answers = gate.effects.slice(before).filter(({ type }) => type === 'answer');
  expect(answers).toHaveLength(1);
  return answers[0]?.type === 'answer' ? answers[0].result : '';
};
const commands = (gate: Hands) => gate.records.filter(({ type }) => type === 'command');

test('open is not allowed where the configuration does not say so', () => {
  const gate = new Hands();
  gate.badge();
  expect(ask(gate, 'open')).toBe('not-allowed');
  expect(gate.pulses()).toBe(0);
  expect(commands(gate)).toMatchObject([
    { command: 'open', id: 'c1', admins: ['ann'], onDuty: 'g1', result: 'not-allowed' },
  ]);
});

test('where it may be, open needs a guard on duty, and opens once in that guard’s name', () => {
  const gate = new Hands({ mayOpenFromAfar: true });
  expect(ask(gate, 'open')).toBe('nobody-on-duty');
  gate.badge();
  expect(ask(gate, 'open')).toBe('done');
  gate.commit();
  expect(gate.pulses()).toBe(1);
  expect(gate.records.find(({ type }) => type === 'override')).toMatchObject({ guard: 'g1' });
  expect(ask(gate, 'open')).toBe('lane-busy');
});

test('lockdown stops entry, and release lets it go on', () => {
  const gate = new Hands({ mayOpenFromAfar: true });
  gate.badge();
  expect([ask(gate, 'lockdown'), gate.state.lockdown]).toEqual(['done', true]);
  expect(ask(gate, 'open')).toBe('locked-down');
  expect([ask(gate, 'lockdown'), gate.state.lockdown]).toEqual(['done', true]);
  expect([ask(gate, 'release'), gate.state.lockdown]).toEqual(['done', false]);
  expect([ask(gate, 'release'), gate.state.lockdown]).toEqual(['done', false]);
});

test('end-attempt sends away who stands there, and takes back no passage under way', () => {
  const gate = new Hands();
  expect(ask(gate, 'end-attempt')).toBe('nothing-to-refuse');
  gate.show(form('a'));
  expect([ask(gate, 'end-attempt'), gate.state.attempt]).toEqual(['done', null]);
  gate.show(form('b'));
  gate.show(code('b'));
  gate.measure(3_650);
  gate.commit();
  expect([ask(gate, 'end-attempt'), gate.pulses()]).toEqual(['lane-busy', 1]);
  const ended = gate.records.find(({ type }) => type === 'attempt-ended');
  expect(ended).toMatchObject({ end: 'admin-ended' });
});

test('acknowledge, lamp-test and diagnostics are done, and move no relay', () => {
  const gate = new Hands();
  gate.give({ type: 'settings', fault: 'configuration-forged', on: true });
  for (const name of ['acknowledge', 'lamp-test', 'diagnostics'] as const)
    expect(ask(gate, name)).toBe('done');
  expect([gate.state.alarms, gate.pulses()]).toEqual([[], 0]);
});
