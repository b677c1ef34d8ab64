/** The guard opens (八): OPEN with its reasons, on any disk; who is let out by hand; a child. */
import type { Case } from './case.js';
import { guardComes, hasExpired, healthy, staffIsGranted } from './shows.js';

const duty = { rule: 'guard', clause: '八', gate: 'in' } as const;

export const openingCases: readonly Case[] = [
  {
    ...duty,
    name: 'nobody on duty: OPEN and CONFIRM do nothing',
    expected: 'open nobody-on-duty, confirm nobody-on-duty',
    async play({ in: gate, powerCut }) {
      await powerCut('in');
      gate.begin();
      await gate.press('open');
      await gate.press('confirm');
    },
  },
  {
    ...duty,
    name: 'OPEN, and the reason said afterwards by NEXT and CONFIRM',
    gate: 'out',
    expected: 'refer expired, opened by the guard, passed, reason urgent-need',
    async play({ out }, { guardId, campusId }) {
      await guardComes(out, guardId);
      await out.scan(out.papers.form(campusId, hasExpired));
      await out.press('open');
      await out.walk();
      await out.confirm('reason:urgent-need');
    },
  },
  {
    ...duty,
    name: 'OPEN by the keyboard of the booth',
    expected: 'opened by the guard, passed',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      await gate.key('open');
      await gate.walk();
    },
  },
  {
    ...duty,
    name: 'OPEN on a full disk: opens first, recorded later',
    expected: 'opened by the guard, passed',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      await gate.diskFails('disk-full');
      await gate.press('open');
      await gate.walk();
      await gate.waitFor(() => !gate.board.isWriting());
      await gate.diskHeals();
    },
  },
  {
    ...duty,
    name: 'OPEN on a disk that stalls: opens after the deadline',
    expected: 'opened by the guard, passed',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      await gate.diskFails('stalls');
      gate.board.panel.press('open');
      await gate.waitFor(() => gate.board.turnstile.isUnlocked());
      gate.board.turnstile.walk();
      await gate.waitFor(() => gate.state().lane.name === 'settling');
      await gate.diskHeals();
    },
  },
  {
    ...duty,
    name: 'OPEN while a grant is under way',
    expected: 'grant duty-staff, open lane-busy, passed',
    async play({ in: gate }, { guardId, campusId }) {
      await guardComes(gate, guardId);
      await staffIsGranted(gate, campusId);
      await gate.press('open');
      await gate.walk();
    },
  },
  {
    ...duty,
    name: 'a child behind its adult: ACCOMPANIED',
    expected: 'child allowed, grant resident, passed, opened accompanied, passed',
    gate: 'out',
    async play({ out }, { household, guardId }) {
      await guardComes(out, guardId);
      await out.scan(out.papers.pass(household));
      await out.confirm('accompanied:1');
      await out.measure(healthy);
      await out.scan(out.papers.ticket(household));
      await out.walk();
      await out.walk();
    },
  },
  {
    ...duty,
    name: 'nobody’s paper, entered by hand and let out',
    gate: 'out',
    expected: 'refer bad-prefix, details, opened by the guard, reason registered-by-hand, passed',
    async play({ out }, { person, guardId }) {
      await guardComes(out, guardId);
      await out.scan('https://example.com/pay?id=8841');
      await out.details({ name: person.name, 'id-number': person.number, phone: '0451-000000' });
      await out.press('open');
      await out.confirm('reason:registered-by-hand');
      await out.walk();
    },
  },
  {
    ...duty,
    name: 'an ID number entered with a slip in it is not taken',
    gate: 'out',
    expected: 'refer bad-prefix',
    async play({ out }, { person }) {
      await out.scan('https://example.com/pay?id=8841');
      const { number } = person;
      const slip = number.slice(0, -1) + (number.endsWith('0') ? '1' : '0');
      await out.details({ 'id-number': slip });
    },
  },
];
