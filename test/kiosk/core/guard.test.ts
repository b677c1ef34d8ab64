import { describe, expect, test } from 'vitest';
import {
  badge,
  card,
  certificate,
  code,
  externalForm,
  form,
  Hands,
  pass,
  ticket,
} from './hands.js';

const healthy = 3_650;
const feverish = 3_810;
const out = { direction: 'out' as const };

function last(gate: Hands, type: string): Record<string, unknown> {
  const record = gate.records.findLast((it) => it.type === type);
  if (record === undefined) throw new Error(`no ${type}`);
  return record;
}

describe('who is on duty', () => {
  test('a badge counts only while NEXT is held; on the public side alone it is an alarm', () => {
    const gate = new Hands();
    gate.show(badge('g1'));
    expect(gate.state.duty).toBeNull();
    expect(gate.state.alarms.map(({ code: it }) => it)).toContain('badge-without-next');
    expect(gate.state.attempt).toBeNull();
    gate.badge('g1');
    expect(gate.state.duty).toMatchObject({ guard: 'g1', masked: '20***12' });
  });

  test('a badge never ends an attempt', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.badge();
    gate.show(badge('g2'));
    gate.show(code('a'));
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('committing');
  });

  test('duty ends with the next badge, with the badge’s date, and after twelve hours', () => {
    const gate = new Hands();
    gate.badge('g1');
    gate.badge('g2');
    expect(gate.records.filter(({ type }) => type === 'duty')).toMatchObject([
      { on: true, guard: 'g1' },
      { on: false, guard: 'g1', why: 'relieved' },
      { on: true, guard: 'g2' },
    ]);
    const { expiresMs } = gate.state.duty ?? { expiresMs: 0 };
    gate.wait(expiresMs - gate.now.wallMs - 1);
    expect(gate.state.duty).not.toBeNull();
    gate.wait(1);
    expect(gate.state.duty).toBeNull();
  });

  test('a badge whose date a clock leaps over is over at once, and opens nothing', () => {
    const gate = new Hands();
    gate.badge('g1');
    const { expiresMs } = gate.state.duty ?? { expiresMs: 0 };
    gate.now = { ...gate.now, wallMs: expiresMs, monotonicMs: gate.now.monotonicMs + 10 };
    gate.give({ type: 'button', button: 'open', event: 'pressed' });
    expect(gate.state.duty).toBeNull();
    expect(gate.state.feedback?.code).toBe('nobody-on-duty');
    expect(gate.state.lane.name).toBe('locked');
  });

  test('a badge issued for longer than twelve hours is none', () => {
    const gate = new Hands();
    gate.give({ type: 'button', button: 'next', event: 'pressed' });
    const { issuedSeconds } = badge('g1');
    gate.show(badge('g1', { expiresSeconds: issuedSeconds + 12 * 3_600 + 1 }));
    expect(gate.state.duty).toBeNull();
    expect(last(gate, 'badge')).toMatchObject({ accepted: false, reason: 'lifetime-too-long' });
  });

  test('a refused badge begins no attempt and shows the public nothing', () => {
    const gate = new Hands(out);
    const takenMs = gate.now.monotonicMs;
    gate.give({
      type: 'evidence',
      evidence: { type: 'refused', reason: 'revoked', kind: 'guard-badge', id: 'ab', takenMs },
    });
    expect(gate.state).toMatchObject({ attempt: null, verdict: null });
    expect(last(gate, 'badge')).toMatchObject({ accepted: false, reason: 'revoked' });
  });

  test('every press is journalled with who is on duty, and counted', () => {
    const gate = new Hands();
    gate.press('refuse');
    expect(last(gate, 'panel')).toMatchObject({ button: 'refuse', onDuty: null });
    gate.badge('g1');
    gate.press('acknowledge');
    gate.press('next');
    expect(last(gate, 'panel')).toMatchObject({ button: 'next', onDuty: 'g1' });
    gate.badge('g2');
    expect(
      last({ ...gate, records: gate.records.filter(({ on }) => on === false) } as Hands, 'duty'),
    ).toMatchObject({ guard: 'g1', presses: { acknowledge: 1, next: 2 } });
  });
});

