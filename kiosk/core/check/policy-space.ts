/**
 * The finite space of what a policy reads, in cells: one value for every fact.
 *
 * The product of all facts of all rules would be astronomic, and nearly all of it says nothing new.
 * It is cut in two, for each kind of zone and direction:
 *
 * - **each rule in depth**: the product of all values, good and bad, of every fact that this rule
 *   reads, with what the stops read: temperature, a student's code, isolation on the way out, each
 *   alone and all at once. A stop that holds alone holds with others, and they decide before any rule.
 * - **all rules together**: the product of every paper of every rule, there or not, with the ID card,
 *   the guard's choices and words; all of it good.
 *
 * Nothing is lost by it. A rule is judged by nothing but the facts that it reads (`case.ts`,
 * `judge.ts`), and a stop by its own; a paper of another rule can only add an identity that the rule
 * does not account for, or complete a rule of lower order: neither turns what is no grant into one.
 * So take any cell of the whole product that ends in a grant, and leave out what neither its rule
 * nor the stops read: the rule is still complete, the stops hold no more than before, and the cell
 * that is left, of the first kind, ends in a grant too, with the same temperature, the same student's
 * code, the same isolation. What holds of every grant in the first kind holds of every grant. A paper
 * that is bad in any way completes what no paper completes, that is nothing, so that for the question
 * which rules one set of evidence completes the good papers of the second kind are enough. What is no
 * grant and no stop is told by the way and the reason alone, which the first kind shows all.
 *
 * Of two papers of one kind the one that serves is taken (`case.ts`): two of them are no fact of their
 * own. Left out altogether is the gate's own state (clock, disk, devices), which is no policy's.
 */
import {
  attestableFor,
  type Policy,
  type Requirement,
  type Rule,
  requirementsIn,
} from '../../../config/policy.js';
import {
  attestables,
  type Direction,
  directions,
  type ZoneKind,
  zoneKinds,
} from '../../../config/vocabulary.js';
import {
  cardFor,
  type Draft,
  day,
  emptyDraft,
  knownSince,
  paperFor,
  tokens,
} from './policy-draft.js';
import {
  attestedFact,
  cardFact,
  exitFact,
  type Fact,
  guardFacts,
  householdFact,
  temperatureFact,
  type Value,
} from './policy-facts.js';
import { hostCode, paperFact, paperWords } from './policy-papers.js';

export interface Space {
  readonly zone: ZoneKind;
  readonly direction: Direction;
  /** id of the rule it is about; null: all rules together */
  readonly rule: string | null;
  readonly facts: readonly Fact[];
}

/**
 * @param policies one to be checked, or several to be compared: then the space of all of them
 * @returns the parts of the space, in the order of zones, directions and rules
 */
export function spacesOf(policies: readonly Policy[]): readonly Space[] {
  return zoneKinds.flatMap((zone) =>
    directions.flatMap((direction) => {
      const rules = distinctRules(policies, zone, direction);
      return [
        ...rules.map((rule) => ({
          zone,
          direction,
          rule: rule.id,
          facts: factsOf(rule, direction, policies),
        })),
        { zone, direction, rule: null, facts: factsOfAll(rules, direction, policies) },
      ];
    }),
  );
}

/** @returns how many cells these spaces have */
export function cellCount(spaces: readonly Space[]): number {
  return spaces.reduce(
    (sum, { facts }) => sum + facts.reduce((product, { values }) => product * values.length, 1),
    0,
  );
}

/** One cell: an index into the values of each fact. */
export type Cell = readonly number[];

/** Every cell of a space, the last fact running fastest. The array is the same each time. */
export function* cellsOf({ facts }: Space): Generator<Cell> {
  const cell = facts.map(() => 0);
  for (;;) {
    yield cell;
    let at = facts.length - 1;
    for (; at >= 0; at -= 1) {
      const next = (cell[at] ?? 0) + 1;
      if (next < (facts[at]?.values.length ?? 0)) {
        cell[at] = next;
        break;
      }
      cell[at] = 0;
    }
    if (at < 0) return;
  }
}

/** @returns what this cell shows */
export function draftOf({ facts }: Space, cell: Cell): Draft {
  const draft = emptyDraft();
  facts.forEach(({ values }, index) => {
    values[cell[index] ?? 0]?.put(draft);
  });
  return draft;
}

/** @returns the cell in words: everything in it that is not simply absent */
export function cellWords({ zone, direction, facts }: Space, cell: Cell): string {
  const parts = facts.flatMap(({ name, values }, index) => {
    const at = cell[index] ?? 0;
    return at === 0 && values.length > 1 ? [] : [`${name}: ${values[at]?.words}`];
  });
  const shown = parts.length === 0 ? 'nothing shown' : parts.join('; ');
  return `${zone}, ${direction}: ${shown}`;
}

