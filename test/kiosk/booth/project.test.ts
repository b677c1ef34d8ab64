import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clockStates,
  credentialKinds,
  detailFields,
  deviceNames,
  openReasons,
  policyReasons,
} from '../../../config/vocabulary.js';
import { alarmWords } from '../../../kiosk/booth/phrases.js';
import { projectBooth } from '../../../kiosk/booth/project.js';
import type { BoothView } from '../../../kiosk/booth/view.js';
import type { Attempt } from '../../../kiosk/core/attempt/attempt-state.js';
import type { Input } from '../../../kiosk/core/messages.js';
import type { GateState } from '../../../kiosk/core/state.js';
import { badge, card, certificate, code, form, Hands, pass, ticket } from '../core/hands.js';

const healthy = 3_652;
const feverish = 3_877;

const viewOf = (gate: Hands): BoothView => projectBooth(gate.state, gate.now);
const english = (view: BoothView) => view.attempt?.reasons.map(({ text }) => text.en) ?? [];
const shown = (view: BoothView) =>
  view.attempt?.shown.map(({ label, state, reason }) =>
    [label.en, state, reason?.code].filter((part) => part !== undefined).join(' '),
  );

describe('the person at the gate', () => {
  it('nobody is there until somebody shows something', () => {
    const gate = new Hands();
    expect(viewOf(gate)).toMatchObject({ attempt: null, prompt: null, walk: [], forms: [] });
  });

  it('what was shown, what is missing and by which rule', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.refuse('bad-prefix');
    gate.refuse('bad-prefix');
    const view = viewOf(gate);
    expect(view.attempt).toMatchObject({
      standing: 'collecting',
      masked: '20***12',
      rule: { id: 'duty-staff', clause: '二', isSelected: false },
      temperature: null,
    });
    expect(shown(view)).toEqual(['staff entry form accepted', 'Code refused bad-prefix']);
    expect(view.attempt?.missing.map(({ id }) => id)).toEqual(['code', 'temperature']);
    expect(view.last).toMatchObject({ code: 'refused', reasons: [{ code: 'bad-prefix' }] });
  });

  it('a normal temperature is shown with one decimal, a fever as that and no more', () => {
    const gate = new Hands();
    gate.show(form('a'));
    gate.measure(healthy);
    expect(viewOf(gate).attempt?.temperature).toMatchObject({ code: 'normal', celsius: '36.5' });
    gate.measure(feverish);
    const view = viewOf(gate);
    expect(english(view)).toEqual(['Fever']);
    expect(view.attempt?.fever).toMatchObject({ code: 'paused' });
    const endMs = Date.parse(view.attempt?.fever?.until ?? '');
    expect(endMs - gate.now.wallMs).toBeGreaterThan(118_000);
    expect(endMs - gate.now.wallMs).toBeLessThanOrEqual(121_000);
    expect(JSON.stringify(view)).not.toMatch(/38\.|3877/);
  });

  it('why the guard is called stands in words; that he is called only where nothing else does', () => {
    const gate = new Hands();
    gate.show(code('s', 'student'));
    expect(viewOf(gate)).toMatchObject({ attempt: { standing: 'held' } });
    expect(english(viewOf(gate))).toEqual(['Student: may neither enter nor leave']);
    const other = new Hands();
    other.badge();
    other.show(pass('home'));
    other.show(ticket('home'));
    other.measure(healthy);
    expect(viewOf(other).attempt?.reasons.map((it) => it.code)).toEqual(['exit-unknown']);
  });

  it('an ID card that no longer counts is a card, not a code', () => {
    const gate = new Hands({ direction: 'out' });
    const takenMs = gate.now.monotonicMs;
    const evidence = { type: 'refused', reason: 'expired', kind: null, id: null, takenMs } as const;
    gate.give({ type: 'evidence', evidence });
    expect(shown(viewOf(gate))).toEqual(['ID card refused expired']);
  });
});

