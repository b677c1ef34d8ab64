/** A ticket that is not the only one (七.1): a second one, a lost one and its replacement, one used twice. */
import type { Case } from './case.js';
import { residentShows, silentMs } from './shows.js';

const base = { rule: 'resident', clause: '七.1', gate: 'out' } as const;
/** First day of a ticket, counted from today: it is good until tonight. */
const untilTonight = -1;

export const lostTicketCases: readonly Case[] = [
  {
    ...base,
    name: 'second ticket whose days overlap',
    expected: 'refer second-ticket',
    async play({ out }, { household }) {
      await residentShows(out, household, out.papers.ticket(household, untilTonight));
      await out.walk();
      out.begin();
      await residentShows(out, household, out.papers.ticket(household));
    },
  },
  {
    ...base,
    name: 'second ticket on the way in',
    gate: 'in',
    expected: 'refer second-ticket',
    async play({ in: gate, out }, { household }) {
      await residentShows(out, household, out.papers.ticket(household));
      await out.walk();
      await residentShows(gate, household, gate.papers.ticket(household));
    },
  },
  {
    ...base,
    name: 'the next ticket, but nobody has come back: out after out',
    expected: 'refer direction-repeated',
    async play({ out, sleep }, { household }) {
      await residentShows(out, household, out.papers.ticket(household, untilTonight));
      await out.walk();
      await sleep(24);
      out.begin();
      await residentShows(out, household, out.papers.ticket(household));
    },
  },
  {
    ...base,
    name: 'lost ticket, found by somebody: revoked',
    expected: 'refer revoked',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      out.papers.revoke(ticket);
      await out.scan(ticket);
    },
  },
  {
    ...base,
    name: 'lost before it served: the replacement counts in its place',
    expected: 'refer second-ticket, refused by the guard, grant resident, passed',
    async play({ out }, { household }) {
      const ticket = out.papers.ticket(household);
      const replacement = out.papers.ticket(household);
      await out.scan(out.papers.pass(household));
      await out.scan(ticket);
      await out.pause(silentMs);
      await out.press('refuse');
      out.begin();
      await residentShows(out, household, replacement);
      await out.press('refuse');
      out.papers.revoke(ticket);
      await residentShows(out, household, replacement);
      await out.walk();
    },
  },
  {
    ...base,
    name: 'lost outside: the replacement inherits the re-entry',
    gate: 'in',
    expected: 'grant resident, passed',
    async play({ in: gate, out }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.walk();
      out.papers.revoke(ticket);
      await residentShows(gate, household, gate.papers.ticket(household));
      await gate.walk();
    },
  },
  {
    ...base,
    name: 'lost after the exit: the replacement inherits no second exit',
    expected: 'refer already-used',
    async play({ out, in: gate }, { household }) {
      const ticket = out.papers.ticket(household);
      await residentShows(out, household, ticket);
      await out.walk();
      await residentShows(gate, household, ticket);
      await gate.walk();
      out.papers.revoke(ticket);
      out.begin();
      await residentShows(out, household, out.papers.ticket(household));
    },
  },
  {
    ...base,
    name: 'two gates that cannot hear each other take it: found later',
    gate: 'south',
    expected: 'others unheard, grant resident, passed, others heard, double-use',
    async play({ out, south, network }, { household }) {
      const ticket = out.papers.ticket(household);
      network.cut();
      await residentShows(out, household, ticket);
      await out.walk();
      await residentShows(south, household, ticket);
      await south.walk();
      network.mend();
      await south.pause(1_000);
    },
  },
];
