/** A grant's ticket: reserved with it, spent by the passage, given back by a no-show (law 3). */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { KnownEntry, Now } from '../../../config/vocabulary.js';
import type { DocumentEvidence } from '../evidence.js';
import { findUse, forgetUncertain, putUse, returnUse } from '../known/known.js';
import { note, raise, set, type Turn } from '../turn.js';
import type { Grant } from './lane-state.js';

/** The passage has been sensed, or could not be: the ticket is spent, and the other gates hear of it. */
export function spendTicket(turn: Turn, { ticket }: Grant): void {
  if (ticket === null) return;
  // Told of by another gate while the arm was open already: both have let somebody through.
  const use = findUse(turn.state.known, ticket.type, ticket.key, ticket.direction);
  if (use?.elsewhere) {
    const { key, direction, at } = ticket;
    note(turn, 'double-use', {
      paper: 'ticket',
      key,
      direction: direction ?? null,
      hereAt: at,
      elsewhereAt: null,
    });
    raise(turn, 'double-use');
  }
  set(turn, { known: putUse(turn.state.known, ticket, 'spent') });
  turn.uses.push({ op: 'spend', entry: ticket });
  turn.effects.push({ type: 'tell', entries: [ticket] });
}

/**
 * Nobody passed: the ticket serves again, unless another gate has told of a use there, and nobody has
 * come back who would be isolated.
 */
export function giveBack(turn: Turn, { ticket, isolations }: Grant): void {
  for (const entry of isolations) turn.uses.push({ op: 'return', entry });
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

/**
 * Who came back from outside is isolated from the passage on, and with them the household and the
 * campus id that the guard has entered since the grant.
 */
export function beginIsolation(turn: Turn, { isolations, attempt: serial }: Grant): void {
  const [first] = isolations;
  if (first === undefined) return;
  const { attempt } = turn.state;
  const entered = attempt?.serial === serial ? [attempt.household, attempt.campusId] : [];
  const tokens = new Set([...isolations.map(({ key }) => key), ...entered.flatMap(present)]);
  knowIsolated(
    turn,
    [...tokens].map((key) => ({ ...first, key })),
  );
}

/** The guard has entered somebody's household or campus id after the passage: isolated as long. */
export function isolateEntered(
  turn: Turn,
  serial: number,
  tokens: readonly (string | null)[],
): void {
  const until = turn.state.detailsOwed.find(({ attempt }) => attempt === serial)?.until ?? null;
  if (until === null) return;
  const at = formatRfc3339(turn.now.wallMs);
  knowIsolated(
    turn,
    tokens.flatMap(present).map((key) => ({ type: 'isolation', key, until, at })),
  );
}

function present(token: string | null): readonly string[] {
  return token === null ? [] : [token];
}

/** Of two isolations of one person or household the longer one stands. */
function knowIsolated(turn: Turn, entries: readonly KnownEntry[]): void {
  if (entries.length === 0) return;
  let { known } = turn.state;
  for (const entry of entries) {
    known = putUse(known, entry, 'spent');
    turn.uses.push({ op: 'know', entry });
  }
  set(turn, { known });
  turn.effects.push({ type: 'tell', entries });
}

/** The guard has decided what became of a ticket that a power cut left open. */
export function settleUncertain(turn: Turn, entry: KnownEntry, isUsed: boolean): void {
  const { known } = turn.state;
  set(turn, {
    known: isUsed ? putUse(known, entry, 'spent') : forgetUncertain(known, entry),
  });
  turn.uses.push({ op: isUsed ? 'spend' : 'return', entry });
  if (isUsed) turn.effects.push({ type: 'tell', entries: [entry] });
}

/** A campus card code serves once: it is spent, here and for the other gates. */
export function spendCode(turn: Turn, code: DocumentEvidence): void {
  const entry = codeEntry(code, turn.now);
  set(turn, { known: putUse(turn.state.known, entry, 'spent') });
  turn.uses.push({ op: 'spend', entry });
  turn.effects.push({ type: 'tell', entries: [entry] });
}

function codeEntry(code: DocumentEvidence, now: Now): KnownEntry {
  return {
    type: 'code',
    key: code.id,
    until: formatRfc3339(code.expiresSeconds * 1000),
    at: formatRfc3339(now.wallMs),
  };
}