describe('OPEN', () => {
  test('opens once, after its record is written, and needs a guard on duty', () => {
    const gate = new Hands();
    gate.press('open');
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.state.feedback?.code).toBe('nobody-on-duty');
    gate.badge();
    gate.press('open');
    expect(gate.pulses()).toBe(0);
    gate.commit();
    expect(gate.pulses()).toBe(1);
    gate.pass();
    expect(gate.passage()).toBe('passed');
    expect(last(gate, 'override')).toMatchObject({ guard: 'g1', reason: 'unspecified' });
  });

  test('the reason is said by NEXT and CONFIRM afterwards', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    gate.commit();
    gate.confirm('reason:registered-by-hand');
    expect(last(gate, 'override-reason')).toMatchObject({
      request: last(gate, 'override')['request'],
      reason: 'registered-by-hand',
      guard: 'g1',
    });
    expect(gate.meaning()).not.toContain('reason');
  });

  test('opens all the same on a failed disk and on a stalled one, and is written later', () => {
    const failing = new Hands();
    failing.badge();
    failing.press('open');
    const { lane } = failing.state;
    if (!('grant' in lane)) throw new Error('no grant');
    failing.give({ type: 'append-failed', id: lane.grant.id, why: 'disk-full' });
    expect(failing.pulses()).toBe(1);
    failing.pass();
    expect(last(failing, 'passage')).toMatchObject({ outcome: 'passed', grant: null });
    const kept = failing.state.unwritten.failed.flatMap(({ records }) => records);
    expect(kept.map(({ type }) => type)).toContain('override');

    const stalling = new Hands();
    stalling.badge();
    stalling.press('open');
    stalling.wait(1_500);
    expect(stalling.pulses()).toBe(1);
    expect(stalling.state.alarms.map(({ code: it }) => it)).toContain('disk-late');
  });

  test('lets out who is referred, with what was shown in its record', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.wait(31_000);
    expect(gate.state.attempt?.standing).toMatchObject({ reasons: ['incomplete'] });
    gate.badge();
    gate.press('open');
    gate.commit();
    gate.pass();
    expect(last(gate, 'override')).toMatchObject({ reasons: ['incomplete'], attempt: 1 });
    expect(gate.state.attempt).toBeNull();
  });

  test('an approved student: the hold ends with the passage', () => {
    const gate = new Hands();
    gate.show(code('s', 'student'));
    gate.badge();
    gate.press('open');
    gate.commit();
    gate.pass();
    expect(gate.state.attempt).toBeNull();
  });

  test('one at a time: not while a grant is under way or a body in the arm', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    gate.press('open');
    expect(gate.state.feedback?.code).toBe('lane-busy');
    gate.commit();
    expect(gate.pulses()).toBe(1);
  });

  test('a late press of a lost loop opens nothing: the relay’s refusal ends it', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    gate.commit();
    const { lane } = gate.state;
    if (!('grant' in lane)) throw new Error('no grant');
    gate.give({ type: 'pulse-refused', id: lane.grant.id });
    expect(gate.passage()).toBe('not-opened');
  });
});

describe('REFUSE', () => {
  test('ends the attempt, and needs nobody on duty', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.press('refuse');
    expect(gate.state.attempt).toBeNull();
    expect(last(gate, 'attempt-ended')).toMatchObject({ end: 'guard-refused' });
  });

  test('takes back a grant that has not opened, and an OPEN', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    const { lane } = gate.state;
    if (!('grant' in lane)) throw new Error('no grant');
    gate.press('refuse');
    gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 77 });
    expect(gate.pulses()).toBe(0);
    expect(last(gate, 'passage')).toMatchObject({ outcome: 'not-opened', grant: 77 });
  });
});

