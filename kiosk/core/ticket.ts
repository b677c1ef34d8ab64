/**
 * Exit-entry tickets: their two days in site time, one use per direction, the known exit on the way
 * in, one ticket a household at a time. The time of decision counts.
 */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Direction, KnownEntry, Now, Reason } from '../../config/vocabulary.js';
import type { DocumentEvidence } from './evidence.js';
import { findUse, windowKey, windowsOf } from './known.js';
import type { GateSettings, GateState } from './state.js';

const msPerDay = 86_400_000;
const msPerHour = 3_600_000;

export interface TicketRefusal {
  readonly reason: Reason;
  /** true: a case for the guard in both directions */
  readonly refer: boolean;
}

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

/**
 * @param ticket an accepted exit-entry ticket
 * @returns why it does not serve here and now, or null
 */
export function judgeTicket(
  ticket: DocumentEvidence,
  state: GateState,
  now: Now,
): TicketRefusal | null {
  const { day, identity } = ticket;
  const { direction } = state.settings;
  if (day === null || identity === null) return { reason: 'no-rule', refer: false };
  const use = findUse(state.known, 'ticket', ticket.id, direction);
  if (use?.state === 'spent' || use?.elsewhere) return { reason: 'already-used', refer: false };
  if (use !== null) return { reason: 'ticket-uncertain', refer: true };
  const times = ticketTimes(day, state.settings);
  if (!(now.wallMs >= times.fromMs)) return { reason: 'outside-window', refer: false };
  if (direction === 'out') {
    if (now.wallMs >= times.toMs) return { reason: 'outside-window', refer: false };
  } else {
    if (now.wallMs >= times.reentryToMs) return { reason: 'outside-window', refer: true };
    if (findUse(state.known, 'ticket', ticket.id, 'out')?.state !== 'spent')
      return { reason: 'exit-unknown', refer: true };
  }
  return isSecondTicket(ticket, state) ? { reason: 'second-ticket', refer: true } : null;
}

/**
 * One ticket a household at a time: the first seen wins, and stays the first when gates that had
 * each seen another one hear of each other.
 * @returns whether another ticket of the household, whose window overlaps, was seen before this one
 */
export function isSecondTicket({ id, day, identity }: DocumentEvidence, state: GateState): boolean {
  if (day === null || identity === null) return false;
  const windows = windowsOf(state.known, identity.token);
  const own = windows.find(({ ticket }) => ticket === id);
  return windows.some(
    (seen) =>
      seen.ticket !== id &&
      Math.abs(seen.day - day) < state.settings.policy.settings.ticketWindowDays &&
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
