import { describe, expect, test } from 'vitest';
import { code, form, Hands, pass, ticket } from './hands.js';

const out = { direction: 'out' as const };

function grantStaff(gate: Hands, who = 'a'): void {
  gate.show(form(who));
  gate.show(code(who));
  gate.measure(3650);
}

function grantResident(gate: Hands, paper = ticket('h')): void {
  gate.show(pass('h'));
  gate.show(paper);
  gate.measure(3650);
}

describe('the last moment of an opening', () => {
  test('a body that comes as the turnstile’s window ends is the passage, and the ticket is spent', () => {
    const gate = new Hands(out);
    grantResident(gate);
    gate.commit();
    // The turnstile opens a little after the answer, and its sensor tells a little after the body.
    gate.wait(5_200);
    gate.pass();
    expect(gate.passage()).toBe('passed');
    expect(gate.told().map(({ type }) => type)).toContain('ticket');
  });

  test('without a passage sensor an opening that nobody reported the end of counts as used', () => {
    const gate = new Hands({ ...out, hasPassageSensor: false });
    grantResident(gate);
    gate.commit();
    gate.wait(10_000);
    expect(gate.passage()).toBe('unsensed');
    expect(gate.told().map(({ type }) => type)).toContain('ticket');
  });
});

describe('a body that is still in the arm', () => {
  test('keeps the next grant waiting until it has left', () => {
    const gate = new Hands();
    grantStaff(gate);
    gate.commit();
    gate.pass();
    gate.wait(900);
    gate.give({ type: 'passage', phase: 'entered' });
    expect(gate.passage()).toBe('tailgate');
    gate.wait(200);
    grantStaff(gate, 'b');
    expect(gate.state.lane.name).toBe('locked');
    gate.give({ type: 'passage', phase: 'left' });
    expect(gate.state.lane.name).toBe('committing');
  });

  test('holds up nobody for ever: a stuck sensor is a failed part, and sound again lets on', () => {
    const gate = new Hands();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.give({ type: 'device', device: 'turnstile', status: 'degraded', why: 'passage-stuck' });
    grantStaff(gate);
    expect(gate.decision()).toBe('refer part-failed');
    gate.give({ type: 'device', device: 'turnstile', status: 'ok', why: '' });
    gate.wait(1_000);
    grantStaff(gate, 'b');
    expect(gate.state.lane.name).toBe('committing');
  });

  test('an arm left standing does not let the next one through uncounted', () => {
    const gate = new Hands();
    grantStaff(gate);
    gate.commit();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.wait(15_001);
    expect(gate.passage()).toBe('passed-slowly');
    gate.wait(1_001);
    grantStaff(gate, 'b');
    expect(gate.state.lane.name).toBe('locked');
  });
});

describe('EMERGENCY', () => {
  const press = (gate: Hands, button: 'emergency' | 'acknowledge') =>
    gate.give({ type: 'button', button, event: 'pressed' });

  test('who runs behind a granted person is no tailgater', () => {
    const gate = new Hands();
    grantStaff(gate);
    gate.commit();
    press(gate, 'emergency');
    gate.pass();
    gate.wait(200);
    gate.pass();
    expect(gate.passage()).toBe('emergency');
    expect(gate.state.alarms.map((alarm) => alarm.code)).not.toContain('tailgate');
  });

  test('in every state of the lane it releases, and all ends by itself', () => {
    const ways: readonly ((gate: Hands) => void)[] = [
      () => {},
      (gate) => gate.show(form('a')),
      (gate) => gate.show(code('s', 'student')),
      (gate) => grantStaff(gate),
      (gate) => {
        grantStaff(gate);
        gate.commit();
      },
      (gate) => {
        grantStaff(gate);
        gate.commit();
        gate.give({ type: 'passage', phase: 'entered' });
      },
      (gate) => {
        grantStaff(gate);
        gate.commit();
        gate.pass();
        gate.show(form('b'));
      },
    ];
    for (const lead of ways) {
      const gate = new Hands();
      lead(gate);
      expect(press(gate, 'emergency')[0]).toMatchObject({ type: 'relay-release', on: true });
      gate.give({ type: 'passage', phase: 'left' });
      press(gate, 'acknowledge');
      gate.wait(130_000);
      gate.wait(20_000);
      expect(gate.state).toMatchObject({ attempt: null, lane: { name: 'locked' } });
      expect(gate.state.emergencyUntilMs).toBeNull();
      // What is left is to say who went through: to know of it is not enough.
      press(gate, 'acknowledge');
      expect(gate.state.alarms).toMatchObject([{ code: 'emergency-details', acknowledged: true }]);
      gate.details(null, ['service', 'people']);
      expect(gate.state.alarms).toEqual([]);
    }
  });
});

describe('what is owed after an EMERGENCY', () => {
  test('the duty officer is told at once, and what was entered meanwhile is not asked again', () => {
    const gate = new Hands();
    gate.press('emergency');
    expect(gate.records.findLast(({ type }) => type === 'emergency')).toMatchObject({
      on: true,
      tells: ['duty-officer'],
    });
    gate.details(null, ['service', 'people', 'vehicle-plate']);
    gate.wait(121_000);
    expect(gate.state.alarms.map(({ code: it }) => it)).not.toContain('emergency-details');
    gate.press('emergency');
    gate.wait(121_000);
    expect(gate.state.alarms.map(({ code: it }) => it)).toContain('emergency-details');
  });
});

describe('alarms', () => {
  test('what happened goes when the guard knows of it; what goes on stays until it is over', () => {
    const gate = new Hands();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.give({ type: 'device', device: 'scanner', status: 'lost', why: 'unplugged' });
    gate.give({ type: 'button', button: 'acknowledge', event: 'pressed' });
    expect(gate.state.alarms).toMatchObject([{ code: 'device-scanner', acknowledged: true }]);
    gate.give({ type: 'device', device: 'scanner', status: 'ok', why: '' });
    expect(gate.state.alarms).toEqual([]);
  });
});
