/** Residents (七.1): pass, ticket, the known exit, and a ticket that serves once a direction. */
import { type Case, residentShows } from './case.js';

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
    name: 'comes in, exit unknown: back from elsewhere?',
    gate: 'in',
    expected: 'refer exit-unknown',
    play: ({ in: gate }, { household }) =>
      residentShows(gate, household, gate.papers.ticket(household)),
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
    name: 'second ticket of a household',
    expected: 'refer second-ticket',
    async play({ out }, { household }) {
      await residentShows(out, household, out.papers.ticket(household, -1));
      await out.walk();
      out.begin();
      await residentShows(out, household, out.papers.ticket(household));
    },
  },
  {
    ...base,
    name: 'pass of one household, ticket of another',
    expected: 'refer incomplete',
    async play({ out }, { household }) {
      await residentShows(out, household, out.papers.ticket(`${household}-x`));
      await out.pause(31_000);
    },
  },
  {
    ...base,
    name: 'pass without a ticket',
    expected: 'refer incomplete',
    async play({ out }, { household }) {
      await out.scan(out.papers.pass(household));
      await out.pause(31_000);
    },
  },
  {
    ...base,
    name: 'nobody walks through: the ticket still serves',
    expected: 'grant resident, no-show, passed',
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
    name: 'power cut between grant and passage: the guard decides',
    expected: 'refer ticket-uncertain',
    async play({ out, powerCut }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await powerCut('out');
      out.begin();
      await residentShows(out, household, ticket);
    },
  },
];