describe('CONFIRM', () => {
  test('counts only for what has been shown for a second', () => {
    const gate = new Hands();
    gate.badge();
    const paper = externalForm('service');
    gate.show(paper);
    gate.lay(card('n', [paper]));
    expect(gate.meaning()).toBe('attest:resumption-certificate');
    gate.press('confirm');
    expect(gate.state.feedback?.code).toBe('not-shown-long-enough');
    expect(gate.state.attempt?.attested).toEqual([]);
    gate.wait(1_000);
    gate.press('confirm');
    expect(gate.state.attempt?.attested).toMatchObject([
      { what: 'resumption-certificate', guard: 'g1' },
    ]);
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('committing');
  });

  test('does nothing without a guard on duty, nor with nothing to confirm', () => {
    const gate = new Hands();
    gate.press('confirm');
    expect(gate.state.feedback?.code).toBe('nobody-on-duty');
    gate.badge();
    gate.press('confirm');
    expect(gate.state.feedback?.code).toBe('nothing-to-confirm');
  });

  test('what it means for one person is nothing for the next', () => {
    const gate = new Hands();
    gate.badge();
    const first = externalForm('service');
    gate.show(first);
    gate.lay(card('n', [first]));
    gate.wait(2_000);
    const second = externalForm('service');
    gate.lay(card('m'));
    gate.show({ ...second, boundTo: 'm' });
    gate.press('confirm');
    expect(gate.state.feedback?.code).toBe('not-shown-long-enough');
    expect(gate.state.attempt?.attested).toEqual([]);
  });

  test('a certificate that failed verification in this attempt cannot be attested in it', () => {
    const gate = new Hands();
    gate.badge();
    const paper = externalForm('service');
    gate.show(paper);
    gate.lay(card('n', [paper]));
    const takenMs = gate.now.monotonicMs;
    gate.give({
      type: 'evidence',
      evidence: { type: 'refused', reason: 'bad-signature', kind: null, id: null, takenMs },
    });
    for (let presses = 0; presses < 30; presses += 1) {
      expect(gate.meaning()).not.toBe('attest:resumption-certificate');
      gate.press('next');
    }
  });
});

