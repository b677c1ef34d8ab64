/** Exit-entry tickets (七.1) over time: midnight in site time, re-entry, a second one, a lost one. */
import type { Case } from './case.js';
import { healthy, residentShows } from './shows.js';

const base = { rule: 'resident', clause: '七.1', gate: 'out' } as const;
/** First day of a ticket, counted from today. */
const untilTonight = -1;
const fromTomorrow = 1;

export const ticketCases: readonly Case[] = [
  {
    ...base,
    name: 'in the last second of the ticket’s second day',
    expected: 'grant resident, passed',
    async play({ out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, untilTonight);
      await sleepUntil('23:59:45');
      out.begin();
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await waitUntil('23:59:59');
      await out.scan(ticket);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'at the midnight that ends the ticket’s second day',
    expected: 'refer outside-window',
    async play({ out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, untilTonight);
      await sleepUntil('23:59:45');
      out.begin();
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await waitUntil('00:00:00');
      await out.scan(ticket);
    },
  },
  {
    ...base,
    name: 'the papers before that midnight, the decision after it',
    expected: 'refer outside-window',
    async play({ out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, untilTonight);
      await sleepUntil('23:59:45');
      out.begin();
      await out.scan(ticket);
      await out.scan(out.papers.pass(household));
      await waitUntil('00:00:00');
      await out.measure(healthy);
    },
  },
  {
    ...base,
    name: 'in the last second before the ticket’s first day',
    expected: 'refer outside-window',
    async play({ out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, fromTomorrow);
      await sleepUntil('23:59:45');
      out.begin();
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await waitUntil('23:59:59');
      await out.scan(ticket);
    },
  },
  {
    ...base,
    name: 'at the midnight that begins the ticket’s first day',
    expected: 'grant resident, passed',
    async play({ out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, fromTomorrow);
      await sleepUntil('23:59:45');
      out.begin();
      await out.scan(out.papers.pass(household));
      await out.measure(healthy);
      await waitUntil('00:00:00');
      await out.scan(ticket);
      await out.walk();
    },
  },
  {
    ...base,
    name: 're-entry in the last second of the 24 h after the window',
    gate: 'in',
    expected: 'grant resident, passed',
    async play({ in: gate, out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, untilTonight);
      await residentShows(out, household, ticket);
      await out.walk();
      await sleepUntil('23:59:45', 1);
      gate.begin();
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
      await waitUntil('23:59:59');
      await gate.scan(ticket);
      await gate.walk();
    },
  },
  {
    ...base,
    name: 're-entry a second later: the guard asks where from',
    gate: 'in',
    expected: 'refer outside-window',
    async play({ in: gate, out, sleepUntil, waitUntil }, { household }) {
      const ticket = out.papers.ticket(household, untilTonight);
      await residentShows(out, household, ticket);
      await out.walk();
      await sleepUntil('23:59:45', 1);
      gate.begin();
      await gate.scan(gate.papers.pass(household));
      await gate.measure(healthy);
      await waitUntil('00:00:00');
      await gate.scan(ticket);
    },
  },
];
