/** Papers as facts of the policy's space: not shown, good, and wrong in each way that is looked at. */
import type { Policy, Requirement } from '../../../config/policy.js';
import type { CredentialKind, Direction } from '../../../config/vocabulary.js';
import type { DocumentEvidence } from '../evidence.js';
import {
  type Draft,
  day,
  knownSince,
  moments,
  nowSeconds,
  paperFor,
  tokens,
} from './policy-draft.js';
import { campusId, distinct, type Fact, nothing, type Value } from './policy-facts.js';

type Paper = Extract<Requirement, { op: 'document' }>;

/** @returns the paper's name as a person would say it: kind, variant, purpose */
export function paperWords({
  kind,
  variant,
  purpose,
}: Pick<Paper, 'kind' | 'variant' | 'purpose'>): string {
  return [kind, variant, purpose].filter((part) => part !== undefined).join(' ');
}

/**
 * @param requires all that the rule requires in this direction
 * @param policies those whose limits the values lie around
 * @returns the paper: not shown, good, and wrong in each way that a requirement looks at
 */
export function paperFact(
  paper: Paper,
  requires: readonly Requirement[],
  direction: Direction,
  policies: readonly Policy[],
): Fact {
  const shown = (words: string, change: Partial<DocumentEvidence> = {}): Value => {
    const made = paperFor(paper, change);
    return { words, put: (draft) => draft.documents.push(made) };
  };
  const values: Value[] = [nothing];
  if (paper.or === 'resumption-certificate')
    values.push({
      words: 'none, one failed verification',
      put: (draft) => draft.refusals.push({ reason: 'bad-signature', kind: null, id: null }),
    });
  const isBound = requires.some((it) => it.op === 'bound' && it.of.includes(paper.as));
  const host = requires.find((it) => it.op === 'host' && it.by === paper.as);
  const good: Partial<DocumentEvidence> =
    host === undefined ? (isBound ? { boundTo: tokens['id-number'] } : {}) : hostCode();
  const isTicketIn = direction === 'in' && paper.kind === 'exit-entry-ticket';
  const words = isBound ? 'naming the card' : 'good';
  values.push(shown(isTicketIn ? 'its exit unknown' : words, good));
  if (isBound)
    values.push(shown('naming nobody'), shown('naming another person', { boundTo: null }));
  if (host !== undefined) {
    values.push(shown('of somebody else', { ...good, identity: campusId(tokens.other) }));
    if (requires.some((it) => it.op === 'temperature' && it.before === paper.as))
      values.push(shown('too early', { ...good, takenMs: moments.beforeCard }));
  }
  for (const it of requires) {
    if (it.op === 'zone' && it.of === paper.as)
      values.push(shown('for another zone', { ...good, zones: ['elsewhere'] }));
    // One of two that must agree is enough to differ.
    if (it.op === 'same' && it.of[0] === paper.as)
      values.push(
        shown('of somebody else', {
          ...good,
          identity: { space: it.identity, token: tokens.other },
        }),
      );
    if (it.op === 'ticket' && it.of === paper.as)
      values.push(...ticketValues(shown, direction, policies));
  }
  values.push(shown('expired', { ...good, expiresSeconds: nowSeconds }));
  for (const seconds of lifetimes(paper.kind, policies))
    values.push(
      shown(`valid for ${seconds + 1} s`, { ...good, expiresSeconds: nowSeconds + seconds }),
    );
  return { name: paperWords(paper), values };
}

/** Of who is host; shown last. */
export function hostCode(): Partial<DocumentEvidence> {
  return { id: 'code of the host', identity: campusId(tokens.host), takenMs: moments.host };
}

/** Papers are issued a second ago, so that each of these is a second more than is allowed. */
function lifetimes(kind: CredentialKind, policies: readonly Policy[]): readonly number[] {
  return distinct(policies.flatMap(({ settings }) => settings.lifetimeSecondsMax[kind] ?? []));
}

function ticketValues(
  shown: (words: string, change?: Partial<DocumentEvidence>) => Value,
  direction: Direction,
  policies: readonly Policy[],
): readonly Value[] {
  const id = paperFor({ kind: 'exit-entry-ticket' }).id;
  const known = (words: string, uses: Draft['uses']): Value => {
    const { put } = shown(words);
    return {
      words,
      put: (draft) => {
        put(draft);
        draft.uses.push(...uses);
      },
    };
  };
  const use = (way: Direction, state: 'spent' | 'uncertain') => ({
    entry: knownSince('ticket', id, 2, way),
    state,
  });
  const spent = (entry: ReturnType<typeof knownSince>) => ({ entry, state: 'spent' as const });
  // The same papers with their exit known: on the way in that is what makes them good.
  const exit = direction === 'in' ? [use('out', 'spent')] : [];
  const withExit = (words: string, change: Partial<DocumentEvidence>): Value => {
    const { put } = shown(words, change);
    return {
      words,
      put: (draft) => {
        put(draft);
        draft.uses.push(...exit);
      },
    };
  };
  return [
    ...(direction === 'in' ? [withExit('good, its exit known', {})] : []),
    withExit('of tomorrow', { day: day + 1 }),
    ...distinct(policies.map(daysServed(direction))).map((days) =>
      withExit(`of ${days} days ago`, { day: day - days }),
    ),
    withExit('of another household', { identity: { space: 'household', token: tokens.other } }),
    known('used', [...exit, use(direction, 'spent')]),
    known('left uncertain', [...exit, use(direction, 'uncertain')]),
    known('a second one', [...exit, spent(knownSince('window', `home:${day}:first`, 9))]),
    known('the same way again', [...exit, spent(knownSince('passage', 'home', 1, direction))]),
  ];
}

/** How many days after its first day a ticket no longer serves at noon. */
function daysServed(direction: Direction): (policy: Policy) => number {
  return ({ settings }) =>
    settings.ticketWindowDays +
    (direction === 'in' ? Math.ceil((settings.reentryHours - 12) / 24) : 0);
}
