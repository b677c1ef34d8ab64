/**
 * Who is on duty: a guard's badge, scanned while NEXT is held on the panel. A badge shown on the
 * public side alone is somebody trying; it never touches an attempt.
 */
import type { DocumentEvidence, RefusedEvidence } from '../evidence.js';
import { mayNote } from '../flood.js';
import { clearAlarm, note, raise, set, type Turn } from '../turn.js';
import { feedback } from './feedback.js';

/** Takes in a guard's badge whose signature and dates hold. */
export function takeBadge(turn: Turn, badge: DocumentEvidence): void {
  const { isNextHeld, settings } = turn.state;
  const { dutyMsMax, lifetimeSecondsMax } = settings.policy.settings;
  if (badge.guard === null) return;
  const lifetimeMax = lifetimeSecondsMax['guard-badge'];
  if (lifetimeMax !== undefined && badge.expiresSeconds - badge.issuedSeconds > lifetimeMax)
    return refuseBadge(turn, 'lifetime-too-long');
  if (!isNextHeld) {
    noteRefused(turn, 'badge-without-next');
    raise(turn, 'badge-without-next');
    return feedback(turn, 'badge-without-next');
  }
  const expiresMs = badge.expiresSeconds * 1000;
  const { monotonicMs, wallMs } = turn.now;
  const leftMs = Math.min(dutyMsMax, expiresMs - wallMs);
  if (!(leftMs > 0)) return refuseBadge(turn, 'expired');
  endDuty(turn, 'relieved');
  note(turn, 'duty', { on: true, guard: badge.guard, badge: badge.id });
  set(turn, {
    duty: {
      guard: badge.guard,
      masked: badge.masked ?? '',
      expiresMs,
      untilMs: monotonicMs + leftMs,
      presses: {},
    },
  });
  clearAlarm(turn, 'badge-without-next');
  feedback(turn, 'done');
}

/** A badge that is expired, revoked or forged. */
export function refuseBadge(turn: Turn, reason: RefusedEvidence['reason']): void {
  noteRefused(turn, reason);
  raise(turn, 'badge-refused');
  feedback(turn, 'badge-refused');
}

function noteRefused(turn: Turn, reason: string): void {
  if (mayNote(turn, `badge/${reason}`)) note(turn, 'badge', { accepted: false, reason });
}

/** Ends a duty whose time is over: by the monotonic clock, or by the badge's date. */
export function dutyTimer(turn: Turn): void {
  const { duty } = turn.state;
  if (duty === null) return;
  if (duty.untilMs <= turn.now.monotonicMs || duty.expiresMs <= turn.now.wallMs)
    endDuty(turn, 'over');
}

function endDuty(turn: Turn, why: 'over' | 'relieved'): void {
  const { duty } = turn.state;
  if (duty === null) return;
  note(turn, 'duty', { on: false, guard: duty.guard, why, presses: { ...duty.presses } });
  set(turn, { duty: null });
}
