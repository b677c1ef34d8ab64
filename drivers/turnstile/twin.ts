/**
 * A mechanical turnstile with a pulse input, a release input, a passage contact and one for bodies
 * against the lane's direction: what it does, not how it looks. Pure: time is an argument, and `nextAtMs` says when it wants to be asked again.
 */
import type { TurnstileMode } from '../../config/vocabulary.js';

export type TurnstileContact = 'passage' | 'reverse';

export interface TurnstileTwin {
  /** An edge of the relay's contacts. */
  relay(line: 'grant' | 'release', on: boolean, nowMs: number): void;
  /**
   * Somebody walks against the arm: `passes` where it is unlocked or still turning for somebody
   * else (a tailgater), `blocked` where it is locked.
   */
  walk(nowMs: number): 'passes' | 'blocked';
  /** Somebody turns a locked arm by force. */
  force(nowMs: number): void;
  /** Somebody comes against the lane's direction: who is in the arm turns back, or it is forced. */
  walkBack(nowMs: number): void;
  /** Power of a contact fails: open ones read as a passage, or a body. Until `false`. */
  jam(jammed: boolean, contact?: TurnstileContact): void;
  /** Whether the passage contact is active at this time; times must not run back. */
  isPassageActive(nowMs: number): boolean;
  /** Whether the contact against the direction is active at this time. */
  isReverseActive(nowMs: number): boolean;
  isUnlocked(nowMs: number): boolean;
  /** When something changes by itself, or null. */
  nextAtMs(nowMs: number): number | null;
}

/** Pulse mode: closes by itself after 5 s without a passage (PERCo TTR-04, TTD-03, TB-01). */
export const unlockedMs = 5_000;
/** The passage output of common boards lasts 250 ms (TTR-10A) or longer; a walker is slower. */
const passageMs = 400;
/** Between two walkers the contact rests; the bolt falls a little after the first one's passage. */
const gapMs = 100;
const boltMs = 150;
/** A walker takes a moment from the arm's yielding to the sensor. */
const reachMs = 50;

interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}
interface Passage extends Span {
  /** until when the permission that it goes by would have lasted; minus infinity: by none */
  readonly permittedUntilMs: number;
}

/**
 * Makes a locked turnstile.
 * @param mode what it is set to: by a level it is unlocked while that lasts, for however many
 */
export function turnstileTwin(mode: TurnstileMode = 'pulse'): TurnstileTwin {
  let unlockedUntilMs = Number.NEGATIVE_INFINITY;
  let released = false;
  const jammed = new Set<TurnstileContact>();
  let passages: Passage[] = [];
  let reversals: Span[] = [];

  const forget = (nowMs: number): void => {
    passages = passages.filter(({ untilMs }) => untilMs + boltMs > nowMs);
    reversals = reversals.filter(({ untilMs }) => untilMs > nowMs);
  };
  const isWithin = ({ fromMs, untilMs }: Span, nowMs: number): boolean =>
    fromMs <= nowMs && nowMs < untilMs;
  const addPassage = (nowMs: number, permittedUntilMs: number): void => {
    const previousMs = passages.at(-1)?.untilMs ?? Number.NEGATIVE_INFINITY;
    const fromMs = Math.max(nowMs + reachMs, previousMs + gapMs);
    passages.push({ fromMs, untilMs: fromMs + passageMs, permittedUntilMs });
  };
  const isActive = (nowMs: number): boolean =>
    jammed.has('passage') || passages.some((passage) => isWithin(passage, nowMs));

  return {
    relay(line, on, nowMs) {
      if (line === 'release') released = on;
      else if (mode === 'level')
        unlockedUntilMs = on ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      else if (on) unlockedUntilMs = nowMs + unlockedMs;
    },
    walk(nowMs) {
      forget(nowMs);
      const turning = passages.length > 0;
      if (!turning && !released && nowMs >= unlockedUntilMs) return 'blocked';
      // One permission, one passage: the arm locks behind the first, unless somebody is close.
      addPassage(nowMs, mode === 'level' ? Number.NEGATIVE_INFINITY : unlockedUntilMs);
      if (mode === 'pulse') unlockedUntilMs = Number.NEGATIVE_INFINITY;
      return 'passes';
    },
    force(nowMs) {
      forget(nowMs);
      addPassage(nowMs, Number.NEGATIVE_INFINITY);
    },
    walkBack(nowMs) {
      forget(nowMs);
      const back = { fromMs: nowMs + reachMs, untilMs: nowMs + reachMs + passageMs };
      reversals.push(back);
      // An arm that is turned back is at rest only when the body is out again, and its permission has
      // let nobody through: it goes on.
      const last = passages.at(-1);
      if (last === undefined || !isWithin(last, nowMs)) return;
      passages = [...passages.slice(0, -1), { ...last, untilMs: back.untilMs }];
      unlockedUntilMs = Math.max(unlockedUntilMs, last.permittedUntilMs);
    },
    jam(next, contact = 'passage') {
      if (next) jammed.add(contact);
      else jammed.delete(contact);
    },
    isPassageActive: isActive,
    isReverseActive: (nowMs) =>
      jammed.has('reverse') || reversals.some((reversal) => isWithin(reversal, nowMs)),
    isUnlocked: (nowMs) => released || nowMs < unlockedUntilMs,
    nextAtMs(nowMs) {
      const times = [...passages, ...reversals].flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]);
      const ahead = times.filter((atMs) => atMs > nowMs);
      return ahead.length === 0 ? null : Math.min(...ahead);
    },
  };
}
