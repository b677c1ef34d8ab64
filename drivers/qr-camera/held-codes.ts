/** Which of the codes in a picture are new: a code that is held in view is one scan. Pure. */

/** Frames without it for this long, and it has left the picture; a hand that shakes takes less. */
export const goneMs = 1_500;
/** Without any frame for this long nobody knows what was held before: all counts as new. */
export const blindMs = 5_000;
/** Remembered at once; a picture has four at most, and those that are leaving. */
const heldMax = 16;

export interface HeldCodes {
  /** Takes the texts of one frame; returns those that were not in view before, each once. */
  see(texts: readonly string[], nowMs: number): readonly string[];
}

/**
 * Makes a memory of an empty view. Time counts only where frames come: a code that is held while the
 * camera stands still for less than `blindMs` is the same one afterwards.
 */
export function heldCodes(): HeldCodes {
  /** since when frames have come without it; null: it was in the last one */
  const held = new Map<string, number | null>();
  let lastFrameMs = Number.NEGATIVE_INFINITY;

  const forgetGone = (texts: readonly string[], nowMs: number): void => {
    if (nowMs - lastFrameMs >= blindMs) held.clear();
    lastFrameMs = nowMs;
    for (const [text, missingSinceMs] of held)
      if (texts.includes(text)) continue;
      else if (missingSinceMs === null) held.set(text, nowMs);
      else if (nowMs - missingSinceMs >= goneMs) held.delete(text);
  };

  return {
    see(texts, nowMs) {
      forgetGone(texts, nowMs);
      const fresh: string[] = [];
      for (const text of texts) {
        if (!held.has(text)) {
          const [oldest] = held.keys();
          if (held.size === heldMax && oldest !== undefined) held.delete(oldest);
          fresh.push(text);
        }
        held.set(text, null);
      }
      return fresh;
    },
  };
}
