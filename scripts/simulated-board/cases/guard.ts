/** The guard: duty, OPEN, REFUSE, LOCKDOWN, children, retests, and what became of a ticket. */
import { type Case, confirms, feverish, healthy, residentShows, staffIsGranted } from './case.js';

const guard = { rule: 'guard', clause: '门卫', gate: 'in' } as const;
const open = { rule: 'open', clause: '八', gate: 'in' } as const;
const lockdown = { rule: 'lockdown', clause: '进口必拦', gate: 'in' } as const;
const fever = { rule: 'fever', clause: '体温必测', gate: 'in' } as const;
const ticket = { rule: 'resident', clause: '七.1', gate: 'out' } as const;

export const guardCases: readonly Case[] = [
  {
    ...open,
    name: 'OPEN with nobody on duty opens nothing',
    expected: 'nothing',
    async play(stages) {
      // Whoever was on duty is not any more: a badge is good for twelve hours.
      await stages.sleep(13);
      stages.in.begin();
      await stages.in.press('open');
      await stages.in.walk();
    },
  },
  {
    ...guard,
    name: 'a badge on the public side alone puts nobody on duty',
    expected: 'nothing',
    async play({ in: gate }, { guardId }) {
      await gate.scan(gate.papers.guardBadge(guardId));
      await gate.press('open');
      await gate.walk();
    },
  },
  {
    ...guard,
    name: 'a badge that has run out puts nobody on duty',
    expected: 'nothing',
    async play({ in: gate }, { guardId }) {
      await gate.hold('next');
      await gate.scan(gate.papers.guardBadge(guardId, { from: -7_200, until: -1 }));
      await gate.release('next');
      await gate.press('open');
    },
  },
  {
    ...open,
    name: 'OPEN: one passage, the reason said afterwards',
    expected: 'open unspecified, for urgent-need, passed',
    async play({ in: gate }, { guardId }) {
      await gate.badge(guardId);
      await gate.press('open');
      await gate.walk();
      await confirms(gate, 'reason:urgent-need');
    },
  },
  {
    ...open,
    name: 'OPEN from the booth’s keyboard',
    expected: 'open unspecified, passed',
    async play({ in: gate }, { guardId }) {
      await gate.badge(guardId);
      await gate.key('open');
      await gate.walk();
    },
  },
  {
    ...open,
    name: 'OPEN on a full disk: opens, and is written later',
    expected: 'open unspecified, passed',
    async play({ in: gate }, { guardId }) {
      await gate.badge(guardId);
      gate.board.disk.fail('disk-full');
      await gate.press('open');
      await gate.walk();
      gate.board.disk.heal();
      await gate.pause(3_000);
      if (gate.state().unwritten.failed.length > 0) throw new Error('still unwritten');
    },
  },
  {
    ...open,
    name: 'an approved student: held, then let in by the guard',
    expected: 'deny student, open unspecified, for student-approved, passed',
    async play({ in: gate }, { campusId, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.studentCode(campusId));
      await gate.press('open');
      await gate.walk();
      await confirms(gate, 'reason:student-approved');
    },
  },
  {
    ...open,
    gate: 'out',
    name: 'whose paper has run out inside: registered and let out',
    expected: 'refer expired, open unspecified, for registered-by-hand, passed',
    async play({ out: gate }, { campusId, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.form(campusId, { from: -7_200, until: -1 }));
      await gate.press('open');
      await gate.walk();
      await confirms(gate, 'reason:registered-by-hand');
    },
  },
  {
    ...guard,
    name: 'REFUSE ends the attempt',
    expected: 'guard refuses',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.press('refuse');
    },
  },
  {
    ...guard,
    name: 'ACCOMPANIED: a child behind its adult',
    expected: 'grant duty-staff, open accompanied, passed, passed',
    async play({ in: gate }, { campusId, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await confirms(gate, 'accompanied:1');
      await gate.measure(healthy);
      gate.board.turnstile.walk();
      await gate.pause(500);
      // The relay's owner counts real time: its first pulse ends before the next may begin.
      await gate.waitFor(() => gate.trace().records.some(({ event }) => event === 'pulse-ended'));
      await gate.pause(1_500);
      await gate.walk();
    },
  },
  {
    ...lockdown,
    name: 'stops entry; the button held anew lets it go on',
    expected: 'grant duty-staff, lockdown, entry goes on, passed',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await gate.press('lockdown');
      await staffIsGranted(gate, otherCampusId);
      await gate.press('lockdown', 1_500);
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...lockdown,
    gate: 'out',
    name: 'a way out stays a way out',
    expected: 'grant duty-staff, lockdown, entry goes on, passed',
    async play({ out: gate }, { campusId }) {
      await gate.press('lockdown');
      await staffIsGranted(gate, campusId);
      await gate.walk();
      await gate.press('lockdown', 1_500);
    },
  },
  {
    ...lockdown,
    name: 'outlives a power cut; OPEN does not go over it',
    expected: 'entry goes on',
    async play({ in: gate, powerCut }, { campusId, guardId }) {
      await gate.press('lockdown');
      await gate.pause(1_000);
      await powerCut('in');
      gate.begin();
      if (gate.state().lane.name !== 'lockdown') throw new Error('the lockdown is forgotten');
      await gate.badge(guardId);
      await gate.press('open');
      await staffIsGranted(gate, campusId);
      await gate.press('lockdown');
      await gate.press('lockdown', 1_500);
    },
  },
  {
    ...lockdown,
    name: 'EMERGENCY goes over it',
    expected: 'lockdown, entry goes on, emergency, released, locked',
    async play({ in: gate }) {
      await gate.press('lockdown');
      await gate.press('emergency');
      await gate.walk();
      await gate.pause(121_000);
      await gate.press('lockdown', 1_500);
    },
  },
  {
    ...fever,
    name: 'retest after two minutes: normal',
    expected: 'grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      const form = gate.papers.form(campusId);
      await gate.scan(form);
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(feverish);
      await gate.pause(121_000);
      await gate.scan(form);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
  {
    ...fever,
    name: 'retest too soon counts for nothing',
    expected: 'refer fever',
    async play({ in: gate }, { campusId }) {
      const form = gate.papers.form(campusId);
      await gate.scan(form);
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(feverish);
      await gate.pause(60_000);
      await gate.scan(form);
      await gate.measure(healthy);
    },
  },
  {
    ...fever,
    name: 'two retests, and no third within the hour',
    expected: 'refer fever',
    async play({ in: gate }, { campusId }) {
      const form = gate.papers.form(campusId);
      await gate.scan(form);
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(feverish);
      for (const celsius of [feverish, feverish, healthy]) {
        await gate.pause(121_000);
        await gate.scan(form);
        await gate.measure(celsius);
      }
    },
  },
  {
    ...fever,
    name: 'measured by hand after the pause: normal',
    expected: 'grant duty-staff, passed',
    async play({ in: gate }, { campusId, guardId }) {
      await gate.badge(guardId);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(feverish);
      await gate.pause(121_000);
      await confirms(gate, 'temperature:normal');
      await gate.walk();
    },
  },
  {
    ...fever,
    name: 'coming back as somebody new is no way around it',
    expected: 'refer fever',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(feverish);
      await gate.press('refuse');
      gate.begin();
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
    },
  },
  {
    ...ticket,
    name: 'ticket uncertain after a power cut: nobody passed, says the guard',
    expected: 'grant resident, passed',
    async play({ out, powerCut }, { household, guardId }) {
      const paper = out.papers.ticket(household);
      await residentShows(out, household, paper);
      await powerCut('out');
      await out.badge(guardId);
      await residentShows(out, household, paper);
      await confirms(out, 'ticket:unused');
      await out.walk();
    },
  },
  {
    ...ticket,
    name: 'ticket uncertain after a power cut: somebody passed, says the guard',
    expected: 'refer already-used',
    async play({ out, powerCut }, { household, guardId }) {
      const paper = out.papers.ticket(household);
      await residentShows(out, household, paper);
      await powerCut('out');
      await out.badge(guardId);
      await residentShows(out, household, paper);
      await confirms(out, 'ticket:used');
    },
  },
];