describe('back from outside', () => {
  /** The walk of a tenant who returns. */
  function tenantReturns(gate: Hands, days = 0): void {
    gate.badge();
    gate.lay(card('tenant'));
    gate.show(pass('home'));
    gate.confirm('case:returning-tenant');
    gate.confirm('attest:questions');
    gate.confirm('attest:landlord');
    gate.confirm('attest:property-office');
    gate.measure(healthy);
    expect(gate.meaning()).toMatch(/^day:/);
    for (let presses = 0; presses < days; presses += 1) gate.press('next');
    gate.wait(1_000);
    gate.press('confirm');
  }

  test('the case, the questions, two confirmations and the day; then isolated for fourteen days', () => {
    const gate = new Hands();
    tenantReturns(gate);
    expect(gate.decision()).toBe('grant returning-tenant');
    gate.commit();
    gate.pass();
    expect(last(gate, 'decision')).toMatchObject({
      clause: '七.3.3',
      registers: 'in-detail',
      sealed: 'ab'.repeat(32),
      selected: 'returning-tenant',
      tells: expect.arrayContaining(['duty-officer', 'police-station']),
    });
    const isolations = gate.told().filter(({ type }) => type === 'isolation');
    expect(isolations.map(({ key }) => key).toSorted()).toEqual(['home', 'tenant']);
    // The day of arrival does not count: 12 February and fourteen days more.
    expect(isolations[0]?.until).toBe('2020-02-26T16:00:00.000Z');
    expect(gate.state.alarms.map(({ code: it }) => it)).toContain('details-missing');
  });

  test('the day of arrival may lie up to thirteen days back', () => {
    const gate = new Hands();
    tenantReturns(gate, 13);
    gate.commit();
    gate.pass();
    const isolations = gate.told().filter(({ type }) => type === 'isolation');
    expect(isolations[0]?.until).toBe('2020-02-13T16:00:00.000Z');
    const record = last(gate, 'decision')['isolation'] as { arrivalDay: number; lastDay: number };
    expect(record.lastDay - record.arrivalDay).toBe(14);
  });

  test('a disk that fails lets nobody in, and isolates nobody', () => {
    const gate = new Hands();
    tenantReturns(gate);
    const { lane } = gate.state;
    if (!('grant' in lane)) throw new Error('no grant');
    gate.give({ type: 'append-failed', id: lane.grant.id, why: 'disk-full' });
    expect(gate.told().filter(({ type }) => type === 'isolation')).toEqual([]);
    expect(gate.pulses()).toBe(0);
  });

  test('a household that the guard enters afterwards is isolated as long', () => {
    const gate = new Hands();
    gate.badge();
    gate.lay(card('tenant'));
    gate.confirm('case:returning-tenant');
    for (const what of ['questions', 'landlord', 'property-office']) gate.confirm(`attest:${what}`);
    gate.measure(healthy);
    gate.wait(1_000);
    gate.press('confirm');
    gate.commit();
    gate.pass();
    gate.give({
      type: 'details',
      details: {
        type: 'details',
        attempt: gate.state.attemptSerial,
        fields: ['household'],
        ref: null,
        household: 'home',
        campusId: null,
        bodyCentidegrees: null,
        takenMs: gate.now.monotonicMs,
      },
    });
    const isolations = gate.told().filter(({ type }) => type === 'isolation');
    expect(isolations.map(({ key, until }) => [key, until])).toEqual([
      ['tenant', '2020-02-26T16:00:00.000Z'],
      ['home', '2020-02-26T16:00:00.000Z'],
    ]);
  });

  test('isolated until the last minute, and free in the next', () => {
    const gate = new Hands(out);
    const until = '2020-02-13T16:00:00.000Z';
    const at = '2020-01-30T01:00:00.000Z';
    gate.give({ type: 'known', entries: [{ type: 'isolation', key: 'a', until, at }] });
    gate.wait(Date.parse(until) - gate.now.wallMs - 60_000);
    gate.show(form('a', { expiresSeconds: Date.parse(until) / 1000 + 9_000 }));
    expect(gate.decision()).toBe('refer isolation');
    expect(last(gate, 'decision')).toMatchObject({
      tells: expect.arrayContaining(['property-office']),
    });
    gate.press('refuse');
    gate.wait(60_000);
    gate.show(form('a', { expiresSeconds: Date.parse(until) / 1000 + 9_000 }));
    expect(gate.decision()).toBe('refer isolation');
    expect(gate.state.attempt?.standing.type).toBe('collecting');
  });

  test('while a member of the household is isolated, who leaves shows the ID card too', () => {
    const gate = new Hands(out);
    const until = '2020-02-20T16:00:00.000Z';
    const at = '2020-02-10T01:00:00.000Z';
    const entries = ['h', 'ill'].map((key) => ({ type: 'isolation', key, until, at }));
    gate.give({ type: 'known', entries });
    gate.show(pass('h'));
    gate.show(ticket('h'));
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
    gate.lay(card('well'));
    expect(gate.state.lane.name).toBe('committing');

    const other = new Hands(out);
    other.give({ type: 'known', entries });
    other.show(pass('h'));
    other.show(ticket('h'));
    other.measure(healthy);
    other.lay(card('ill'));
    expect(other.decision()).toBe('refer isolation');
  });
});

describe('a ticket left uncertain by a power cut', () => {
  function uncertain(): { gate: Hands; paper: ReturnType<typeof ticket> } {
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
      standing: { lockdown: false, floorMs: null },
    });
    gate.badge();
    gate.show(pass('h'));
    gate.show(paper);
    gate.measure(healthy);
    expect(gate.decision()).toBe('refer ticket-uncertain');
    return { gate, paper };
  }

  test('is the guard’s to decide: nobody passed on it, so it serves', () => {
    const { gate, paper } = uncertain();
    gate.confirm(`ticket:unused:${paper.id}`);
    expect(gate.decision()).toBe('grant resident');
    gate.commit();
    gate.pass();
    expect(gate.passage()).toBe('passed');
  });

  test('or somebody did, and it is used', () => {
    const { gate, paper } = uncertain();
    gate.confirm(`ticket:used:${paper.id}`);
    expect(gate.decision()).toBe('refer already-used');
  });
});

