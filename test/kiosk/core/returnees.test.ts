/** Back from outside (七.3): who is isolated, how long, with whom, and what the guard still owes. */
import { describe, expect, test } from 'vitest';
import { findUse, isIsolated } from '../../../kiosk/core/known/known.js';
import { card, code, form, Hands, pass, ticket } from './hands.js';

const healthy = 3_650;
const out = { direction: 'out' as const };

interface Return {
  readonly rule?: 'returning-tenant' | 'returning-staff';
  readonly daysBack?: number;
  /** before the temperature */
  readonly before?: (gate: Hands, serial: number) => void;
}

/** Up to the grant that awaits the journal. @returns the attempt's serial */
function granted(gate: Hands, token: string, options: Return = {}): number {
  const { rule = 'returning-tenant', daysBack = 0, before } = options;
  const asked = {
    'returning-tenant': ['questions', 'landlord', 'property-office'],
    'returning-staff': ['work-id', 'questions'],
  }[rule];
  gate.lay(card(token));
  gate.confirm(`case:${rule}`);
  for (const what of asked) gate.confirm(`attest:${what}`);
  const serial = gate.state.attemptSerial;
  before?.(gate, serial);
  gate.measure(healthy);
  for (let presses = 0; presses < daysBack; presses += 1) gate.press('next');
  gate.wait(1_000);
  gate.press('confirm');
  expect(gate.decision()).toBe(`grant ${rule}`);
  return serial;
}

function returned(gate: Hands, token: string, options: Return = {}): number {
  const serial = granted(gate, token, options);
  gate.commit();
  gate.pass();
  gate.wait(1_000);
  return serial;
}

function onDuty(): Hands {
  const gate = new Hands();
  gate.badge();
  return gate;
}

const isolated = (gate: Hands, token: string): boolean =>
  isIsolated(gate.state.known, token, gate.now.wallMs);
const untilOf = (gate: Hands, token: string): string | undefined =>
  findUse(gate.state.known, 'isolation', token)?.entry.until;
const alarms = (gate: Hands): string[] => gate.state.alarms.map((alarm) => alarm.code);

describe('what is owed of a returnee', () => {
  test('is owed field by field: a temperature typed in settles nothing', () => {
    const gate = onDuty();
    const serial = returned(gate, 'r', {
      before: (it, open) => it.details(open, ['temperature'], { bodyCentidegrees: healthy }),
    });
    const [owed] = gate.state.detailsOwed;
    expect(owed?.fields).toEqual([
      'campus-address',
      'phone',
      'where-from',
      'transport',
      'household',
    ]);
    gate.details(serial, ['campus-address', 'phone', 'where-from', 'transport']);
    expect(gate.state.detailsOwed).toMatchObject([{ attempt: serial, fields: ['household'] }]);
    expect(alarms(gate)).toContain('details-missing');
    gate.details(serial, ['household'], { household: 'home' });
    expect(gate.state.detailsOwed).toEqual([]);
    expect(alarms(gate)).not.toContain('details-missing');
    expect(isolated(gate, 'home')).toBe(true);
  });

  test('of two is each one’s own: the household of the first is isolated, too', () => {
    const gate = onDuty();
    const first = returned(gate, 'wife', { daysBack: 3 });
    const second = returned(gate, 'husband');
    gate.details(first, ['household'], { household: 'one' });
    gate.details(second, ['household'], { household: 'other' });
    expect(untilOf(gate, 'one')).toBe(untilOf(gate, 'wife'));
    expect(untilOf(gate, 'other')).toBe(untilOf(gate, 'husband'));
    expect(untilOf(gate, 'one')).not.toBe(untilOf(gate, 'other'));
  });

  test('a household that is isolated already is isolated for as long as the last of it', () => {
    const gate = onDuty();
    gate.details(returned(gate, 'wife', { daysBack: 13 }), ['household'], { household: 'home' });
    gate.details(returned(gate, 'husband'), ['household'], { household: 'home' });
    expect(untilOf(gate, 'home')).toBe(untilOf(gate, 'husband'));
  });

  test('is entered by a guard on duty, and by nobody else', () => {
    const gate = onDuty();
    const serial = returned(gate, 'r');
    gate.wait(12 * 3_600_000);
    expect(gate.state.duty).toBeNull();
    gate.details(serial, ['household'], { household: 'home' });
    expect(isolated(gate, 'home')).toBe(false);
    expect(gate.state.detailsOwed).toHaveLength(1);
    expect(gate.records.some(({ type }) => type === 'details')).toBe(false);
    expect(gate.state.feedback?.code).toBe('nobody-on-duty');
  });
});

