/** One visit: somebody comes to a gate with papers, shows them, is helped or not, and walks or not. */
import type { Campus } from './campus.js';
import { strike } from './faults.js';
import { type Answers, helps } from './guard.js';
import { holdsWrist, laysCard, presses, searching, shows, waitsForArm, walks } from './hands.js';
import type { Person } from './people.js';
import type { Script } from './script.js';
import type { Site } from './site.js';

/** What is held before which device; a paper is made out when it is wanted, as a code is. */
export type Showing =
  | { readonly do: 'paper'; text(): string; readonly by?: Person }
  | { readonly do: 'card'; readonly of: Person; readonly by?: Person }
  | { readonly do: 'wrist'; readonly by?: Person; readonly bodyCentidegrees?: number };

export interface Plan {
  readonly story: string;
  readonly person: Person;
  readonly site: Site;
  readonly shows: readonly Showing[];
  readonly says: Answers;
  /** by the notice it gets through, where every part works and the guard does the work */
  readonly mustPass: boolean;
  /** those that come through behind, on the same opening */
  readonly behind?: readonly Person[];
  /** the ticket that it is about */
  readonly ticket?: string;
}

/** Tries at all; between two of them what was shown first is forgotten. */
const roundsMax = 3;
const forgottenMs = 31_000;

/** @returns whether the person got through */
export function* visits(campus: Campus, plan: Plan): Script<boolean> {
  const { site, person, story, mustPass } = plan;
  const { dice, truth } = campus;
  const atMs = site.nowMs();
  let isThrough = false;
  yield* site.queue();
  try {
    for (let round = 0; round < roundsMax && !isThrough; round += 1) {
      if (round > 0) yield forgottenMs;
      if (dice.chance(campus.options.strikes ?? 0)) strike(campus, site);
      // Whoever finds the lane held for the guard calls; the guard sees that nobody else is there.
      if (mustPass && site.state().attempt?.standing.type === 'held')
        yield* presses(site, 'acknowledge');
      isThrough = yield* tries(campus, plan, mustPass && round === roundsMax - 1);
      if (!mustPass && dice.chance(0.7)) break;
    }
  } finally {
    site.leave();
  }
  const outcome = isThrough ? 'through' : (site.state().attempt?.standing.type ?? 'nothing');
  truth.visits.push({ gate: site.truth.name, story, person, atMs, outcome, mustPass });
  return isThrough;
}

function* tries(campus: Campus, plan: Plan, isInEarnest: boolean): Script<boolean> {
  const { site, person, says, mustPass } = plan;
  const { dice } = campus;
  for (const showing of plan.shows) {
    yield* showsOne(site, person, showing, says);
    yield searching(dice);
  }
  let isOpen = yield* waitsForArm(site, 2_500);
  if (!isOpen && hasFever(site)) isOpen = yield* isMeasuredAnew(campus, plan);
  if (!isOpen && mustPass && isUnmeasured(site)) {
    // The checklist says what is still missing.
    yield* holdsWrist(site, person, says.bodyCentidegrees);
    isOpen = yield* waitsForArm(site, 1_000);
  }
  if (!isOpen) {
    yield* helps(campus, site, says, isInEarnest);
    isOpen = yield* waitsForArm(site, 2_500);
  }
  if (!isOpen) return false;
  if (!isInEarnest && dice.chance(0.03)) {
    // Thinks of something else, or turns back in the arm.
    if (dice.chance(0.5)) site.ends.turnstile.walk();
    yield 200;
    site.ends.turnstile.walkBack();
    yield 7_000;
    return false;
  }
  yield 200 + dice.int(2_500);
  const isThrough = yield* walks(site, person);
  for (const child of isThrough ? (plan.behind ?? []) : []) {
    if (!(yield* waitsForArm(site, 3_000)) && dice.chance(0.5)) break;
    yield* walks(site, child);
  }
  return isThrough;
}

function* showsOne(site: Site, person: Person, showing: Showing, says: Answers): Script {
  switch (showing.do) {
    case 'paper':
      return yield* shows(site, showing.by ?? person, showing.text());
    case 'card':
      return yield* laysCard(site, showing.by ?? person, showing.of);
    case 'wrist':
      return yield* holdsWrist(
        site,
        showing.by ?? person,
        showing.bodyCentidegrees ?? says.bodyCentidegrees,
      );
  }
}

function isUnmeasured(site: Site): boolean {
  const { attempt } = site.state();
  return attempt !== null && attempt.temperature === null && attempt.standing.type !== 'held';
}

function hasFever(site: Site): boolean {
  const standing = site.state().attempt?.standing;
  return standing?.type === 'referred' && standing.reasons.includes('fever');
}

/** Sits down, waits, shows again who it is and is measured again; sometimes too soon. */
function* isMeasuredAnew(campus: Campus, { site, person, shows, says }: Plan): Script<boolean> {
  const { dice } = campus;
  for (let times = dice.int(3); times > 0; times -= 1) {
    yield dice.chance(0.2) ? dice.int(100_000) : 121_000 + dice.int(30_000);
    const first = shows.find((showing) => showing.do !== 'wrist');
    if (first !== undefined) yield* showsOne(site, person, first, says);
    yield 500;
    // Some were only warm from the way.
    const bodyCentidegrees = dice.chance(0.4) ? 3_660 : says.bodyCentidegrees;
    yield* holdsWrist(site, person, bodyCentidegrees);
    if (yield* waitsForArm(site, 2_000)) return true;
  }
  return false;
}