/** A rule that reads the same in several policies stands there once. */
function distinctRules(
  policies: readonly Policy[],
  zone: ZoneKind,
  direction: Direction,
): readonly Rule[] {
  const seen = new Map<string, Rule>();
  for (const { rules } of policies)
    for (const rule of rules) {
      if (!rule.zones.includes(zone) || !rule.directions.includes(direction)) continue;
      const { id, requires, attestable, attended, registers, isolates } = rule;
      seen.set(JSON.stringify([id, requires, attestable, attended, registers, isolates]), rule);
    }
  return [...seen.values()];
}

function factsOf(rule: Rule, direction: Direction, policies: readonly Policy[]): readonly Fact[] {
  const requires = requirementsIn(rule, direction);
  const has = (...ops: readonly Requirement['op'][]) => requires.some(({ op }) => ops.includes(op));
  const words = rule.attestable.filter(
    (what) => what !== 'temperature' && requires.some((it) => attestableFor(it) === what),
  );
  const isOrdered = requires.some((it) => it.op === 'temperature' && it.before !== undefined);
  return [
    ...guardFacts(rule, has('selected')),
    ...requires.flatMap((it) =>
      it.op === 'document' ? [paperFact(it, requires, direction, policies)] : [],
    ),
    ...(has('card', 'leaver-card') ? [cardFact(rule.registers !== 'no')] : []),
    ...words.map(attestedFact),
    ...(has('leaver-card') ? [householdFact] : []),
    ...(has('recent-exit') ? [exitFact(policies)] : []),
    temperatureFact(rule.attestable.includes('temperature'), isOrdered, direction, policies),
  ];
}

/** There or not, and good: enough to see what completes together. */
function factsOfAll(
  rules: readonly Rule[],
  direction: Direction,
  policies: readonly Policy[],
): readonly Fact[] {
  const cases = rules.filter((rule) => rule.requires.some(({ op }) => op === 'selected'));
  const everything = (draft: Draft) => draft.attested.push(...attestables);
  const chosen = cases.map(
    ({ id }): Value => ({
      words: `everything attested, ${id} chosen`,
      put: (draft) => {
        everything(draft);
        draft.selected = id;
        draft.arrivalDay = day - 1;
      },
    }),
  );
  const exit: Value = { words: 'known', put: putExit };
  const isExitRead = rules.some((rule) =>
    requirementsIn(rule, direction).some(({ op }) => op === 'recent-exit'),
  );
  const [, normal] = temperatureFact(false, false, direction, policies).values;
  return [
    {
      name: 'guard',
      values: [
        { words: 'nothing', put: () => {} },
        { words: 'everything attested', put: everything },
        ...chosen,
      ],
    },
    ...papersOfAll(rules, direction),
    there('ID card', 'good', (draft) => {
      draft.card = cardFor();
    }),
    ...(isExitRead ? [{ name: 'exit of the person', values: [exit] }] : []),
    { name: 'temperature', values: normal === undefined ? [] : [normal] },
  ];
}

function there(name: string, words: string, put: Value['put']): Fact {
  return {
    name,
    values: [
      { words: 'none', put: () => {} },
      { words, put },
    ],
  };
}

function putExit(draft: Draft): void {
  const entry = knownSince('passage', tokens['id-number'], 1, 'out');
  draft.uses.push({ entry, state: 'spent' });
}

/** Each paper once, whichever rules name it; bound to the card where any rule asks that. */
function papersOfAll(rules: readonly Rule[], direction: Direction): readonly Fact[] {
  const papers = new Map<string, { readonly fact: Fact; readonly isBound: boolean }>();
  for (const rule of rules) {
    const requires = requirementsIn(rule, direction);
    for (const it of requires) {
      if (it.op !== 'document') continue;
      const isHost = requires.some((other) => other.op === 'host' && other.by === it.as);
      const isBound = requires.some((other) => other.op === 'bound' && other.of.includes(it.as));
      const name = isHost ? `${paperWords(it)}, the host’s` : paperWords(it);
      if (papers.has(name) && !isBound) continue;
      const change = isHost ? hostCode() : isBound ? { boundTo: tokens['id-number'] } : {};
      const put = (draft: Draft) => {
        const paper = paperFor(it, change);
        draft.documents.push(paper);
        if (it.kind !== 'exit-entry-ticket' || direction === 'out') return;
        const entry = knownSince('ticket', paper.id, 2, 'out');
        draft.uses.push({ entry, state: 'spent' });
      };
      papers.set(name, { fact: there(name, 'good', put), isBound });
    }
  }
  return [...papers.values()].map(({ fact }) => fact);
}
