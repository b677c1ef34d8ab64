/**
 * Whether a card lies on the reader, and whether it has been read: every transition of the four
 * states. Pure: choosing a transition sends nothing and tells nobody.
 *
 *   absent ─found─▶ present ─selected─▶ read ─text─▶ wait-removal ─gone─▶ absent
 *                      ▲ ╰──────failed─────╯                │
 *                      ╰───────found after a gap────────────╯
 *
 * Some modules go on answering "found" while a card lies; others answer "no card" from its reading
 * until it has left the field. So "no card" alone proves no removal, and a card that is found after
 * a gap is read again: the same one is lying still and is not told twice, another one is new.
 */
import type { IdCard, UnreadableReason } from './id-card.js';
import type {
  LyingCard,
  Presence,
  PresenceEvent,
  PresenceStep,
  Told,
  Visit,
} from './presence-state.js';

/** No card, and none before it. */
export const nobody: Presence = { name: 'absent', lying: null };

/** A card at the edge of the field fails some times before it lies well. */
const failuresMax = 5;
/** The same text twice is what is on the card, not the line's doing. */
const textFaultsMax = 2;
/** Longer than this nobody holds a card to a reader without a word from it. */
const visitMsMax = 6_000;
/** Finds without the card in a row: one or two are a card that was moved a little. */
const missesMin = 3;
/** For a module of which "no card" may mean a card that lies: how long it must say so. */
const silentGapMs = 2_000;

/** What to ask the module next: `read` stands for the configured read command. */
export function nextCommand(presence: Presence): 'find' | 'select' | 'read' {
  if (presence.name === 'read') return 'read';
  return presence.name === 'present' && presence.isFound ? 'select' : 'find';
}

/**
 * Takes a state, what happened and when (monotonic milliseconds); returns the next state and what
 * is to be told, in order. An event that means nothing in a state changes nothing.
 */
export function stepPresence(
  presence: Presence,
  event: PresenceEvent,
  nowMs: number,
): PresenceStep {
  switch (presence.name) {
    case 'absent':
      return stepAbsent(presence, event, nowMs);
    case 'present':
      return stepPresent(presence, event, nowMs);
    case 'read':
      return stepRead(presence, event, nowMs);
    case 'wait-removal':
      return stepWaitRemoval(presence, event, nowMs);
  }
}

type State<Name extends Presence['name']> = Extract<Presence, { name: Name }>;

function stepAbsent(state: State<'absent'>, event: PresenceEvent, nowMs: number): PresenceStep {
  switch (event.type) {
    case 'found':
      return quiet({ name: 'present', isFound: true, visit: newVisit(nowMs, null) });
    case 'failed':
    case 'module-reset':
    case 'disconnected': {
      // A module that starts anew finds again what it kept silent about.
      if (state.lying === null) return quiet(state);
      const card = { mark: state.lying, goesOn: false, isRemovalTold: true };
      return quiet(waiting(card, 1, nowMs));
    }
    default:
      return quiet(state);
  }
}

function stepPresent(state: State<'present'>, event: PresenceEvent, nowMs: number): PresenceStep {
  const { visit } = state;
  switch (event.type) {
    case 'found':
      return quiet({ name: 'present', isFound: true, visit: { ...visit, misses: 0 } });
    case 'no-card': {
      const misses = visit.misses + 1;
      if (misses >= missesMin) return giveUp(visit, misses, nowMs);
      return quiet({ ...state, isFound: false, visit: { ...visit, misses } });
    }
    case 'selected':
      return quiet({ name: 'read', visit: { ...visit, isSecondRead: false } });
    case 'failed':
      return retry(visit, event.why, false, nowMs);
    case 'text':
      return quiet(state);
    case 'module-reset':
      return quiet({ name: 'present', isFound: false, visit: { ...visit, misses: 0 } });
    case 'disconnected':
      return quiet(beforeVisit(visit, nowMs));
  }
}

