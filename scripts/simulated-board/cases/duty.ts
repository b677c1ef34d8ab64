/** The guard (八): who is on duty, OPEN with its reasons, CONFIRM, REFUSE, and what only a guard may do. */
import type { Case } from './case.js';
import {
  guardComes,
  hasExpired,
  healthy,
  residentShows,
  silentMs,
  staffIsGranted,
} from './shows.js';

const duty = { rule: 'guard', clause: '八', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';

export const dutyCases: readonly Case[] = [
  {
    ...duty,
    name: 'badge scanned while NEXT is held: on duty',
    expected: 'on duty',
    play: ({ in: gate, powerCut }, { guardId }) =>
      powerCut('in').then(() => {
        gate.begin();
        return gate.badge(guardId);
      }),
  },
  {
    ...duty,
    name: 'badge on the public side, NEXT not held: an alarm',
    expected: 'badge-without-next',
    play: ({ in: gate }, { guardId }) => gate.scan(gate.papers.guardBadge(guardId)),
  },
  {
    ...duty,
    name: 'a badge signed by a stranger is any other forged paper',
    expected: 'deny unknown-key',
    async play({ in: gate }, { guardId }) {
      await gate.hold('next');
      await gate.scan(gate.papers.guardBadge(guardId, { by: 'stranger' }));
      await gate.release('next');
    },
  },
  {
    ...duty,
    name: 'expired badge',
    expected: 'badge expired',
    async play({ in: gate }, { guardId }) {
      await gate.hold('next');
      await gate.scan(gate.papers.guardBadge(guardId, hasExpired));
      await gate.release('next');
    },
  },
  {
    ...duty,
    name: 'badge issued for longer than twelve hours',
    expected: 'badge lifetime-too-long',
    async play({ in: gate }, { guardId }) {
      await gate.hold('next');
      await gate.scan(gate.papers.guardBadge(guardId, { until: 43_201 }));
      await gate.release('next');
    },
  },
  {
    ...duty,
    name: 'the next guard relieves; a badge ends no attempt',
    expected: `off duty, on duty, ${granted}`,
    async play({ in: gate }, { guardId, campusId }) {
      await guardComes(gate, `${guardId}-1`);
      await gate.scan(gate.papers.form(campusId));
      await gate.badge(`${guardId}-2`);
      await gate.measure(healthy);
      await gate.scan(gate.papers.code(campusId));
      await gate.walk();
    },
  },
  {
    ...duty,
    name: 'the badge ends in the middle of the duty',
    expected: 'on duty, off duty, open nobody-on-duty',
    async play({ in: gate, powerCut }, { guardId }) {
      await powerCut('in');
      gate.begin();
      await gate.hold('next');
      await gate.scan(gate.papers.guardBadge(guardId, { until: 300 }));
      await gate.release('next');
      await gate.pause(301_000);
      await gate.press('open');
    },
  },
  {
    ...duty,
    name: 'REFUSE ends the attempt; the next one begins anew',
    expected: `refused by the guard, ${granted}`,
    async play({ in: gate }, { campusId, otherCampusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.press('refuse');
      await staffIsGranted(gate, otherCampusId);
      await gate.walk();
    },
  },
  {
    ...duty,
    name: 'REFUSE takes back a grant that is being written',
    expected: 'grant duty-staff, refused by the guard, not-opened',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
      await gate.diskFails('stalls');
      gate.board.scan(gate.papers.code(campusId));
      await gate.waitFor(() => gate.state().lane.name === 'committing');
      gate.board.panel.press('refuse');
      await gate.waitFor(() => gate.state().attempt === null);
      await gate.diskHeals();
    },
  },
  {
    ...duty,
    name: 'CONFIRM before it has been shown for a second',
    expected: 'refer exit-unknown, confirm not-shown-long-enough',
    async play({ in: gate }, { household, guardId }) {
      await guardComes(gate, guardId);
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
      await gate.scan(gate.papers.ticket(household));
      await gate.press('confirm');
    },
  },
  {
    ...duty,
    name: 'CONFIRM with nothing to confirm',
    expected: 'confirm nothing-to-confirm',
    async play({ in: gate }, { guardId }) {
      await guardComes(gate, guardId);
      await gate.press('confirm');
    },
  },
  {
    ...duty,
    name: 'referred for ten minutes, then the attempt is over',
    gate: 'out',
    expected: 'refer incomplete, given up',
    async play({ out }, { household }) {
      await out.scan(out.papers.pass(household));
      await out.pause(silentMs + 590_000);
      await out.pause(20_000);
    },
  },
  {
    ...duty,
    name: 'referred, but nine minutes later the guard is still asked',
    gate: 'in',
    expected: 'refer exit-unknown, attested not-returning, grant resident, passed',
    async play({ in: gate }, { household, guardId }) {
      await guardComes(gate, guardId);
      await residentShows(gate, household, gate.papers.ticket(household));
      await gate.pause(540_000);
      await gate.confirm('attest:not-returning');
      await gate.walk();
    },
  },
];
