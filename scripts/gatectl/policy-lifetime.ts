/** How long a policy lets a paper be good for: it is no part of the credential profile, but a gate goes by it. */
import { problemLines, readPolicyFile, shippedPolicyPath } from '../../config/load.js';
import type { Policy } from '../../config/policy.js';
import type { CredentialKind } from '../../config/vocabulary.js';
import { UsageError } from './command.js';

/** By the kind of a paper, seconds; a kind that is left out may be good for any time. */
export type Lifetimes = Policy['settings']['lifetimeSecondsMax'];

/** Takes a policy's file, or undefined for the shipped one; returns its lifetimes. Throws UsageError. */
export function readLifetimes(file: string = shippedPolicyPath): Lifetimes {
  const read = readPolicyFile(file);
  if (!read.ok) throw new UsageError(problemLines(read.problems).join('\n'));
  return read.value.settings.lifetimeSecondsMax;
}

/** @returns the seconds that are allowed, where a paper of this kind is good for more; null: it is not */
export function exceededLifetime(
  kind: CredentialKind,
  seconds: number,
  lifetimes: Lifetimes,
): number | null {
  const max = lifetimes[kind];
  return max === undefined || seconds <= max ? null : max;
}
