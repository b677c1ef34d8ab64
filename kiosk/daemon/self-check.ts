/**
 * Whether a gate is worth keeping: the supervisor is told that it lives only after its loop, its relay
 * and its journal have been looked at. Pure; the asking is `supervision.ts`'s.
 */
import type { GateState } from '../core/state.js';

/** What was seen since the last look. */
export interface Seen {
  /** the loop took a turn when it was asked to */
  readonly turned: boolean;
  /** the relay's thread has answered */
  readonly relayAnswered: boolean;
  /** how long the journal's thread has not answered; 0 where it has, or where there is none */
  readonly journalSilentMs: number;
  readonly state: Pick<GateState, 'lane' | 'releaseUntilMs' | 'unwritten'>;
}

/**
 * A disk that stalls is no reason to start anew: the guard's OPEN, EMERGENCY and fire work without it
 * (law 2), and a restart mends no disk. A journal's thread that is stuck for so long may be a fault of
 * the program's, which a restart does mend: it comes where nothing would be lost by it.
 */
export const journalSilentMsMax = 120_000;

/** @returns why the gate must be started anew, or null: it lives */
export function selfCheck({ turned, relayAnswered, journalSilentMs, state }: Seen): string | null {
  if (!turned) return 'the loop does not turn';
  if (!relayAnswered) return "the relay's thread does not answer";
  if (journalSilentMs <= journalSilentMsMax) return null;
  const { releaseUntilMs, lane, unwritten } = state;
  const waiting = unwritten.failed.length + unwritten.sent.size;
  const loses = releaseUntilMs !== null || 'grant' in lane || waiting > 0;
  return loses ? null : "the journal's thread does not answer";
}