describe('a child without papers', () => {
  test('passes behind its adult on an opening of its own', () => {
    const gate = new Hands();
    gate.badge();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.confirm('accompanied:1');
    gate.measure(healthy);
    gate.commit();
    gate.pass();
    gate.wait(1_000);
    expect(last(gate, 'override')).toMatchObject({ reason: 'accompanied', guard: 'g1' });
    gate.commit();
    gate.pass();
    expect(gate.pulses()).toBe(2);
    gate.wait(1_000);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.state.alarms).toEqual([]);
  });

  test('or close behind it, and that is no tailgate', () => {
    const gate = new Hands();
    gate.badge();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(healthy);
    gate.commit();
    gate.confirm('accompanied:1');
    gate.pass();
    gate.wait(100);
    gate.pass();
    expect(gate.passage()).toBe('accompanied');
    gate.wait(2_000);
    expect(gate.pulses()).toBe(1);
    expect(gate.state.alarms).toEqual([]);
  });
});

describe('a fever', () => {
  function ill(): Hands {
    const gate = new Hands();
    gate.badge();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(feverish, { ref: 'cd'.repeat(32) });
    expect(gate.decision()).toBe('refer fever');
    expect(last(gate, 'decision')).toMatchObject({ sealed: 'cd'.repeat(32) });
    return gate;
  }

  test('is measured again after a pause, when the person shows a paper again', () => {
    const gate = ill();
    const paper = gate.state.attempt?.documents[0];
    if (paper === undefined) throw new Error('no paper');
    gate.wait(60_000);
    gate.show(paper);
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
    gate.wait(61_000);
    gate.show(paper);
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('committing');
  });

  test('allows two retests; a third time is the guard’s', () => {
    const gate = ill();
    const paper = gate.state.attempt?.documents[0];
    if (paper === undefined) throw new Error('no paper');
    for (let retest = 0; retest < 2; retest += 1) {
      gate.wait(121_000);
      gate.show(paper);
      gate.measure(feverish);
    }
    gate.wait(121_000);
    gate.show(paper);
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.meaning()).not.toContain('temperature');
  });

  test('has two retests in any hour, and its pause goes on though the first fever is an hour old', () => {
    const gate = ill();
    gate.press('refuse');
    gate.wait(3_590_000);
    gate.show(form('a'));
    gate.measure(feverish);
    gate.press('refuse');
    gate.wait(11_000);
    gate.show(form('a'));
    expect(gate.state.attempt?.standing).toMatchObject({ firm: true, reasons: ['fever'] });
    const issuedSeconds = Math.floor(gate.now.wallMs / 1_000) - 5;
    gate.show({ ...code('a'), issuedSeconds, expiresSeconds: issuedSeconds + 500 });
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
    // Of the retests of the last hour one is left, and only one.
    gate.press('refuse');
    for (const left of [true, false]) {
      gate.wait(121_000);
      gate.show(form('a'));
      gate.measure(left ? feverish : healthy);
      gate.press('refuse');
    }
    const [seen] = gate.state.fevers;
    expect(seen?.isOpen).toBe(true);
    expect(seen?.retestsMs).toHaveLength(2);
  });

  test('of a card counts beside the household’s, whichever was measured last', () => {
    const gate = new Hands();
    const own = card('x');
    const measured = (body: number, identify: () => void): void => {
      identify();
      gate.measure(body);
      gate.press('refuse');
    };
    measured(feverish, () => gate.show(pass('h')));
    measured(feverish, () => gate.lay(own));
    gate.wait(121_000);
    measured(healthy, () => gate.show(pass('h')));
    measured(feverish, () => gate.lay(own));
    // Another member of the household is well, and is the last one measured.
    measured(healthy, () => gate.show(pass('h')));
    gate.give({
      type: 'known',
      entries: [
        {
          type: 'passage',
          key: 'x',
          direction: 'out',
          until: '2020-02-13T01:00:00Z',
          at: '2020-02-12T01:00:00Z',
        },
      ],
    });
    const paper = certificate({ boundTo: null });
    gate.show(pass('h'));
    gate.lay(card('x', [paper]));
    expect(gate.decision()).toBe('refer fever');
    gate.show(paper);
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
    expect(gate.decision()).toBe('refer fever');
  });

  test('coming back as a new attempt is no way around the pause', () => {
    const gate = ill();
    gate.press('refuse');
    gate.show(form('a'));
    expect(gate.decision()).toBe('refer fever');
    gate.measure(healthy);
    expect(gate.state.lane.name).toBe('locked');
  });

  test('a reading by hand is one of the retests', () => {
    const gate = ill();
    expect(gate.meaning()).not.toContain('temperature');
    gate.wait(120_000);
    gate.confirm('temperature:normal');
    expect(gate.decision()).toBe('grant duty-staff');
    expect(last(gate, 'measured-by-hand')).toMatchObject({ band: 'normal', guard: 'g1' });

    const again = ill();
    again.wait(120_000);
    again.confirm('temperature:fever');
    expect(again.state.fevers).toMatchObject([
      { retestsMs: [again.state.fevers[0]?.lastMs], isOpen: true },
    ]);
    again.wait(1_000);
    expect(again.state.lane.name).toBe('locked');
  });
});

