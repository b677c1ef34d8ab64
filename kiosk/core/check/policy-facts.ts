/**
 * The facts that a requirement reads, each with all the values that the evaluation tells apart: the
 * dimensions of the policy's space. Where several policies are compared, with the values on both
 * sides of each policy's limits.
 */
import type { Policy, Requirement, Rule } from '../../../config/policy.js';
import type { Attestable, CredentialKind, Direction } from '../../../config/vocabulary.js';
import type { DocumentEvidence } from '../evidence.js';
import {
  cardFor,
  type Draft,
  day,
  knownSince,
  moments,
  nowSeconds,
  paperFor,
  readingOf,
  tokens,
} from './policy-draft.js';

export interface Value {
  readonly words: string;
  readonly put: (draft: Draft) => void;
}

/** One fact; exactly one of its values holds in a cell. */
export interface Fact {
  readonly name: string;
  readonly values: readonly Value[];
}

type Paper = Extract<Requirement, { op: 'document' }>;

const nothing: Value = { words: 'none', put: () => {} };
const no: Value = { words: 'no', put: () => {} };

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
  const shown = (words: string, change: Partial<DocumentEvidence> = {}): Value => ({
    words,
    put: (draft) => draft.documents.push(paperFor(paper, change)),
  });
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

function campusId(token: string) {
  return { space: 'campus-id', token } as const;
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
  const known = (words: string, uses: Draft['uses']): Value => ({
    words,
    put: (draft) => {
      shown(words).put(draft);
      draft.uses.push(...uses);
    },
  });
  const use = (way: Direction, state: 'spent' | 'uncertain') => ({
    entry: knownSince('ticket', id, 2, way),
    state,
  });
  const spent = (entry: ReturnType<typeof knownSince>) => ({ entry, state: 'spent' as const });
  // The same papers with their exit known: on the way in that is what makes them good.
  const exit = direction === 'in' ? [use('out', 'spent')] : [];
  const withExit = (words: string, change: Partial<DocumentEvidence>): Value => ({
    words,
    put: (draft) => {
      shown(words, change).put(draft);
      draft.uses.push(...exit);
    },
  });
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

/** @returns the ID card: none, good, run out, and one of which nothing could be sealed */
export function cardFact(isRegistered: boolean): Fact {
  const read = (words: string, change: Parameters<typeof cardFor>[0]): Value => ({
    words,
    put: (draft) => {
      draft.card = cardFor(change);
    },
  });
  return {
    name: 'ID card',
    values: [
      nothing,
      read('good', {}),
      read('run out', { validToSeconds: nowSeconds }),
      ...(isRegistered ? [read('nothing sealed', { ref: null })] : []),
    ],
  };
}

/**
 * What the stops look for, with the temperature in one fact: a stop reads nothing but its own, so
 * that each is there alone, all at once, and none of them.
 * @param isByHand a rule lets the guard attest the temperature
 * @param isOrdered a rule asks when it was taken
 * @returns the temperature: none, normal, a fever, cold skin, and normal though the person's fever
 *   leaves no measurement; and normal with a student's code shown, or with the person isolated
 */
export function temperatureFact(
  isByHand: boolean,
  isOrdered: boolean,
  direction: Direction,
  policies: readonly Policy[],
): Fact {
  const lowest = Math.min(...policies.map(({ settings }) => settings.readingCentidegreesMin));
  const thresholds = distinct(policies.map(({ settings }) => settings.feverCentidegrees));
  const normal = Math.min(...thresholds) - 1;
  const highest = Math.max(...thresholds);
  const reading = (
    words: string,
    body: number,
    ...more: readonly ((draft: Draft) => void)[]
  ): Value => ({
    words,
    put: (draft) => {
      draft.temperature = readingOf(body, policies);
      for (const put of more) put(draft);
    },
  });
  const isOut = direction === 'out';
  return {
    name: 'temperature',
    values: [
      nothing,
      reading('normal', normal),
      ...thresholds.map((body) => reading(`${(body / 100).toFixed(2)} °C`, body)),
      reading('no reading', lowest - 1),
      ...(isOrdered
        ? [
            reading('normal, before the card', normal, (draft) => {
              draft.temperature = readingOf(normal, policies, moments.beforeCard - 500);
            }),
          ]
        : []),
      reading('normal, in a fever’s pause', normal, (draft) => {
        draft.hasFever = true;
      }),
      ...(isByHand ? [attestedValue('temperature', 'normal, by hand')] : []),
      { words: 'none, and a student’s code', put: showStudentCode },
      reading('normal, and a student’s code', normal, showStudentCode),
      ...(isOut ? [reading('normal, and the person isolated', normal, isolatePerson)] : []),
      reading('a fever, a student’s code and isolation', highest, showStudentCode, isolatePerson),
    ],
  };
}

function showStudentCode({ documents }: Draft): void {
  const identity = campusId(tokens.student);
  documents.push(paperFor({ kind: 'campus-card-code', variant: 'student' }, { identity }));
}

/** By whatever names the person. */
function isolatePerson({ uses }: Draft): void {
  for (const token of [tokens['campus-id'], tokens['id-number'], tokens.student])
    uses.push({ entry: knownSince('isolation', token, 24), state: 'spent' });
}

function attestedValue(what: Attestable, words: string): Value {
  return { words, put: (draft) => draft.attested.push(what) };
}

/** @returns whether the guard has attested something */
export function attestedFact(what: Attestable): Fact {
  return { name: `attested ${what}`, values: [no, attestedValue(what, 'yes')] };
}

/** Whether a member of the household is isolated. */
export const householdFact: Fact = {
  name: 'isolation in the household',
  values: [
    no,
    {
      words: 'yes',
      put: (draft) =>
        draft.uses.push({
          entry: knownSince('isolation', tokens.household, 24),
          state: 'spent',
        }),
    },
  ],
};

/** @returns the last known exit of the person on the ID card */
export function exitFact(policies: readonly Policy[]): Fact {
  const left = (hours: number): Value => ({
    words: `${hours} h ago`,
    put: (draft) =>
      draft.uses.push({
        entry: knownSince('passage', tokens['id-number'], hours, 'out'),
        state: 'spent',
      }),
  });
  const limits = distinct(policies.map(({ settings }) => settings.maxAbsenceHours));
  return {
    name: 'exit of the person',
    values: [{ ...nothing, words: 'unknown' }, ...[0, ...limits].map((hours) => left(hours + 0.5))],
  };
}

/** @returns what the guard has chosen, looked at, and said of the arrival, as far as the rule reads it */
export function guardFacts(
  { id, attended, isolates }: Rule,
  isGuardsCase: boolean,
): readonly Fact[] {
  const set = (name: string, words: string, put: Value['put']): Fact => ({
    name,
    values: [no, { words, put }],
  });
  return [
    ...(isGuardsCase
      ? [
          set('case chosen', id, (draft) => {
            draft.selected = id;
          }),
        ]
      : []),
    ...(attended === 'required'
      ? [
          set('looked at by the guard', 'yes', (draft) => {
            draft.attended = id;
          }),
        ]
      : []),
    ...(isolates === true
      ? [
          set('day of arrival', 'said', (draft) => {
            draft.arrivalDay = day - 1;
          }),
        ]
      : []),
  ];
}

function distinct(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
