/** The lane (进口必拦): what is sensed is what is recorded. */
import type { Case } from './case.js';
import { guardComes, healthy, residentShows, staffIsGranted } from './shows.js';

const lane = { rule: 'lane', clause: '进口必拦', gate: 'in' } as const;

export const laneCases: readonly Case[] = [
  {
    ...lane,
    name: 'nobody walks through',
    expected: 'grant duty-staff, no-show',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      await gate.pause(6_500);
    },
  },
  {
    ...lane,
    name: 'two walk through on one grant',
    expected: 'grant duty-staff, passed, tailgate',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      gate.board.turnstile.walk();
      await gate.pause(450);
      await gate.walk();
    },
  },
  {
    ...lane,
    name: 'somebody forces the locked arm',
    expected: 'forced',
    async play({ in: gate }) {
      gate.board.turnstile.force();
      await gate.pause(1_000);
    },
  },
  {
    ...lane,
    name: 'somebody comes against the lane’s direction',
    expected: 'reverse',
    play: ({ in: gate }) => gate.walkBack(),
  },
  {
    ...lane,
    name: 'turns back in the arm: the ticket still serves',
    gate: 'out',
    expected: 'grant resident, turned-back, no-show, grant resident, passed',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      out.board.turnstile.walk();
      await out.pause(200);
      await out.walkBack();
      await out.pause(5_000);
      await residentShows(out, household, ticket);
      await out.walk();
    },
  },
  {
    ...lane,
    name: 'turns back in the arm and walks on: the ticket is spent',
    gate: 'out',
    expected: 'grant resident, turned-back, passed, refer already-used',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      out.board.turnstile.walk();
      await out.pause(200);
      await out.walkBack();
      await out.walk();
      await out.pause(5_000);
      await out.scan(ticket);
    },
  },
  {
    ...lane,
    name: 'an adult with a child turns back: nobody is opened for',
    gate: 'out',
    expected: 'child allowed, grant resident, turned-back, no-show',
    async play({ out }, { household, guardId }) {
      await guardComes(out, guardId);
      await out.scan(out.papers.pass(household));
      await out.confirm('accompanied:1');
      await out.measure(healthy);
      await out.scan(out.papers.ticket(household));
      out.board.turnstile.walk();
      await out.pause(200);
      await out.walkBack();
      await out.pause(10_000);
    },
  },
  {
    ...lane,
    name: 'the arm left standing open',
    expected: 'grant duty-staff, passed-slowly, arm-standing, turnstile degraded, turnstile ok',
    async play({ in: gate }, { campusId }) {
      await staffIsGranted(gate, campusId);
      gate.board.turnstile.jam(true);
      await gate.pause(40_000);
      gate.board.turnstile.jam(false);
      await gate.pause(5_000);
    },
  },
  {
    ...lane,
    name: 'turnstile stuck: no automatic grant, but the guard’s word',
    expected: 'refer part-failed, opened by the guard',
    async play({ in: gate }, { campusId, guardId }) {
      await guardComes(gate, guardId);
      gate.board.turnstile.jam(true, 'reverse');
      await gate.pause(40_000);
      gate.begin();
      await staffIsGranted(gate, campusId);
      await gate.press('open');
      await gate.pause(3_000);
    },
  },
  {
    ...lane,
    name: 'the next one shows everything while the arm still turns',
    expected: 'grant duty-staff, passed, grant duty-staff, passed',
    async play({ in: gate }, { campusId, otherCampusId }) {
      await staffIsGranted(gate, campusId);
      await gate.walk();
      await staffIsGranted(gate, otherCampusId);
      await gate.walk();
    },
  },
];
