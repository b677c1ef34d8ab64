/**
 * What decides where the policy's rules are not asked: a scan that was refused, silence, too many
 * changes of identity, the lane's own troubles. Each with what it decides by, so that a record of it
 * can be decided again. Pure.
 */
import type { PolicySettings } from '../../../config/policy.js';
import type { Reason } from '../../../config/vocabulary.js';

/** `by` of a decision's record. */
export const causes = [
  /** the policy over the attempt's evidence */
  'policy',
  /** a scan or a card that does not count, for the reason that is said */
  'scan',
  /** more papers in one attempt than any rule reads */
  'papers',
  /** nothing more came */
  'silence',
  /** identities gave way to others too often */
  'identities',
  /** somebody scans behind a person who is held on a way out */
  'behind',
  /** a grant that was decided is not opened */
  'lane',
] as const;
export type Cause = (typeof causes)[number];

/** Why a grant that was decided is not opened. */
export const hindrances = [
  'disk-late',
  'disk-failed',
  'ticket-uncertain',
  'already-used',
  'part-failed',
] as const satisfies readonly Reason[];
export type Hindrance = (typeof hindrances)[number];

/** Changes of identity that a record names: no policy asks for more. */
export const changesKeptMax = 20;

/** @returns whether a refused scan is the guard's in both directions: a card that cannot be read is */
export function refersScan(reason: Reason): boolean {
  return reason === 'card-unreadable';
}

/**
 * @param changesAgoMs changes of identity, milliseconds ago
 * @returns whether they are so many within the policy's window that the guard is called
 */
export function areTooMany(
  changesAgoMs: readonly number[],
  { identityChangesMax, identityChangesWindowMs }: PolicySettings,
): boolean {
  return (
    changesAgoMs.filter((agoMs) => agoMs < identityChangesWindowMs).length >= identityChangesMax
  );
}
