/** Residents (七.1): pass, ticket, the known exit, and a ticket that serves once a direction. */
import type { Case } from './case.js';
import { guardComes, hasExpired, healthy, residentShows, silentMs } from './shows.js';

const base = { rule: 'resident', clause: '七.1', gate: 'out' } as const;

export const residentCases: readonly Case[] = [
  {
    ...base,
    name: 'pass, temperature, ticket: goes shopping',
    expected: 'grant resident, passed',
    async play({ out }, { household }) {
      await residentShows(out, household, out.papers.ticket(household));
      await out.walk();
    },
  },
  {
    ...base,
    name: 'ticket, pass, temperature: any order',
    expected: 'grant resident, passed',
    async play({ out }, { household }) {
      await out.scan(out.papers.ticket(household));
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'comes back on the same ticket, at the other gate',
    gate: 'in',
    expected: 'grant resident, passed',
    async play({ in: gate, out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.walk();
      await residentShows(gate, household, ticket);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'ticket used twice on the way out',
    expected: 'refer already-used',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.walk();
      out.begin();
      await residentShows(out, household, ticket);
    },
  },
  {
    ...base,
    name: 'ticket used twice on the way in',
    gate: 'in',
    expected: 'deny already-used',
    async play({ in: gate, out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.walk();
      await residentShows(gate, household, ticket);
      await gate.walk();
      gate.begin();
      await residentShows(gate, household, ticket);
    },
  },
  {
    ...base,
    name: 'exit unknown, not back from elsewhere: the guard asked',
    gate: 'in',
    expected: 'refer exit-unknown, attested not-returning, grant resident, passed',
    async play({ in: gate }, { household, guardId }) {
      await guardComes(gate, guardId);
      await residentShows(gate, household, gate.papers.ticket(household));
      await gate.confirm('attest:not-returning');
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'exit unknown, and no guard to ask',
    gate: 'in',
    expected: 'refer exit-unknown, given up',
    async play({ in: gate }, { household }) {
      await residentShows(gate, household, gate.papers.ticket(household));
      await gate.pause(610_000);
    },
  },
  {
    ...base,
    name: 'pass that has run out, on the way in',
    gate: 'in',
    expected: 'deny expired',
    play: ({ in: gate }, { household }) => gate.scan(gate.papers.pass(household, hasExpired)),
  },
  {
    ...base,
    name: 'ticket of the day before yesterday',
    expected: 'refer outside-window',
    play: ({ out }, { household }) =>
      residentShows(out, household, out.papers.ticket(household, -2)),
  },
  {
    ...base,
    name: 'ticket for tomorrow',
    expected: 'refer outside-window',
    play: ({ out }, { household }) =>
      residentShows(out, household, out.papers.ticket(household, 1)),
  },
  {
    ...base,
    name: 'pass of one household, ticket of another',
    expected: 'next person, refer incomplete',
    async play({ out }, { household, otherHousehold }) {
      await residentShows(out, household, out.papers.ticket(otherHousehold));
      await out.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'pass without a ticket',
    expected: 'refer incomplete',
    async play({ out }, { household }) {
      await out.scan(out.papers.pass(household));
      await out.pause(silentMs);
    },
  },
  {
    ...base,
    name: 'nobody walks through: the ticket still serves',
    expected: 'grant resident, no-show, grant resident, passed',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.pause(6_500);
      await residentShows(out, household, ticket);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'power cut after the passage: what was used stays used',
    expected: 'refer already-used',
    async play({ out, powerCut }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.walk();
      await powerCut('out');
      out.begin();
      await residentShows(out, household, ticket);
    },
  },
  {
    ...base,
    name: 'power cut before the passage: nobody passed, says the guard',
    expected: 'refer ticket-uncertain, ticket not used, grant resident, passed',
    async play({ out, powerCut }, { household, guardId }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await powerCut('out');
      await guardComes(out, guardId);
      await residentShows(out, household, ticket);
      await out.confirm('ticket:unused');
      await out.walk();
    },
  },
  {
    ...base,
    name: 'power cut before the passage: somebody did, says the guard',
    expected: 'refer ticket-uncertain, ticket used, refer already-used',
    async play({ out, powerCut }, { household, guardId }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await powerCut('out');
      await guardComes(out, guardId);
      await residentShows(out, household, ticket);
      await out.confirm('ticket:used');
    },
  },
];
