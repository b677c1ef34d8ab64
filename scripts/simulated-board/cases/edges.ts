/** Edges of the attempt and of the days: alternating people, silence, midnight, lost tickets, parts. */
import { type Case, healthy, residentShows, staffIsGranted } from './case.js';

const attempt = { rule: 'attempt', clause: '身份必问', gate: 'in' } as const;
const ticket = { rule: 'resident', clause: '七.1', gate: 'out' } as const;
const lane = { rule: 'lane', clause: '进口必拦', gate: 'in' } as const;
const part = { rule: 'part', clause: '进口必拦', gate: 'in' } as const;
const clock = { rule: 'clock', clause: '进口必拦', gate: 'in' } as const;

export const edgeCases: readonly Case[] = [
  {
    ...attempt,
    name: 'two people alternate: three changes of identity in a minute',
    expected: 'refer identity-changes',
    async play({ in: gate }, { campusId, otherCampusId }) {
      for (let turn = 0; turn < 2; turn += 1) {
        await gate.scan(gate.papers.form(campusId));
        await gate.scan(gate.papers.form(otherCampusId));
      }
      await gate.scan(gate.papers.code(otherCampusId));
      await gate.measure(healthy);
    },
  },
  {
    ...attempt,
    gate: 'out',
    name: 'referred for ten minutes, then the lane is free for others',
    expected: 'refer incomplete',
    async play({ out: gate }, { household }) {
      await gate.scan(gate.papers.pass(household));
      await gate.pause(31_000);
      await gate.pause(590_000);
      if (gate.state().attempt === null) throw new Error('sent away too early');
      await gate.pause(11_000);
      if (gate.state().attempt !== null) throw new Error('referred for ever');
    },
  },
  {
    ...attempt,
    name: 'an ID card and the staff code of somebody else: looked at by the guard',
    expected: 'refer holder-unnamed',
    async play({ in: gate }, { person, campusId }) {
      await gate.laysCard(person);
      await gate.scan(gate.papers.code(campusId));
      await gate.scan(gate.papers.form(campusId));
      await gate.measure(healthy);
    },
  },
  {
    ...ticket,
    name: 'in the last second of its second day',
    expected: 'grant resident, passed',
    async play(stages, { household }) {
      const { out } = stages;
      const paper = out.papers.ticket(household);
      await stages.sleep(24);
      await stages.sleepUntil('23:59:50');
      out.begin();
      await residentShows(out, household, paper);
      await out.walk();
    },
  },
  {
    ...ticket,
    name: 'midnight: one second later it is over',
    expected: 'refer outside-window',
    async play(stages, { household }) {
      const { out } = stages;
      const paper = out.papers.ticket(household);
      await stages.sleep(24);
      await stages.sleepUntil('23:59:59');
      await out.pause(1_500);
      out.begin();
      await residentShows(out, household, paper);
    },
  },
  {
    ...ticket,
    gate: 'in',
    name: 're-entry until 24 hours after its two days',
    expected: 'grant resident, passed',
    async play(stages, { household }) {
      const { in: gate, out } = stages;
      const paper = out.papers.ticket(household, 0, { until: 4 * 86_400 - 100 });
      await residentShows(out, household, paper);
      await out.walk();
      await stages.sleep(48);
      await stages.sleepUntil('23:59:40');
      gate.begin();
      await residentShows(gate, household, paper);
      await gate.walk();
    },
  },
  {
    ...ticket,
    gate: 'in',
    name: 'and no longer: the guard asks',
    expected: 'refer outside-window',
    async play(stages, { household }) {
      const { in: gate, out } = stages;
      const paper = out.papers.ticket(household, 0, { until: 4 * 86_400 - 100 });
      await residentShows(out, household, paper);
      await out.walk();
      await stages.sleep(48);
      await stages.sleepUntil('23:59:59');
      await gate.pause(1_500);
      gate.begin();
      await residentShows(gate, household, paper);
    },
  },
  {
    ...ticket,
    name: 'a lost ticket, revoked: the replacement serves',
    expected: 'grant resident, passed',
    async play({ out }, { household }) {
      const lost = out.papers.ticket(household);
      await out.scan(lost);
      await out.press('refuse');
      out.papers.revoke(lost);
      out.begin();
      await residentShows(out, household, out.papers.ticket(household));
      await out.walk();
    },
  },
  {
    ...ticket,
    name: 'its exit is spent: the replacement does not give it back',
    expected: 'refer already-used',
    async play({ out }, { household }) {
      const lost = out.papers.ticket(household);
      await residentShows(out, household, lost);
      await out.walk();
      out.papers.revoke(lost);
      out.begin();
      await residentShows(out, household, out.papers.ticket(household));
    },
  },
  {
    ...ticket,
    gate: 'in',
    name: 'and its re-entry is inherited',
    expected: 'grant resident, passed',
    async play({ in: gate, out }, { household }) {
      const lost = out.papers.ticket(household);
      await residentShows(out, household, lost);
      await out.walk();
      out.papers.revoke(lost);
      await residentShows(gate, household, gate.papers.ticket(household));
      await gate.walk();
    },
  },
  {
    ...lane,
    name: 'somebody comes through against the direction',
    expected: 'reverse',
    async play({ in: gate }) {
      await gate.walkBack();
    },
  },
  {
    ...part,
    name: 'no card reader: who shows an ID card is the guard’s; staff go on',
    expected: 'grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      gate.board.reader.setFault({ type: 'deaf' });
      await gate.pause(10_000);
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...clock,
    name: 'holdover: the clock was set a while ago',
    expected: 'grant duty-staff, passed',
    async play({ in: gate, setClock }, { campusId }) {
      setClock('holdover');
      await staffIsGranted(gate, campusId);
      await gate.walk();
    },
  },
  {
    ...clock,
    name: 'conflict: nobody goes by itself',
    expected: 'refer clock-untrusted',
    async play({ in: gate, setClock }, { campusId }) {
      setClock('conflict');
      await staffIsGranted(gate, campusId);
    },
  },
  {
    ...clock,
    name: 'somebody sets the clock two days ahead',
    expected: 'refer clock-untrusted',
    async play({ in: gate, stepClock }, { campusId }) {
      const papers = [gate.papers.form(campusId), gate.papers.code(campusId)];
      stepClock(2 * 86_400_000);
      for (const paper of papers) await gate.scan(paper);
      await gate.measure(healthy);
      stepClock(-2 * 86_400_000);
    },
  },
];
