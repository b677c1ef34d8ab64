import { describe, expect, test } from 'vitest';
import { nothingStands } from '../../../kiosk/journal/port.js';
import { code, form, Hands, pass, ticket, today } from './hands.js';

const out = { direction: 'out' as const };

describe('duty staff (二)', () => {
  test('form, code and a normal temperature in any order open the lane once, after the sync', () => {
    const orders = [
      ['form', 'code', 'temperature'],
      ['code', 'form', 'temperature'],
      ['form', 'temperature', 'code'],
      ['code', 'temperature', 'form'],
    ];
    for (const order of orders) {
      const gate = new Hands();
      for (const what of order) {
        expect(gate.state.lane.name).toBe('locked');
        if (what === 'temperature') gate.measure(3650);
        else gate.show(what === 'form' ? form('a') : code('a'));
      }
      expect(gate.decision()).toBe('grant duty-staff');
      expect(gate.pulses()).toBe(0);
      gate.commit();
      expect(gate.pulses()).toBe(1);
      gate.pass();
      expect(gate.passage()).toBe('passed');
      expect(gate.state.attempt).toBeNull();
    }
  });

  test('a temperature taken before the identity does not count', () => {
    const gate = new Hands();
    gate.measure(3650);
    gate.show(form('a'));
    gate.show(code('a'));
    expect(gate.state.lane.name).toBe('locked');
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('committing');
  });

  test('samples that began before the identity do not count', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650, { fromMs: 1_050 });
    expect(gate.state.lane.name).toBe('locked');
  });

  test('a form without a code is refused as incomplete after the silence', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.measure(3650);
    gate.wait(30_001);
    expect(gate.decision()).toBe('deny incomplete');
    expect(gate.state.attempt).toBeNull();
  });

  test('the code of another person starts the next attempt and opens nothing', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('b'));
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.records.find(({ type }) => type === 'attempt-ended')?.['end']).toBe(
      'identity-changed',
    );
  });

  test('a code is spent with its attempt: a screenshot of it is already used', () => {
    const gate = new Hands();
    const shown = code('a');
    gate.show(shown);
    gate.show(shown);
    gate.wait(30_001);
    gate.show(shown);
    expect(gate.decision()).toBe('deny already-used');
    expect(gate.told().map(({ type }) => type)).toEqual(['code']);
  });

  test('a form for another zone is refused, and the attempt may go on with the right one', () => {
    const gate = new Hands();
    gate.show(form('a', { zones: ['library'] }));
    expect(gate.decision()).toBe('deny wrong-zone');
    gate.show(form('a', { zones: ['main-gate'] }));
    gate.show(code('a'));
    gate.measure(3650);
    expect(gate.decision()).toBe('grant duty-staff');
  });

  test('a paper that expires while the person stands there does not open', () => {
    const gate = new Hands();
    const expiresSeconds = Math.floor(gate.now.wallMs / 1000) + 5;
    gate.show(form('a', { expiresSeconds }));
    gate.show(code('a'));
    gate.wait(6_000);
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.decision()).toBe('deny expired');
  });

  test('a code that was issued for longer than ten minutes is refused', () => {
    const gate = new Hands();
    const long = code('a');
    gate.show({ ...long, expiresSeconds: long.issuedSeconds + 601 });
    expect(gate.decision()).toBe('deny lifetime-too-long');
  });

  test('three changes of identity in a minute are the guard’s business', () => {
    const gate = new Hands();
    for (const who of ['a', 'b', 'c', 'd']) gate.show(form(who));
    gate.show(code('d'));
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.state.attempt?.standing).toMatchObject({ reasons: ['identity-changes'] });
    gate.wait(60_001);
    gate.show(form('e'));
    gate.show(code('e'));
    gate.measure(3650);
    expect(gate.decision()).toBe('grant duty-staff');
  });
});

