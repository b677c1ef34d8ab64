/**
 * Exit-entry tickets: their two days in site time, one use per direction, the known exit on the way
 * in, one ticket a household at a time. The time of decision counts.
 */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { Direction, KnownEntry, Now } from '../../../config/vocabulary.js';
import type { DocumentEvidence } from '../evidence.js';
import { findUse, lastPassageMs, windowKey, windowsOf } from '../known/known.js';
import type { Use } from '../known/known-set.js';
import type { GateSettings } from '../settings.js';
import type { GateState } from '../state.js';
import type { PaperRefusal } from './decision.js';

const msPerDay = 86_400_000;
const msPerHour = 3_600_000;

/** The two days of a ticket, and until when a re-entry counts; wall milliseconds, ends exclusive. */
export function ticketTimes(
  day: number,
  settings: GateSettings,
): { readonly fromMs: number; readonly toMs: number; readonly reentryToMs: number } {
  const { ticketWindowDays, reentryHours } = settings.policy.settings;
  const fromMs = day * msPerDay - settings.utcOffsetMinutes * 60_000;
  const toMs = fromMs + ticketWindowDays * msPerDay;
  return { fromMs, toMs, reentryToMs: toMs + reentryHours * msPerHour };
}

/** What only the guard can settle about a ticket. */
export type TicketQuestion = 'ticket-uncertain' | 'exit-unknown';

/**
 * @param ticket an accepted exit-entry ticket
 * @returns why it does not serve here and now, or null
 */
export function ticketRefusal(
  ticket: DocumentEvidence,
  state: GateState,
  now: Now,
): PaperRefusal | null {
  const { day, identity } = ticket;
  const { direction } = state.settings;
  if (day === null || identity === null) return { reason: 'no-rule', refer: false };
  const uses = usesOf(ticket, direction, state);
  if (uses.some((use) => use.state === 'spent' || use.elsewhere))
    return { reason: 'already-used', refer: false };
  const { fromMs, toMs, reentryToMs } = ticketTimes(day, state.settings);
  const endMs = direction === 'out' ? toMs : reentryToMs;
  if (!(now.wallMs >= fromMs)) return { reason: 'outside-window', refer: false };
  if (!(now.wallMs < endMs)) return { reason: 'outside-window', refer: direction === 'in' };
  if (isSecondTicket(ticket, state)) return { reason: 'second-ticket', refer: true };
  // Where the exit is not known, that is the question, and its answer settles this too.
  const isKnown = direction === 'out' || isExitKnown(ticket, state);
  return isKnown && isRepeated(identity.token, state, now)
    ? { reason: 'direction-repeated', refer: true }
    : null;
}

/**
 * @param ticket one that nothing speaks against
 * @returns what the guard is asked about it, or null
 */
export function ticketQuestion(ticket: DocumentEvidence, state: GateState): TicketQuestion | null {
  const { direction } = state.settings;
  if (usesOf(ticket, direction, state).length > 0) return 'ticket-uncertain';
  return direction === 'in' && !isExitKnown(ticket, state) ? 'exit-unknown' : null;
}

function isExitKnown(ticket: DocumentEvidence, state: GateState): boolean {
  return usesOf(ticket, 'out', state).some((use) => use.state === 'spent');
}

/** What is known of the ticket in a direction, and of those whose place it takes: it inherits that. */
function usesOf(
  { id, replaces }: DocumentEvidence,
  direction: Direction,
  { known }: GateState,
): readonly Use[] {
  return [id, ...replaces].flatMap((each) => findUse(known, 'ticket', each, direction) ?? []);
}

/**
 * @returns whether the last known passage of a person or a household went the same way. One that is
 *   over says nothing any more, though it may not be forgotten yet.
 */
export function isRepeated(
  token: string,
  { known, settings }: GateState,
  { wallMs }: Now,
): boolean {
  const { direction, policy } = settings;
  const keptMs = policy.settings.maxAbsenceHours * msPerHour;
  const last = (which: Direction): number | null => {
    const ms = lastPassageMs(known, token, which);
    return ms !== null && wallMs - ms <= keptMs ? ms : null;
  };
  const sameMs = last(direction);
  if (sameMs === null) return false;
  const otherMs = last(direction === 'in' ? 'out' : 'in');
  return otherMs === null || !(sameMs <= otherMs);
}

/** @returns whether two tickets that begin on these days share any */
export function doOverlap(day: number, other: number, { policy }: GateSettings): boolean {
  return Math.abs(day - other) < policy.settings.ticketWindowDays;
}

/**
 * One ticket a household at a time: the first seen wins, and stays the first when gates that had
 * each seen another one hear of each other. One that is lost counts no more once it is revoked.
 * @returns whether another ticket of the household, whose window overlaps, was seen before this one
 */
export function isSecondTicket(
  { id, day, identity, replaces }: DocumentEvidence,
  state: GateState,
): boolean {
  if (day === null || identity === null) return false;
  const windows = windowsOf(state.known, identity.token);
  const own = windows.find(({ ticket }) => ticket === id);
  return windows.some(
    (seen) =>
      seen.ticket !== id &&
      !replaces.includes(seen.ticket) &&
      doOverlap(seen.day, day, state.settings) &&
      (own === undefined ||
        seen.atMs < own.atMs ||
        (seen.atMs === own.atMs && seen.ticket < own.ticket)),
  );
}

/** @returns the entry that a grant reserves and a passage spends */
export function ticketEntry(
  ticket: DocumentEvidence,
  direction: Direction,
  settings: GateSettings,
  now: Now,
): KnownEntry {
  const keptMs = Math.max(
    ticket.expiresSeconds * 1000,
    ticketTimes(ticket.day ?? 0, settings).reentryToMs,
  );
  return {
    type: 'ticket',
    key: ticket.id,
    direction,
    until: formatRfc3339(keptMs),
    at: formatRfc3339(now.wallMs),
  };
}

/** @returns the entry that claims a household's window for the ticket seen first, or null */
export function windowEntry(
  ticket: DocumentEvidence,
  settings: GateSettings,
  now: Now,
): KnownEntry | null {
  if (ticket.day === null || ticket.identity === null) return null;
  return {
    type: 'window',
    key: windowKey(ticket.identity.token, ticket.day, ticket.id),
    until: formatRfc3339(ticketTimes(ticket.day, settings).reentryToMs),
    at: formatRfc3339(now.wallMs),
  };
}