function stepRead(state: State<'read'>, event: PresenceEvent, nowMs: number): PresenceStep {
  const { visit } = state;
  switch (event.type) {
    case 'text': {
      const { text, mark, isDoubtful } = event;
      if (!text.ok) {
        const faulty = { ...visit, textFaults: visit.textFaults + 1, why: text.fault };
        if (faulty.textFaults >= textFaultsMax) return giveUp(faulty, 0, nowMs);
        return quiet({ name: 'read', visit: faulty });
      }
      if (isDoubtful && visit.unconfirmed !== mark)
        return retry({ ...visit, unconfirmed: mark, isSecondRead: false }, 'unsteady', true, nowMs);
      return accept(visit, mark, text.card, nowMs);
    }
    case 'failed':
      return retry(visit, event.why, true, nowMs);
    case 'module-reset':
      return quiet({ name: 'present', isFound: false, visit: { ...visit, misses: 0 } });
    case 'disconnected':
      return quiet(beforeVisit(visit, nowMs));
    default:
      return quiet(state);
  }
}

function stepWaitRemoval(
  state: State<'wait-removal'>,
  event: PresenceEvent,
  nowMs: number,
): PresenceStep {
  const { card } = state;
  switch (event.type) {
    case 'found': {
      if (state.misses === 0) return quiet({ ...state, card: { ...card, goesOn: true } });
      const before = { card, isLikelyGone: state.misses >= missesMin };
      return quiet({ name: 'present', isFound: true, visit: newVisit(nowMs, before) });
    }
    case 'no-card': {
      const misses = state.misses + 1;
      const gapSinceMs = state.misses === 0 ? nowMs : state.gapSinceMs;
      const isLongEnough = card.goesOn || nowMs - gapSinceMs >= silentGapMs;
      if (misses < missesMin || !isLongEnough) return quiet({ ...state, misses, gapSinceMs });
      const lying = card.goesOn ? null : card.mark;
      return { presence: { name: 'absent', lying }, told: removalOf(card) };
    }
    case 'failed':
    case 'module-reset':
    case 'disconnected':
      return quiet(state.misses > 0 ? state : waiting(card, 1, nowMs));
    default:
      return quiet(state);
  }
}

/** The text holds: a card, or the one that has been told already. */
function accept(visit: Visit, mark: number, card: IdCard, nowMs: number): PresenceStep {
  const { before } = visit;
  if (before !== null && before.card.mark === mark) return quiet(waiting(before.card, 0, nowMs));
  const removed = before === null ? [] : removalOf(before.card);
  const lying = { mark, goesOn: false, isRemovalTold: false };
  return { presence: waiting(lying, 0, nowMs), told: [...removed, { type: 'card', card }] };
}

/**
 * One more failure. Read again first, as the card stays selected even where the module has fallen
 * silent about it; then find again; then give it up.
 */
function retry(
  visit: Visit,
  why: UnreadableReason,
  mayReadAgain: boolean,
  nowMs: number,
): PresenceStep {
  const failed = { ...visit, why, failures: visit.failures + 1, misses: 0 };
  if (failed.failures >= failuresMax || nowMs - visit.sinceMs > visitMsMax)
    return giveUp(failed, 0, nowMs);
  if (mayReadAgain && !visit.isSecondRead)
    return quiet({ name: 'read', visit: { ...failed, isSecondRead: true } });
  return quiet({ name: 'present', isFound: false, visit: failed });
}

/** The card cannot be read. Of one that may be the lying one nothing is told. */
function giveUp(visit: Visit, misses: number, nowMs: number): PresenceStep {
  const { before, why } = visit;
  if (before !== null && !before.isLikelyGone) return quiet(waiting(before.card, misses, nowMs));
  const removed = before === null ? [] : removalOf(before.card);
  const unread = { mark: null, goesOn: false, isRemovalTold: false };
  return {
    presence: waiting(unread, misses, nowMs),
    told: [...removed, { type: 'card-unreadable', reason: why }],
  };
}

function beforeVisit(visit: Visit, nowMs: number): Presence {
  return visit.before === null ? nobody : waiting(visit.before.card, 1, nowMs);
}

function removalOf(card: LyingCard): readonly Told[] {
  return card.isRemovalTold ? [] : [{ type: 'card-removed' }];
}

function newVisit(sinceMs: number, before: Visit['before']): Visit {
  return {
    sinceMs,
    failures: 0,
    textFaults: 0,
    why: 'select-failed',
    isSecondRead: false,
    misses: 0,
    unconfirmed: null,
    before,
  };
}

function waiting(card: LyingCard, misses: number, gapSinceMs: number): Presence {
  return { name: 'wait-removal', card, misses, gapSinceMs };
}

function quiet(presence: Presence): PresenceStep {
  return { presence, told: [] };
}