describe('LOCKDOWN', () => {
  test('stops entry until the button is held anew, and outlives a restart', () => {
    const gate = new Hands();
    gate.pressLong('lockdown');
    expect(gate.state.lane.name).toBe('lockdown');
    gate.show(form('a'));
    expect(gate.state.attempt).toBeNull();
    gate.badge();
    gate.press('open');
    expect(gate.state.feedback?.code).toBe('locked-down');
    gate.press('lockdown');
    expect(gate.state.lane.name).toBe('lockdown');
    gate.pressLong('lockdown');
    expect(gate.state.lane.name).toBe('locked');

    const later = new Hands();
    const standing = { lockdown: true, floorMs: null };
    later.give({
      type: 'boot',
      uses: [],
      endedCleanly: true,
      reason: 'stopped',
      version: 'test',
      standing,
    });
    expect(later.state.lane.name).toBe('lockdown');
  });

  test('does nothing to a way out', () => {
    const gate = new Hands(out);
    gate.pressLong('lockdown');
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(healthy);
    gate.commit();
    gate.pass();
    expect(gate.passage()).toBe('passed');
  });

  test('takes back a grant that has not opened; EMERGENCY wins over it', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(healthy);
    gate.press('lockdown');
    expect(gate.state.lane.name).toBe('lockdown');
    gate.press('emergency');
    expect(gate.state.releaseUntilMs).not.toBeNull();
  });

  test.each([
    ['pressed', { type: 'button', button: 'lockdown', event: 'pressed' }],
    ['sent from afar', { type: 'command', name: 'lockdown', id: 'c', admins: ['ann'] }],
  ] as const)(
    '%s and heard late, in the step that would open an OPEN unwritten, it opens nothing',
    (_, input) => {
      const gate = new Hands();
      gate.badge();
      gate.press('open');
      const { lane } = gate.state;
      if (lane.name !== 'committing') throw new Error('not committing');
      const { now } = gate;
      gate.now = { ...now, monotonicMs: now.monotonicMs + 10_000, wallMs: now.wallMs + 10_000 };
      gate.give(input);
      expect([gate.pulses(), gate.state.lane.name]).toEqual([0, 'lockdown']);
      // What was on its way to the disk opens nothing later either.
      gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 3 });
      expect(gate.pulses()).toBe(0);
      expect(last(gate, 'passage')).toMatchObject({ outcome: 'not-opened' });
    },
  );
});