describe('staff back from outside', () => {
  const leaves = (entries: Hands): string => {
    const gate = new Hands(out);
    gate.give({ type: 'known', entries: entries.told() });
    gate.show(form('staff'));
    gate.show(code('staff'));
    gate.measure(healthy);
    return gate.decision();
  };

  test('do not leave on their form: the campus id is asked for, and isolated', () => {
    const gate = onDuty();
    const serial = returned(gate, 'r', { rule: 'returning-staff' });
    expect(gate.state.detailsOwed[0]?.fields).toContain('campus-id');
    gate.details(serial, ['campus-id'], { campusId: 'staff' });
    expect(untilOf(gate, 'staff')).toBe(untilOf(gate, 'r'));
    expect(leaves(gate)).toBe('refer isolation');
  });

  test('nor where it was entered before the grant, or while the lane was open', () => {
    const early = onDuty();
    returned(early, 'r', {
      rule: 'returning-staff',
      before: (gate, serial) => gate.details(serial, ['campus-id'], { campusId: 'staff' }),
    });
    expect(leaves(early)).toBe('refer isolation');
    const late = onDuty();
    const serial = granted(late, 'r', { rule: 'returning-staff' });
    late.commit();
    late.details(serial, ['campus-id'], { campusId: 'staff' });
    late.pass();
    expect(leaves(late)).toBe('refer isolation');
  });

  test('tenants are not asked for one', () => {
    const gate = onDuty();
    returned(gate, 'r');
    expect(gate.state.detailsOwed[0]?.fields).not.toContain('campus-id');
  });
});

describe('isolation begins with the passage', () => {
  test('who does not come is not isolated, nor after a restart', () => {
    const gate = onDuty();
    granted(gate, 'r');
    gate.commit();
    gate.wait(6_000);
    expect(gate.passage()).toBe('no-show');
    expect(isolated(gate, 'r')).toBe(false);
    expect(gate.told()).toEqual([]);
    expect(usesOf(gate)).toEqual(['uncertain r', 'return r']);
  });

  test('who passes is, here, for the other gates, and after a restart', () => {
    const gate = onDuty();
    returned(gate, 'r');
    expect(isolated(gate, 'r')).toBe(true);
    expect(gate.told().map(({ type }) => type)).toContain('isolation');
    expect(usesOf(gate)).toEqual(['uncertain r', 'know r']);
  });

  test('of whom a power cut left open whether they passed counts as isolated, and is no ticket', () => {
    const entry = {
      type: 'isolation',
      key: 'r',
      until: '2020-02-26T16:00:00.000Z',
      at: '2020-02-12T01:00:00.000Z',
    } as const;
    const gate = new Hands(out);
    const standing = { lockdown: false, floorMs: null };
    const uses = [{ entry, state: 'uncertain' as const }];
    gate.give({
      type: 'boot',
      uses,
      endedCleanly: false,
      reason: 'power-lost',
      version: 'test',
      standing,
    });
    expect(isolated(gate, 'r')).toBe(true);
    expect(alarms(gate)).not.toContain('ticket-uncertain');
  });

  function usesOf(gate: Hands): string[] {
    return gate.effects
      .flatMap((effect) => (effect.type === 'append' ? effect.uses : []))
      .filter(({ entry }) => entry.type === 'isolation')
      .map(({ op, entry }) => `${op} ${entry.key}`);
  }
});

describe('a temperature typed at the booth', () => {
  test('takes a grant back that has not opened, where it is a fever', () => {
    const gate = onDuty();
    gate.show(form('a'));
    gate.show(code('a'));
    gate.measure(healthy);
    const { lane } = gate.state;
    if (lane.name !== 'committing') throw new Error(lane.name);
    gate.details(1, ['temperature'], { bodyCentidegrees: 3_850 });
    expect(gate.decision()).toBe('refer fever');
    gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 9 });
    expect(gate.pulses()).toBe(0);
    expect(gate.passage()).toBe('not-opened');
  });

  test('does not take back the guard’s own opening', () => {
    const gate = onDuty();
    gate.show(form('a'));
    gate.press('open');
    gate.details(1, ['temperature'], { bodyCentidegrees: 3_850 });
    gate.commit();
    expect(gate.pulses()).toBe(1);
  });

  test('lifts a fever’s referral and no other, nor a hold', () => {
    const changing = onDuty();
    for (const who of ['a', 'b', 'c', 'me']) changing.show(form(who));
    expect(changing.state.attempt?.standing).toMatchObject({ reasons: ['identity-changes'] });
    const { attemptSerial } = changing.state;
    changing.details(attemptSerial, ['temperature'], { bodyCentidegrees: healthy });
    changing.show(code('me'));
    expect(changing.state.attempt?.standing).toMatchObject({ reasons: ['identity-changes'] });
    expect(changing.state.lane.name).toBe('locked');

    const held = onDuty();
    held.show(code('s', 'student'));
    const count = held.records.length;
    held.details(1, ['temperature'], { bodyCentidegrees: healthy });
    expect(held.state.attempt?.standing.type).toBe('held');
    expect(held.records.slice(count).map(({ type }) => type)).toEqual(['details']);

    const ill = onDuty();
    ill.show(form('a'));
    ill.show(code('a'));
    ill.measure(3_810);
    ill.wait(121_000);
    ill.details(1, ['temperature'], { bodyCentidegrees: healthy });
    expect(ill.decision()).toBe('grant duty-staff');
  });
});

test('a withdrawn opening of a rule is not forgotten for the guard’s many', () => {
  const gate = new Hands(out);
  gate.badge();
  const paper = ticket('h');
  gate.show(pass('h'));
  gate.show(paper);
  gate.measure(healthy);
  const { lane } = gate.state;
  if (lane.name !== 'committing') throw new Error(lane.name);
  gate.press('refuse');
  for (let presses = 0; presses < 70; presses += 1) {
    gate.press('open');
    gate.press('refuse');
  }
  gate.give({ type: 'committed', id: lane.grant.id, lastSeq: 9 });
  expect(findUse(gate.state.known, 'ticket', paper.id, 'out')).toBeNull();
});
