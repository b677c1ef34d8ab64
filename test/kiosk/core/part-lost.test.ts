/** A part that is lost between the decision and the opening, or in the very moment of either. */
import { describe, expect, test } from 'vitest';
import type { DeviceName } from '../../../config/vocabulary.js';
import { findUse } from '../../../kiosk/core/known/known.js';
import { code, form, Hands, pass, ticket } from './hands.js';

const lost = (gate: Hands, device: DeviceName) =>
  gate.give({ type: 'device', device, status: 'lost', why: 'unplugged' });

function staff(gate: Hands, who = 'a'): void {
  gate.show(form(who));
  gate.show(code(who));
  gate.measure(3_650);
}

describe('a part lost while the journal is asked', () => {
  for (const device of ['turnstile', 'relay', 'scanner', 'thermometer'] as const)
    test(`${device}: the grant is taken back, and the person is the guard’s`, () => {
      const gate = new Hands();
      staff(gate);
      const { lane } = gate.state;
      if (lane.name !== 'committing') throw new Error(lane.name);
      lost(gate, device);
      expect(gate.decision()).toBe('refer part-failed');
      gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 9 });
      expect(gate.pulses()).toBe(0);
      expect(gate.passage()).toBe('not-opened');
    });

  test('one that the grant does not need takes nothing back, nor the guard’s word', () => {
    const gate = new Hands();
    staff(gate);
    lost(gate, 'id-card-reader');
    gate.commit();
    expect(gate.pulses()).toBe(1);

    const other = new Hands();
    other.badge();
    other.press('open');
    lost(other, 'turnstile');
    other.commit();
    expect(other.pulses()).toBe(1);
  });

  test('the ticket serves again once the journal has answered', () => {
    const gate = new Hands({ direction: 'out' });
    const paper = ticket('h');
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3_650);
    const { lane } = gate.state;
    if (lane.name !== 'committing') throw new Error(lane.name);
    lost(gate, 'relay');
    gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 9 });
    expect(findUse(gate.state.known, 'ticket', paper.id, 'out')).toBeNull();
  });
});

test('a part that is told lost as the lane falls free breaks no law and opens nothing', () => {
  for (const device of ['turnstile', 'scanner'] as const) {
    const gate = new Hands();
    staff(gate);
    gate.commit();
    gate.pass();
    staff(gate, 'b');
    expect(gate.state.lane.name).toBe('settling');
    const { monotonicMs, wallMs } = gate.now;
    gate.now = { ...gate.now, monotonicMs: monotonicMs + 1_000, wallMs: wallMs + 1_000 };
    lost(gate, device);
    expect(gate.decision()).toBe('refer part-failed');
    expect(gate.state.lane.name).not.toBe('committing');
  }
});

describe('a relay that refuses the pulse', () => {
  test('leaves nobody standing: the person is the guard’s, and the ticket serves', () => {
    const gate = new Hands({ direction: 'out' });
    const paper = ticket('h');
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3_650);
    const [pulse] = gate.commit().filter(({ type }) => type === 'relay-pulse');
    if (pulse?.type !== 'relay-pulse') throw new Error('no pulse');
    gate.give({ type: 'pulse-refused', id: pulse.id });
    expect(gate.passage()).toBe('not-opened');
    expect(gate.decision()).toBe('refer part-failed');
    expect(gate.records.findLast(({ type }) => type === 'decision')).toMatchObject({
      tells: ['guard', 'duty-officer'],
    });
    expect(gate.state).toMatchObject({ lane: { name: 'locked' }, attempt: { serial: 1 } });
    expect(findUse(gate.state.known, 'ticket', paper.id, 'out')).toBeNull();
  });
});

test('a unit that looks like a person’s number stays out of the records', () => {
  const gate = new Hands();
  gate.show(form('a', { unit: '230103199001011234' }));
  gate.show(code('a'));
  gate.measure(3_650);
  expect(gate.decision()).toBe('grant duty-staff');
  expect(JSON.stringify(gate.records)).not.toContain('2301031990');
  const other = new Hands();
  other.show(form('a', { unit: '总务处 2' }));
  other.show(code('a'));
  other.measure(3_650);
  expect(JSON.stringify(other.records)).toContain('总务处 2');
});
