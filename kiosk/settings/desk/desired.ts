/** What is desired of a gate: where it comes, what it promises, and when it may have come too early. Pure. */
import type { Channel, ConfigStep } from '../signed/config-step.js';
import { channels } from '../signed/config-step.js';
import type { StepRefusal } from '../signed/judge-step.js';
import type { Change } from './contents.js';

/**
 * Takes a step and what it comes to; returns what is wrong with the result that it promises, or null: two
 * gates that were told the same go by the same.
 */
export function wrongResult(
  { channel, selfTest }: ConfigStep,
  { revocations }: Change,
): string | null {
  if (channel !== 'revocation') return null;
  for (const item of selfTest) {
    const { result } = Object(item) as { readonly result?: unknown };
    if (result !== revocations?.sha256) return `the list comes to ${revocations?.sha256}`;
  }
  return null;
}

/** Where a step comes. */
export interface Place {
  readonly channel: Channel;
  /** by its topic, where the channel's topics name one */
  readonly seq: number | null;
}

/** Takes what follows `cfg/desired/`; returns the place. */
export function placeOf(rest: string): Place | null {
  const [name = '', number, ...more] = rest.split('/');
  const channel = channels.find((it) => it === name);
  if (channel === undefined || more.length > 0) return null;
  const isNumbered = channel === 'trust' || channel === 'revocation';
  if (!isNumbered) return number === undefined ? { channel, seq: null } : null;
  return number !== undefined && /^[1-9]\d{0,12}$/.test(number)
    ? { channel, seq: Number(number) }
    : null;
}

/** @returns whether it is a matter of whose signatures count: another trust list may see it otherwise */
export function isBySigner(why: StepRefusal | null): boolean {
  return why === 'not-signed' || why === 'below-threshold' || why === 'not-next';
}
