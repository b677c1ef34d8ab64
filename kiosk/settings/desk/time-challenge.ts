/**
 * What a gate shows so that a time can be set: random, and another one after each use, each start and every
 * half day. Whoever has kept a message cannot set the gate's time with it again, nor much later.
 */

export const challengeLimits = {
  bytes: 16,
  /** the one before is taken for as long again: admins pass a file on */
  everyMs: 12 * 3_600_000,
} as const;

export interface TimeChallenge {
  /** hex; takes monotonic milliseconds */
  shown(nowMs: number): string;
  /** `used`: the last that something was done with */
  is(challenge: string, nowMs: number): 'shown' | 'used' | 'unknown';
  /** Something was done with it: none that was shown is taken any more. */
  use(challenge: string): void;
}

/** @param random of the machine, so many bytes */
export function timeChallenge(random: (byteCount: number) => Uint8Array): TimeChallenge {
  let shown: { readonly text: string; readonly sinceMs: number } | null = null;
  let before: string | null = null;
  let used: string | null = null;
  const show = (nowMs: number): string => {
    const ageMs = nowMs - (shown?.sinceMs ?? Number.NEGATIVE_INFINITY);
    if (shown !== null && ageMs < challengeLimits.everyMs) return shown.text;
    // One that nobody has asked about for a day is old as well.
    before = ageMs < 2 * challengeLimits.everyMs ? (shown?.text ?? null) : null;
    const text = Buffer.from(random(challengeLimits.bytes)).toString('hex');
    shown = { text, sinceMs: nowMs };
    return text;
  };
  return {
    shown: show,
    is(challenge, nowMs) {
      if (challenge === show(nowMs) || challenge === before) return 'shown';
      return challenge === used ? 'used' : 'unknown';
    },
    use(challenge) {
      used = challenge;
      before = null;
      shown = null;
    },
  };
}