describe('the lane', () => {
  test('a body against the lane’s direction is recorded and an alarm', () => {
    const gate = new Hands();
    gate.give({ type: 'passage', phase: 'reversed' });
    expect(gate.passage()).toBe('reverse');
    expect(gate.state.alarms.map(({ code: it }) => it)).toContain('reverse');
  });

  test('who turns back in the arm has not passed, and the ticket still serves', () => {
    const gate = new Hands(out);
    gate.show(pass('h'));
    gate.show(ticket('h'));
    gate.measure(healthy);
    gate.commit();
    gate.give({ type: 'passage', phase: 'entered' });
    gate.give({ type: 'passage', phase: 'reversed' });
    expect(gate.passage()).toBe('turned-back');
    expect(gate.told().map(({ type }) => type)).not.toContain('ticket');
  });

  test('a faulty turnstile takes no automatic grant, and the guard’s word all the same', () => {
    const gate = new Hands();
    gate.give({ type: 'device', device: 'turnstile', status: 'degraded', why: 'passage-stuck' });
    expect(gate.state.lane.name).toBe('fault');
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(healthy);
    expect(gate.decision()).toBe('refer part-failed');
    gate.badge();
    gate.press('open');
    gate.commit();
    expect(gate.pulses()).toBe(1);
  });
});

describe('an empty booth', () => {
  test('who may not go out is the duty officer’s where no guard is on duty', () => {
    const gate = new Hands(out);
    gate.refuse('expired');
    expect(last(gate, 'decision')).toMatchObject({ tells: ['guard', 'duty-officer'] });
    gate.badge();
    gate.refuse('expired');
    expect(last(gate, 'decision')).toMatchObject({ tells: ['guard'] });
  });
});

test('a certificate that names another holder than the card is no help', () => {
  const gate = new Hands();
  const paper = externalForm('service');
  gate.show(paper);
  gate.lay(card('n', [paper]));
  gate.show(certificate({ boundTo: null }));
  expect(gate.decision()).toBe('deny wrong-holder');
});

describe('a lost ticket, revoked, and its replacement', () => {
  test('the replacement serves in place of the lost one, and not beside it', () => {
    const gate = new Hands(out);
    const lost = ticket('h');
    gate.show(pass('h'));
    gate.show(lost);
    gate.press('refuse');
    const replacement = ticket('h');
    gate.show(pass('h'));
    gate.show(replacement);
    expect(gate.decision()).toBe('refer second-ticket');
    gate.press('refuse');
    gate.show(pass('h'));
    gate.show({ ...replacement, replaces: [lost.id] });
    gate.measure(healthy);
    expect(gate.decision()).toBe('grant resident');
  });

  test('and inherits its unspent directions only', () => {
    const at = '2020-02-12T00:30:00.000Z';
    const until = '2020-02-15T16:00:00.000Z';
    const lost = ticket('h');
    const replacement = { ...ticket('h'), replaces: [lost.id] };
    const entries = [{ type: 'ticket', key: lost.id, direction: 'out', until, at }];
    const leaving = new Hands(out);
    leaving.give({ type: 'known', entries });
    leaving.show(pass('h'));
    leaving.show(replacement);
    expect(leaving.decision()).toBe('refer already-used');
    const returning = new Hands();
    returning.give({ type: 'known', entries });
    returning.show(pass('h'));
    returning.show(replacement);
    returning.measure(healthy);
    expect(returning.decision()).toBe('grant resident');
  });
});

test('a paper that names somebody of whom the rule knows nothing is the guard’s to look at', () => {
  for (const isFirst of [true, false]) {
    const gate = new Hands();
    const strange = externalForm('service');
    if (isFirst) gate.show(strange);
    gate.show(form('a'));
    if (!isFirst) gate.show(strange);
    gate.show(code('a'));
    gate.measure(healthy);
    expect(gate.decision()).toBe('refer holder-unnamed');
  }
});