describe('what CONFIRM means', () => {
  it('NEXT walks through the whole list, each with its words; the shown one counts after a second', () => {
    const gate = new Hands();
    gate.badge();
    gate.lay(card('me'));
    const { walk, prompt } = viewOf(gate);
    expect(walk.length).toBeGreaterThan(2);
    expect(new Set(walk.map(({ text }) => text.zh)).size).toBe(walk.length);
    expect(prompt).toMatchObject({ ...walk[0], index: 1, count: walk.length, ready: false });
    for (const [index, { id }] of walk.entries()) {
      expect(viewOf(gate).prompt).toMatchObject({ id, index: index + 1 });
      gate.press('next');
    }
    expect(viewOf(gate).prompt?.id).toBe(walk[0]?.id);
    gate.wait(1_000);
    expect(viewOf(gate).prompt?.ready).toBe(true);
  });

  it('a returning case: chosen, asked, dated, entered', () => {
    const gate = new Hands();
    gate.badge();
    gate.lay(card('me'));
    gate.confirm('case:returning-staff');
    const view = viewOf(gate);
    expect(view.attempt?.rule).toMatchObject({ id: 'returning-staff', isSelected: true });
    expect(view.feedback).toMatchObject({ code: 'done', isGood: true });
    expect(view.forms).toMatchObject([{ about: 'person', attempt: 1, isWanted: true }]);
    expect(view.forms[0]?.fields.map(({ id }) => id)).toEqual([
      'campus-address',
      'phone',
      'where-from',
      'transport',
      'household',
      'campus-id',
      'temperature',
    ]);
    gate.confirm('attest:questions');
    gate.confirm('attest:work-id');
    gate.measure(healthy);
    const asked = viewOf(gate);
    expect(asked.attempt?.missing.map(({ id }) => id)).toEqual(['day']);
    const days = asked.walk.filter(({ id }) => id.includes('/day:'));
    expect(days).toHaveLength(14);
    expect(asked.walk[0]?.text).toEqual({
      zh: '到达日期：今天（2月12日）',
      en: 'Arrived today (2020-02-12)',
    });
    expect(days[13]?.text.zh).toBe('到达日期：13天前（1月30日）');
    expect(shown(asked)).toContain('questions asked attested');
  });

  it('details that nobody entered are asked for after the passage, until they come', () => {
    const gate = new Hands();
    gate.badge();
    gate.lay(card('me'));
    gate.confirm('case:returning-staff');
    gate.confirm('attest:questions');
    gate.confirm('attest:work-id');
    gate.measure(healthy);
    gate.wait(1_000);
    gate.press('confirm');
    gate.commit();
    gate.pass();
    gate.wait(2_000);
    const view = viewOf(gate);
    expect(view.attempt).toBeNull();
    expect(view.forms).toMatchObject([{ about: 'passed', attempt: 1, isWanted: true }]);
    expect(view.alarms.map((alarm) => alarm.code)).toContain('details-missing');
    gate.press('acknowledge');
    expect(viewOf(gate).forms).toHaveLength(1);
    const details = {
      type: 'details',
      attempt: 1,
      ref: '00',
      household: null,
      campusId: null,
      bodyCentidegrees: null,
      takenMs: 0,
    } as const;
    gate.give({ type: 'details', details: { ...details, fields: ['phone', 'household'] } });
    const left = ['campus-address', 'where-from', 'transport', 'campus-id'] as const;
    expect(viewOf(gate).forms[0]?.fields.map(({ id }) => id)).toEqual(left);
    gate.give({ type: 'details', details: { ...details, fields: left } });
    expect(viewOf(gate)).toMatchObject({ forms: [], alarms: [] });
  });

  it('after OPEN the reasons, each but those that nobody says', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    gate.commit();
    const view = viewOf(gate);
    expect(view.opened).not.toBeNull();
    const reasons = view.walk.filter(({ id }) => id.includes('/reason:'));
    expect(reasons).toHaveLength(openReasons.length - 2);
    expect(view.walk[0]?.text.en).toBe("Opened because: the person's urgent need");
    expect(view.lane).toMatchObject({ name: 'granted', text: { en: 'Open: waiting' } });
  });
});

