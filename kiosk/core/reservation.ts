/** A grant's ticket: reserved with it, spent by the passage, given back by a no-show (law 3). */
import { findUse, putUse, returnUse } from './known.js';
import type { Grant } from './state.js';
import { set, type Turn } from './turn.js';

/** The passage has been sensed, or could not be: the ticket is spent, and the other gates hear of it. */
export function spendTicket(turn: Turn, { ticket }: Grant): void {
  if (ticket === null) return;
  set(turn, { known: putUse(turn.state.known, ticket, 'spent') });
  turn.uses.push({ op: 'spend', entry: ticket });
  turn.effects.push({ type: 'tell', entries: [ticket] });
}

/** Nobody passed: the ticket serves again, unless another gate has told of a use there. */
export function returnTicket(turn: Turn, { ticket }: Grant): void {
  if (ticket === null) return;
  set(turn, { known: returnUse(turn.state.known, ticket) });
  turn.uses.push({ op: 'return', entry: ticket });
}

/** A failed transaction reserved nothing; an `already-reserved` one tells that another grant did. */
export function forgetReservation(turn: Turn, { ticket }: Grant, why: string): void {
  if (ticket === null) return;
  const { known } = turn.state;
  const isDoubtful =
    why === 'already-reserved' &&
    findUse(known, 'ticket', ticket.key, ticket.direction)?.elsewhere === false;
  set(turn, {
    known: isDoubtful ? putUse(known, ticket, 'uncertain') : returnUse(known, ticket),
  });
}
