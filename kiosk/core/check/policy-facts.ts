/**
 * The facts that a requirement reads, each with all the values that the evaluation tells apart: the
 * dimensions of the policy's space; papers stand in `policy-papers.ts`. Where several policies are
 * compared, with the values on both sides of each policy's limits.
 */
import type { Policy, Rule } from '../../../config/policy.js';
import type { Attestable, Direction } from '../../../config/vocabulary.js';
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

/** Not shown, not taken, not there. */
export const nothing: Value = { words: 'none', put: () => {} };
const no: Value = { words: 'no', put: () => {} };

/** @returns the ID card: none, good, run out, and one of which nothing could be sealed */
export function cardFact(isRegistered: boolean): Fact {
  const read = (words: string, change: Parameters<typeof cardFor>[0]): Value => {
    const card = cardFor(change);
    return {
      words,
      put: (draft) => {
        draft.card = card;
      },
    };
  };
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
  ): Value => {
    const taken = readingOf(body, policies);
    return {
      words,
      put: (draft) => {
        draft.temperature = taken;
        for (const put of more) put(draft);
      },
    };
  };
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

const studentCode = paperFor(
  { kind: 'campus-card-code', variant: 'student' },
  { identity: campusId(tokens.student) },
);

function showStudentCode({ documents }: Draft): void {
  documents.push(studentCode);
}

const isolations: Draft['uses'] = [tokens['campus-id'], tokens['id-number'], tokens.student].map(
  (token) => ({ entry: knownSince('isolation', token, 24), state: 'spent' }),
);

/** By whatever names the person. */
function isolatePerson({ uses }: Draft): void {
  uses.push(...isolations);
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
  const left = (hours: number): Value => {
    const entry = knownSince('passage', tokens['id-number'], hours, 'out');
    return { words: `${hours} h ago`, put: (draft) => draft.uses.push({ entry, state: 'spent' }) };
  };
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

/** @returns each number once, lowest first */
export function distinct(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** @returns an identity of somebody with a campus card */
export function campusId(token: string) {
  return { space: 'campus-id', token } as const;
}
