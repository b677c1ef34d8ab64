/** What a body does before a gate: the verbs of every story. Each is noted in the gate's truth. */
import type { GuardedButton, PanelButton } from '../../config/vocabulary.js';
import type { Random } from '../../hardware/simulated/random.js';
import { paperId } from './held.js';
import type { Person } from './people.js';
import type { Script } from './script.js';
import type { Site } from './site.js';

/** A usual press, and the pause before the next. */
const pressMs = 200;
const betweenMs = 150;
/** A long press is told after a second. */
const longPressMs = 1_200;
const cardMsMax = 4_000;
const stepMs = 200;
const wristMsMax = 3_000;
/** The turnstile's own passage, and the lane's settling behind it. */
const walkMs = 1_700;

/** Holds a code before the scanner. */
export function* shows(site: Site, by: Person, text: string): Script {
  site.truth.showings.push({ atMs: site.nowMs(), by, paper: paperId(text), card: null });
  site.ends.scan(text);
  yield 150;
}

/** Lays a card on the reader until the gate has taken it in, or for some seconds; takes it away. */
export function* laysCard(site: Site, by: Person, card: Person): Script {
  const before = site.state().attempt?.card ?? null;
  site.truth.showings.push({ atMs: site.nowMs(), by, paper: null, card });
  site.ends.cards.place(card.card);
  for (let ms = 0; ms < cardMsMax; ms += stepMs) {
    yield stepMs;
    if ((site.state().attempt?.card ?? null) !== before) break;
  }
  site.ends.cards.remove();
  yield stepMs;
}

/** Holds a wrist to the sensor until the gate has its reading, or gives up. */
export function* holdsWrist(site: Site, by: Person, bodyCentidegrees: number): Script {
  const fromMs = site.nowMs();
  const before = site.state().attempt?.temperature ?? null;
  site.ends.present(bodyCentidegrees);
  for (let ms = 0; ms < wristMsMax; ms += stepMs) {
    yield stepMs;
    const { attempt } = site.state();
    if ((attempt?.temperature ?? null) !== before || attempt?.noReading != null) break;
  }
  site.ends.clear();
  site.truth.wrists.push({ by, bodyCentidegrees, fromMs, toMs: site.nowMs() });
  yield stepMs;
}

/** @returns whether the arm yields within some time */
export function* waitsForArm(site: Site, msMax: number): Script<boolean> {
  for (let ms = 0; ms < msMax; ms += stepMs) {
    if (site.ends.turnstile.isUnlocked()) return true;
    yield stepMs;
  }
  return site.ends.turnstile.isUnlocked();
}

/** Walks against the arm. @returns whether the body is through */
export function* walks(site: Site, by: Person): Script<boolean> {
  const passes = site.ends.turnstile.walk() === 'passes';
  site.truth.walks.push({ by, how: 'walks', passes, atMs: site.nowMs() });
  if (passes && site.truth.zoneKind === 'campus-gate') by.isInside = site.truth.direction === 'in';
  yield passes ? walkMs : 500;
  return passes;
}

/** Presses a button of the panel; a guarded one with its cover lifted unless told otherwise. */
export function* presses(
  site: Site,
  button: PanelButton,
  options: { readonly isLong?: boolean; readonly isCoverLifted?: boolean } = {},
): Script {
  const { isLong = false, isCoverLifted = true } = options;
  const { panel } = site.ends;
  const isGuarded = (name: PanelButton): name is GuardedButton =>
    name === 'emergency' || name === 'lockdown';
  if (isGuarded(button) && isCoverLifted) {
    panel.cover(button, true);
    yield betweenMs;
  }
  const fromMs = site.nowMs();
  panel.hold(button);
  yield isLong ? longPressMs : pressMs;
  panel.release(button);
  const toMs = site.nowMs();
  site.truth.presses.push({ button, fromMs, toMs, isChatter: false, isCoverLifted });
  yield betweenMs;
  if (isGuarded(button)) panel.cover(button, false);
}

/** A guard comes on duty: the badge before the scanner while NEXT is held. */
export function* showsBadge(
  site: Site,
  guard: string,
  badge: { readonly text: string; readonly expiresWallMs: number },
  isNextHeld: boolean,
): Script {
  const { panel } = site.ends;
  const fromMs = site.nowMs();
  if (isNextHeld) panel.hold('next');
  yield 250;
  site.truth.badges.push({
    guard,
    atMs: site.nowMs(),
    expiresWallMs: badge.expiresWallMs,
    isNextHeld,
  });
  site.ends.scan(badge.text);
  yield 300;
  if (!isNextHeld) return;
  panel.release('next');
  site.truth.presses.push({
    button: 'next',
    fromMs,
    toMs: site.nowMs(),
    isChatter: false,
    isCoverLifted: false,
  });
  yield betweenMs;
}

/** @returns some milliseconds of a person who looks for the next paper */
export function searching(dice: Random): number {
  return 300 + dice.int(1_500);
}