describe('residents (七.1)', () => {
  test('out on pass, ticket and temperature; the ticket is spent by the passage', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3650);
    gate.commit();
    gate.pass();
    gate.wait(1_001);
    expect(gate.told().map(({ type }) => type)).toEqual(['window', 'ticket', 'passage']);
    gate.show(pass('h'));
    gate.show(paper);
    expect(gate.decision()).toBe('refer already-used');
  });

  test('in only where the exit is known, here or from another gate', () => {
    const gate = new Hands();
    const paper = ticket('h');
    gate.show(pass('h'));
    gate.show(paper);
    expect(gate.decision()).toBe('refer exit-unknown');
    gate.wait(600_001);
    const until = new Date(gate.now.wallMs + 1e8).toISOString();
    const at = new Date(gate.now.wallMs).toISOString();
    gate.give({
      type: 'known',
      entries: [{ type: 'ticket', key: paper.id, direction: 'out', until, at }],
    });
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3650);
    expect(gate.decision()).toBe('grant resident');
  });

  test('a no-show returns the ticket', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    for (let round = 0; round < 2; round += 1) {
      gate.show(pass('h'));
      gate.show(paper);
      gate.measure(3650);
      gate.commit();
      gate.wait(6_001);
      expect(gate.passage()).toBe('no-show');
    }
    expect(gate.told().map(({ type }) => type)).toEqual(['window']);
  });

  test('a ticket serves from its first midnight in site time to the end of its second day', () => {
    const cases: [number, string][] = [
      [today + 1, 'refer outside-window'],
      [today, 'grant resident'],
      [today - 1, 'grant resident'],
      [today - 2, 'refer outside-window'],
    ];
    for (const [day, expected] of cases) {
      const gate = new Hands(out);
      gate.show(pass('h'));
      gate.show(ticket('h', day));
      gate.measure(3650);
      expect([day - today, gate.decision()]).toEqual([day - today, expected]);
    }
  });

  test('a second ticket whose window overlaps is referred', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.show(ticket('h'));
    gate.show(ticket('h', today - 1));
    expect(gate.decision()).toBe('refer second-ticket');
  });

  test('pass and ticket of different households never make one attempt', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.show(ticket('i'));
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
  });

  test('a ticket left uncertain by a power cut is referred', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    const times = { until: '2020-03-01T00:00:00Z', at: '2020-02-12T00:00:00Z' };
    const entry = { type: 'ticket' as const, key: paper.id, direction: 'out' as const, ...times };
    gate.give({
      type: 'boot',
      uses: [{ entry, state: 'uncertain' }],
      endedCleanly: false,
      reason: 'power-lost',
      version: 'test',
      standing: nothingStands,
    });
    gate.show(pass('h'));
    gate.show(paper);
    expect(gate.decision()).toBe('refer ticket-uncertain');
  });
});

describe('stops', () => {
  test('a student code is refused and held until the guard acknowledges', () => {
    const gate = new Hands();
    gate.show(code('s', 'student'));
    expect(gate.decision()).toBe('deny student');
    expect(gate.records.findLast(({ type }) => type === 'decision')?.['tells']).toEqual([
      'guard',
      'college',
      // nobody is on duty
      'duty-officer',
    ]);
    gate.show(form('a'));
    gate.wait(3_600_000);
    expect(gate.state.attempt?.standing.type).toBe('held');
    gate.give({ type: 'button', button: 'acknowledge', event: 'pressed' });
    expect(gate.state.attempt).toBeNull();
  });

  test('a student code at a building is referred', () => {
    const gate = new Hands({ zone: { name: 'lab', kind: 'building' } });
    gate.show(code('s', 'student'));
    expect(gate.decision()).toBe('refer student');
    expect(gate.state.attempt?.standing.type).toBe('referred');
  });

  test('37.29 passes, 37.30 is a fever, and no later reading undoes it', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3730);
    expect(gate.decision()).toBe('refer fever');
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('locked');
    expect(JSON.stringify(gate.records)).not.toContain('"bodyCentidegrees":3730');
    const other = new Hands();
    other.show(form('a'));
    other.show(code('a'));
    other.measure(3729);
    expect(other.decision()).toBe('grant duty-staff');
  });

  test('cold skin, a hot cup and cold air are no reading', () => {
    for (const [body, change] of [
      [3499, {}],
      [4201, {}],
      [3650, { ambientCentidegrees: 1599 }],
      [3650, { sampleCount: 2 }],
    ] as const) {
      const gate = new Hands();
      gate.show(form('a'));
      gate.show(code('a'));
      gate.measure(body, change);
      expect(gate.decision()).toBe('none');
      expect(gate.state.attempt?.noReading).not.toBeNull();
    }
  });
});

describe('on the way out', () => {
  test('every refusal of evidence is a referral that carries its code', () => {
    const gate = new Hands(out);
    gate.refuse('expired');
    expect(gate.decision()).toBe('refer expired');
    expect(gate.state.attempt?.standing.type).toBe('referred');
    gate.wait(600_001);
    expect(gate.state.attempt).toBeNull();
  });

  test('who cannot complete a rule is handed to the guard, not left standing', () => {
    const gate = new Hands(out);
    gate.show(form('a'));
    gate.wait(30_001);
    expect(gate.decision()).toBe('refer incomplete');
    expect(gate.state.attempt?.standing.type).toBe('referred');
  });
});

