/** Which rules the day has shown accepted and refused, and for which of their reasons. */
import type { Policy, PolicySettings, Requirement, Rule } from '../../config/policy.js';
import { credentialReasons, policyReasons, type Reason } from '../../config/vocabulary.js';
import type { CaseResult } from './day.js';

export interface RuleCoverage {
  readonly id: string;
  readonly clause: string;
  /** in how many of the cases filed under it somebody was let in or out by it; a stop lets nobody */
  readonly accepted: number | null;
  /** in how many of them something was denied or referred */
  readonly refused: number;
  readonly covered: readonly string[];
  /** its own reasons that none of them gave */
  readonly uncovered: readonly string[];
}

/**
 * @param results what was played
 * @param policy whose rules and stops are asked for
 * @returns the stops and then the rules, each in the policy's order
 */
export function coverageOf(
  results: readonly CaseResult[],
  { stops, rules, settings }: Policy,
): readonly RuleCoverage[] {
  const ofStops = stops.map(({ id, clause }) => covering(results, { id, clause }, [id], false));
  const ofRules = rules.map((rule) => covering(results, rule, reasonsOf(rule, settings), true));
  return [...ofStops, ...ofRules];
}

/** @returns whether each rule was accepted, each refused, and for each of its reasons; a stop: refused */
export function isEnough(coverage: readonly RuleCoverage[]): boolean {
  return coverage.every(
    ({ accepted, refused, uncovered }) => accepted !== 0 && refused > 0 && uncovered.length === 0,
  );
}

/** @returns reasons that no case of the day gave */
export function neverGiven(results: readonly CaseResult[]): readonly Reason[] {
  const given = new Set(results.flatMap(decisionsOf).flatMap(({ reasons }) => reasons));
  return [...credentialReasons, ...policyReasons].filter((reason) => !given.has(reason));
}

function covering(
  results: readonly CaseResult[],
  { id, clause }: Pick<Rule, 'id' | 'clause'>,
  own: readonly Reason[],
  mayAccept: boolean,
): RuleCoverage {
  const cases = results.filter((result) => result.case.rule === id).map(decisionsOf);
  const reasons = new Set(cases.flat().flatMap((decision) => decision.reasons));
  const count = (holds: (decision: Decided) => boolean): number =>
    cases.filter((decisions) => decisions.some(holds)).length;
  return {
    id,
    clause,
    accepted: mayAccept ? count((it) => it.outcome === 'grant' && it.rule === id) : null,
    refused: count(({ outcome }) => outcome !== 'grant'),
    covered: [...reasons].sort(),
    uncovered: own.filter((reason) => !reasons.has(reason)),
  };
}

interface Decided {
  readonly outcome: string;
  readonly rule: string | null;
  readonly reasons: readonly string[];
}

function decisionsOf({ records }: CaseResult): readonly Decided[] {
  return records
    .filter(({ type }) => type === 'decision')
    .map((record) => ({
      outcome: String(record['outcome']),
      rule: record['rule'] === null ? null : String(record['rule']),
      reasons: record['reasons'] as readonly string[],
    }));
}

/** @returns the reasons for which this rule's own requirements can refuse or refer */
function reasonsOf(rule: Rule, settings: PolicySettings): readonly Reason[] {
  const reasons = new Set(rule.requires.flatMap((it) => reasonsBy(it, settings)));
  // Where the guard chooses the case, the guard is there, and nothing ends by silence.
  if (!rule.requires.some(({ op }) => op === 'selected')) reasons.add('incomplete');
  if (rule.registers !== 'no') reasons.add('registry-missing');
  return [...reasons];
}

function reasonsBy(requirement: Requirement, settings: PolicySettings): readonly Reason[] {
  switch (requirement.op) {
    case 'document': {
      const { kind, optional } = requirement;
      if (optional) return [];
      const isCapped = settings.lifetimeSecondsMax[kind] !== undefined;
      const isSingle = kind === 'campus-card-code' || kind === 'exit-entry-ticket';
      return [
        'expired',
        ...(isCapped ? (['lifetime-too-long'] as const) : []),
        ...(isSingle ? (['already-used'] as const) : []),
      ];
    }
    case 'card':
      return ['expired', 'card-unreadable'];
    case 'zone':
      return ['wrong-zone'];
    case 'bound':
      return requirement.need === 'one' ? ['wrong-holder', 'holder-unnamed'] : ['wrong-holder'];
    case 'ticket':
      return [
        'already-used',
        'outside-window',
        'second-ticket',
        'ticket-uncertain',
        'exit-unknown',
        'direction-repeated',
      ];
    case 'recent-exit':
      return ['exit-unknown'];
    default:
      return [];
  }
}