describe('the gate', () => {
  it('who is on duty, masked, until when; and what a press came to with nobody', () => {
    const gate = new Hands();
    gate.press('open');
    expect(viewOf(gate)).toMatchObject({
      onDuty: null,
      feedback: { code: 'nobody-on-duty', isGood: false },
    });
    gate.give({ type: 'button', button: 'next', event: 'pressed' });
    expect(viewOf(gate).nextHeld).toBe(true);
    gate.show(badge('g1'));
    const { duty } = gate.state;
    const until = Math.round((duty?.expiresMs ?? 0) / 60_000) * 60_000;
    expect(viewOf(gate).onDuty).toEqual({
      masked: '20***12',
      until: new Date(until).toISOString(),
    });
  });

  it('an EMERGENCY with its end, and the form about it until it has come', () => {
    const gate = new Hands();
    gate.press('emergency');
    const view = viewOf(gate);
    expect(view.forms).toMatchObject([{ about: 'emergency', attempt: null, isWanted: true }]);
    const leftMs = Date.parse(view.emergencyUntil ?? '') - gate.now.wallMs;
    expect(Math.abs(leftMs - 120_000)).toBeLessThan(1_500);
    gate.wait(121_000);
    expect(viewOf(gate)).toMatchObject({ emergencyUntil: null, forms: [{ attempt: null }] });
    const details = {
      type: 'details',
      attempt: null,
      fields: ['people'],
      ref: null,
      takenMs: 0,
    } as const;
    gate.give({
      type: 'details',
      details: { ...details, household: null, campusId: null, bodyCentidegrees: null },
    });
    expect(viewOf(gate).forms).toEqual([]);
  });

  it('fire, lockdown and the direction that it does nothing to', () => {
    const gate = new Hands();
    gate.give({ type: 'fire', active: true });
    gate.press('lockdown');
    expect(viewOf(gate)).toMatchObject({ fire: true, lockdown: true, direction: 'in' });
    expect(viewOf(gate).lane).toMatchObject({ name: 'released', text: { en: 'Released: open' } });
    gate.give({ type: 'fire', active: false });
    expect(viewOf(gate).lane.name).toBe('lockdown');
  });

  it('alarms: those that nobody knows first, of these the newest; devices that have reported', () => {
    const gate = new Hands();
    const device = (name: 'thermometer' | 'scanner', status: 'lost' | 'degraded'): Input => ({
      type: 'device',
      device: name,
      status,
      why: 'test',
    });
    gate.give(device('thermometer', 'lost'));
    gate.press('acknowledge');
    gate.wait(5_000);
    gate.give(device('scanner', 'degraded'));
    gate.wait(5_000);
    gate.give({ type: 'passage', phase: 'entered' });
    const { alarms, devices } = viewOf(gate);
    expect(alarms.map(({ code: it, acknowledged }) => `${it} ${acknowledged}`)).toEqual([
      'forced false',
      'device-scanner false',
      'device-thermometer true',
    ]);
    expect(alarms[1]?.text).toEqual({ zh: '扫码器故障', en: 'Scanner: trouble' });
    expect(devices.map(({ name, status }) => `${name} ${status}`)).toEqual(
      deviceNames.flatMap((name) => {
        const status = gate.state.devices[name];
        return status === undefined ? [] : [`${name} ${status}`];
      }),
    );
  });

  it('a lost device with what to do, and the newest reason of it', () => {
    const gate = new Hands();
    const shown = (): string | undefined =>
      viewOf(gate).devices.find(({ name }) => name === 'scanner')?.statusText.en;
    const lost = (why: string) =>
      gate.give({ type: 'device', device: 'scanner', status: 'lost', why });
    lost('gone');
    expect(shown()).toBe('unplugged: plug it in');
    const { alarms } = viewOf(gate);
    lost('denied');
    expect(shown()).toBe('no permission: call the admin');
    expect(viewOf(gate).alarms).toEqual(alarms);
    gate.give({ type: 'device', device: 'scanner', status: 'ok', why: '' });
    expect(shown()).toBe('ok');
  });

  it('what a failed disk has not taken, openings by name', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('open');
    const { lane } = gate.state;
    const id = lane.name === 'committing' ? lane.grant.id : 0;
    gate.give({ type: 'append-failed', id, why: 'disk-full' });
    const { unwritten } = viewOf(gate);
    expect(unwritten.count).toBeGreaterThan(0);
    expect(unwritten.openings).toMatchObject([{ reason: { en: 'no reason given' } }]);
  });

  it('a picture at rest stays the same, while the clocks run', () => {
    const gate = new Hands();
    gate.badge();
    gate.press('emergency');
    gate.wait(1_000);
    const before = JSON.stringify(viewOf(gate));
    gate.now = {
      ...gate.now,
      monotonicMs: gate.now.monotonicMs + 20_000,
      // the wall clock is slewed a hair against the monotonic one
      wallMs: gate.now.wallMs + 20_000.2,
    };
    expect(JSON.stringify(viewOf(gate))).toBe(before);
  });
});

