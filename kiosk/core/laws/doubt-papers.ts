/**
 * Law 5, the second look at papers, card and what the guard has attested: by plain reading, with none
 * of the functions that made the decision.
 */
import type { Requirement, Rule } from '../../../config/policy.js';
import type { Attestable, Now, Reason } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { DocumentEvidence } from '../evidence.js';
import { findUse } from '../known/known.js';
import type { GateState } from '../state.js';

/** Of what failed so early nobody knows which paper it was. */
const failedUnread: readonly Reason[] = [
  'too-long',
  'bad-base45',
  'bad-structure',
  'bad-algorithm',
  'unknown-key',
  'bad-signature',
  'bad-claims',
];

type Paper = Extract<Requirement, { op: 'document' }>;

/** @returns what the rule takes from a guard without listing it, or though nobody may attest it; or null */
export function doubtfulAttesting(
  attempt: Attempt,
  rule: Rule,
  requires: readonly Requirement[],
): string | null {
  for (const it of requires) {
    if (it.op === 'attested' && !isAttested(it.what, attempt, rule))
      return `grant without ${it.what} attested`;
    if (it.op !== 'document' || it.optional || shownFor(it, attempt).length > 0) continue;
    if (it.or === undefined) return `grant without a ${it.as}`;
    if (it.kind === 'campus-card-code' || it.kind === 'exit-entry-ticket')
      return `grant with a ${it.kind} attested`;
    if (!isAttested(it.or, attempt, rule)) return `grant without a ${it.as}, shown or attested`;
    const hasFailed = attempt.refusals.some(
      ({ kind, reason }) =>
        kind === it.kind || (kind === null && failedUnread.some((failure) => failure === reason)),
    );
    if (it.or === 'resumption-certificate' && hasFailed)
      return 'grant on the word for a paper that failed';
  }
  return null;
}

function isAttested(what: Attestable, { attested }: Attempt, { attestable }: Rule): boolean {
  return attestable.includes(what) && attested.some((it) => it.what === what);
}

function shownFor(it: Paper, { documents }: Attempt): readonly DocumentEvidence[] {
  return documents.filter(
    ({ kind, variant, purpose }) =>
      kind === it.kind &&
      (it.variant === undefined || it.variant === variant) &&
      (it.purpose === undefined || it.purpose === purpose),
  );
}

/** @returns what is doubtful about the papers and the ID card that a grant rests on, or null */
export function doubtfulPapers(
  { known, devices }: GateState,
  attempt: Attempt,
  rule: Rule,
  requires: readonly Requirement[],
  now: Now,
): string | null {
  const { card } = attempt;
  const isCardGood =
    card !== null &&
    (card.validToSeconds === null || now.wallMs < card.validToSeconds * 1000) &&
    devices['id-card-reader'] === 'ok';
  const papersOf = (name: string): readonly DocumentEvidence[] =>
    requires.flatMap((it) => (it.op === 'document' && it.as === name ? shownFor(it, attempt) : []));
  for (const it of requires) {
    const doubt = doubtOf(it);
    if (doubt !== null) return doubt;
  }
  return attempt.selected === null && attempt.documents.some(isOfSomebodyElse)
    ? 'grant beside a paper that names somebody else'
    : null;

  /** It names its holder, is none that the rule asks for, and nobody's whom the rule knows. */
  function isOfSomebodyElse(paper: DocumentEvidence): boolean {
    if (paper.boundTo === undefined) return false;
    if (requires.some((it) => it.op === 'document' && shownFor(it, attempt).includes(paper)))
      return false;
    const isCardRead = requires.some(({ op }) => op === 'card' || op === 'leaver-card');
    const isOnCard =
      card !== null && (paper.boundTo === card.identity.token || card.bound.includes(paper.id));
    return !(isCardRead && isOnCard);
  }

  function doubtOf(it: Requirement): string | null {
    switch (it.op) {
      case 'document':
        return doubtOfPaper(it);
      case 'card':
        return isCardGood ? null : 'grant without a good ID card';
      case 'leaver-card': {
        const isHouseholdIsolated = papersOf(it.of).some(({ identity }) => {
          const use = identity === null ? null : findUse(known, 'isolation', identity.token);
          return use !== null && !(now.wallMs >= use.untilMs);
        });
        return isHouseholdIsolated && !isCardGood ? 'grant without the card of who leaves' : null;
      }
      case 'bound':
        return doubtOfBinding(it);
      case 'host': {
        const hosts = papersOf(it.of).map(({ host }) => host);
        const codes = papersOf(it.by).map(({ identity }) => identity?.token);
        const isHost = hosts.some((host) => host !== null && codes.includes(host));
        return isHost ? null : 'grant without the host of the filing';
      }
      default:
        return null;
    }
  }

  function doubtOfPaper(it: Paper): string | null {
    const shown = shownFor(it, attempt);
    if (shown.length === 0) return null;
    if (devices.scanner !== 'ok') return 'grant with a part failed';
    const isGood = shown.some(({ expiresSeconds }) => now.wallMs < expiresSeconds * 1000);
    return isGood ? null : 'grant on an expired paper';
  }

  function doubtOfBinding({ of, need }: Extract<Requirement, { op: 'bound' }>): string | null {
    if (card === null) return 'grant on papers bound to no card';
    const isNamed = (paper: DocumentEvidence) =>
      paper.boundTo === card.identity.token || card.bound.includes(paper.id);
    let namedCount = 0;
    for (const name of of) {
      const shown = papersOf(name);
      if (shown.length === 0) continue;
      if (shown.some(isNamed)) namedCount += 1;
      else if (need === 'each' || shown.every(({ boundTo }) => boundTo !== undefined))
        return `grant on a ${name} of another person`;
    }
    if (need !== 'one' || namedCount > 0) return null;
    return isAttested('originals', attempt, rule) ? null : 'grant on papers that name nobody';
  }
}