describe('parts that fail', () => {
  test('no trusted clock, no automatic grant', () => {
    for (const clock of ['floor', 'conflict'] as const) {
      const gate = new Hands();
      gate.now = { ...gate.now, clock };
      gate.show(form('a'));
      gate.show(code('a'));
      gate.measure(3650);
      expect(gate.decision()).toBe('refer clock-untrusted');
    }
  });

  test('a frozen thermometer refers; evidence gone stale opens nothing when it is back', () => {
    const gate = new Hands();
    gate.give({ type: 'device', device: 'thermometer', status: 'degraded', why: 'frozen' });
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    expect(gate.decision()).toBe('refer part-failed');
    gate.wait(40_000);
    gate.give({ type: 'device', device: 'thermometer', status: 'ok', why: '' });
    gate.wait(100_000);
    expect(gate.state.lane.name).toBe('locked');
  });

  test('a disk that stalls past the deadline: see the guard, and the late commit is not opened', () => {
    const gate = new Hands(out);
    const paper = ticket('h');
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3650);
    const { lane } = gate.state;
    if (lane.name !== 'committing') throw new Error('not committing');
    gate.wait(1_501);
    expect(gate.state.attempt?.standing).toMatchObject({ reasons: ['disk-late'], firm: true });
    gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 7 });
    expect(gate.pulses()).toBe(0);
    expect(gate.passage()).toBe('not-opened');
    gate.wait(600_001);
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(3650);
    expect(gate.decision()).toBe('grant resident');
  });

  test('what a failing disk did not take is written when it works again', () => {
    const gate = new Hands();
    const effects = gate.refuse('expired');
    const append = effects.find((effect) => effect.type === 'append');
    if (append?.type !== 'append') throw new Error('no append');
    gate.give({ type: 'append-failed', id: append.id, why: 'disk-full' });
    expect(gate.state.alarms.map(({ code }) => code)).toContain('disk-failed');
    gate.wait(1_001);
    const again = gate.effects.findLast((effect) => effect.type === 'append');
    expect(again).toMatchObject({ records: append.records });
  });
});

describe('the lane', () => {
  test('a second body on one opening is a tailgate; a body in a locked lane is forced', () => {
    const gate = new Hands();
    gate.give({ type: 'passage', phase: 'entered' });
    expect(gate.passage()).toBe('forced');
    gate.give({ type: 'passage', phase: 'left' });
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    gate.commit();
    gate.pass();
    gate.wait(200);
    gate.pass();
    expect(gate.passage()).toBe('tailgate');
    expect(gate.state.alarms.map(({ code }) => code)).toContain('tailgate');
  });

  test('the next person may show papers while the lane settles, and goes when it is locked', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    gate.commit();
    gate.pass();
    gate.show(form('b'));
    gate.show(code('b'));
    gate.measure(3650);
    expect(gate.state.lane.name).toBe('settling');
    gate.wait(1_001);
    expect(gate.state.lane.name).toBe('committing');
  });

  test('from a grant to its end no scan starts anything', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    gate.show(code('b'));
    gate.commit();
    gate.show(code('b'));
    expect(gate.state.attempt?.serial).toBe(1);
    gate.pass();
    gate.wait(1_001);
    expect(gate.state.attempt).toBeNull();
  });

  test('without a passage sensor the passage is unsensed and the ticket spent with the pulse', () => {
    const gate = new Hands({ ...out, hasPassageSensor: false });
    gate.show(pass('h'));
    gate.show(ticket('h'));
    gate.measure(3650);
    gate.commit();
    const { lane } = gate.state;
    if (lane.name !== 'granted') throw new Error('not granted');
    gate.give({ type: 'pulse-ended', id: lane.grant.id });
    expect(gate.passage()).toBe('unsensed');
    expect(gate.told().map(({ type }) => type)).toContain('ticket');
  });
});

describe('EMERGENCY', () => {
  test('releases before anything is written, for 120 s a press, and ends by itself', () => {
    const gate = new Hands();
    gate.show(form('a'));
    const effects = gate.give({ type: 'button', button: 'emergency', event: 'pressed' });
    expect(effects[0]).toMatchObject({ type: 'relay-release', on: true });
    expect(gate.state.attempt).toBeNull();
    gate.give({ type: 'passage', phase: 'entered' });
    expect(gate.passage()).toBe('emergency');
    gate.wait(60_000);
    gate.give({ type: 'button', button: 'emergency', event: 'pressed' });
    gate.wait(119_000);
    expect(gate.state.emergencyUntilMs).not.toBeNull();
    gate.wait(1_001);
    expect(gate.effects.findLast(({ type }) => type === 'relay-release')).toMatchObject({
      on: false,
    });
  });

  test('a grant that was being written is taken back and recorded as not opened', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(3650);
    const { lane } = gate.state;
    if (lane.name !== 'committing') throw new Error('not committing');
    gate.give({ type: 'button', button: 'emergency', event: 'pressed' });
    gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 3 });
    expect(gate.pulses()).toBe(0);
    expect(gate.passage()).toBe('not-opened');
  });
});