describe('words', () => {
  it('an alarm that nobody has words for stands as it is, whatever it is called', () => {
    expect(alarmWords('device-x')).toEqual({ zh: 'device-x', en: 'device-x' });
    for (const odd of ['toString', '__proto__', 'constructor', 'device-toString'])
      expect(alarmWords(odd)).toEqual({ zh: odd, en: odd });
  });
});

/** Stands where something private or secret would stand; nothing of it may be seen. */
const secret = fc.string({ minLength: 1, maxLength: 6 }).map((text) => `SECRET${text}`);
const mask = fc.constantFrom('20****12', '1****', null);
const milliseconds = fc.oneof(
  fc.double({ min: 0, max: 1e15 }),
  fc.constantFrom(0, Number.POSITIVE_INFINITY, Number.NaN, -1, 1e300),
);

const identity = fc.record({
  space: fc.constantFrom('campus-id', 'id-number', 'household'),
  token: secret,
});

const documents = fc.array(
  fc.record({
    type: fc.constant('document'),
    id: fc.string({ maxLength: 4 }),
    kind: fc.constantFrom(...Object.values(credentialKinds)),
    variant: fc.constantFrom(null, 'staff', 'student', 'staff-entry', '__proto__'),
    purpose: fc.constantFrom(null, 'research', 'service'),
    identity: fc.option(identity),
    host: fc.option(secret),
    unit: fc.option(secret),
    guard: fc.option(secret),
    masked: mask,
    boundTo: fc.option(secret),
    replaces: fc.array(secret, { maxLength: 2 }),
    zones: fc.option(fc.array(secret, { maxLength: 2 })),
    day: fc.option(fc.integer({ min: 0, max: 40_000 })),
    issuedSeconds: fc.integer(),
    expiresSeconds: fc.integer(),
    takenMs: milliseconds,
  }),
  { maxLength: 8 },
);

const attempts: fc.Arbitrary<Partial<Attempt>> = fc.record({
  serial: fc.nat(),
  identities: fc.record({ 'campus-id': identity, 'id-number': identity }, { requiredKeys: [] }),
  masked: mask,
  documents,
  card: fc.option(
    fc.record({
      type: fc.constant('card'),
      cardKind: fc.constantFrom('resident', 'hk-macao-taiwan', 'foreign-2023'),
      validToSeconds: fc.option(fc.integer()),
      identity,
      ref: fc.option(secret),
      bound: fc.array(secret, { maxLength: 2 }),
      masked: fc.constant('23****45'),
      takenMs: milliseconds,
    }),
  ),
  attested: fc.array(
    fc.record({
      what: fc.constantFrom('questions', 'landlord', 'temperature'),
      guard: secret,
      atMs: milliseconds,
    }),
    { maxLength: 3 },
  ),
  selected: fc.constantFrom(null, 'returning-tenant', 'toString'),
  arrivalDay: fc.option(fc.double()),
  companions: fc.nat(5),
  companionsGuard: fc.option(secret),
  household: fc.option(secret),
  campusId: fc.option(secret),
  entered: fc.subarray([...detailFields]),
  refusals: fc.array(
    fc.record({
      reason: fc.constantFrom(...policyReasons),
      kind: fc.constantFrom(null, ...Object.values(credentialKinds)),
      id: fc.option(secret),
    }),
    { maxLength: 5 },
  ),
  temperature: fc.option(
    fc.record({
      type: fc.constant('temperature'),
      bodyCentidegrees: fc.integer({ min: 3_730, max: 4_200 }),
      ambientCentidegrees: fc.constant(2_200),
      compensationCentidegrees: fc.constant(300),
      sampleCount: fc.constant(3),
      spreadCentidegrees: fc.constant(6),
      ref: secret,
      fromMs: milliseconds,
      takenMs: milliseconds,
    }),
  ),
  noReading: fc.constantFrom(null, 'too-cold', 'ambient'),
  identifiedMs: fc.option(milliseconds),
  standing: fc.oneof(
    fc.constant({ type: 'collecting' as const }),
    fc.record({
      type: fc.constant('referred' as const),
      reasons: fc.array(fc.constantFrom(...policyReasons), { maxLength: 3 }),
      firm: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('held' as const),
      reasons: fc.array(fc.constantFrom(...policyReasons), { maxLength: 3 }),
    }),
  ),
}) as fc.Arbitrary<Partial<Attempt>>;

const states = fc.record({
  attempt: fc.option(attempts),
  duty: fc.option(
    fc.record({
      guard: secret,
      masked: fc.constant('gu****07'),
      expiresMs: milliseconds,
      untilMs: milliseconds,
      presses: fc.constant({}),
    }),
  ),
  fevers: fc.array(
    fc.record({
      people: fc.array(secret, { maxLength: 2 }),
      lastMs: milliseconds,
      retestsMs: fc.array(milliseconds, { maxLength: 3 }),
      isOpen: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  detailsOwed: fc.array(
    fc.record({
      attempt: fc.nat(),
      masked: mask,
      fields: fc.subarray([...detailFields]),
      until: fc.option(fc.constant('2020-02-26T16:00:00.000Z')),
    }),
    { maxLength: 2 },
  ),
  emergencyUntilMs: fc.option(milliseconds),
  failed: fc.array(
    fc.record({
      type: fc.constantFrom('override', 'decision', 'details'),
      at: fc.constant('2020-02-12T01:00:00.000Z'),
      reason: fc.oneof(secret, fc.constantFrom(...openReasons)),
      guard: secret,
      identity: secret,
    }),
    { maxLength: 3 },
  ),
  now: fc.record({
    monotonicMs: milliseconds,
    wallMs: milliseconds,
    clock: fc.constantFrom(...clockStates),
  }),
});

describe('privacy', () => {
  it('whatever the gate knows, the booth is shown masks at most; and nothing makes it throw', () => {
    const started = new Hands();
    started.show(certificate());
    const open = new Hands();
    open.show(form('a'));
    const base = open.state;
    const full = base.attempt;
    if (full === null) throw new Error('no attempt to vary');
    fc.assert(
      fc.property(states, ({ attempt, failed, now, ...rest }) => {
        const state: GateState = {
          ...base,
          ...rest,
          attempt: attempt === null ? null : { ...full, ...attempt },
          unwritten: { ...base.unwritten, failed: [{ order: 1, records: failed, uses: [] }] },
        };
        const picture = JSON.stringify(projectBooth(state, now));
        expect(picture).not.toContain('SECRET');
        // The value of a fever, as degrees or as hundredths.
        const body = attempt?.temperature?.bodyCentidegrees;
        if (body !== undefined) expect(picture).not.toContain(`"celsius":"`);
        expect(picture).not.toMatch(/"bodyCentidegrees"/);
      }),
      { numRuns: 2_000 },
    );
  });
});
