/** Whether the names within a rule point at papers that can carry what is asked of them. */
import { traitsOf } from './papers.js';
import type { PlacedProblem } from './placed-problem.js';
import type { Requirement, Rule } from './policy.js';

type Paper = Extract<Requirement, { op: 'document' }>;

interface Reference {
  /** below the requirement: `of`, `of[1]`, `by` */
  readonly at: string;
  readonly name: string;
  /** whether this paper can be meant */
  readonly fits: (paper: Paper) => boolean;
  /** what it would have to carry */
  readonly what: string;
  /** the paper must be there whenever the requirement is made: nothing optional, nothing attested */
  readonly isFirm: boolean;
}

/** Every reference of a rule that names no paper of it, or one that cannot be meant. */
export function ofReferences(rule: Rule, place: string): readonly PlacedProblem[] {
  const papers = new Map<string, Paper>();
  for (const part of rule.requires) if (part.op === 'document') papers.set(part.as, part);
  return rule.requires.flatMap((part, index) => {
    const at = `${place}.requires[${index}]`;
    return [
      ...referencesOf(part).flatMap((reference) => ofReference(reference, part, papers, at)),
      ...ofCard(part, rule, at),
      ...ofDirection(part, rule, at),
    ];
  });
}

function referencesOf(part: Requirement): readonly Reference[] {
  const each = (names: readonly string[], rest: Omit<Reference, 'at' | 'name'>): Reference[] =>
    names.map((name, index) => ({ at: `of[${index}]`, name, ...rest }));
  switch (part.op) {
    case 'same': {
      const { identity } = part;
      const fits = (paper: Paper) => traitsOf(paper).gives === identity;
      return each(part.of, { fits, what: identity, isFirm: true });
    }
    case 'bound': {
      const fits = (paper: Paper) => traitsOf(paper).names === 'id-number';
      return each(part.of, { fits, what: 'holder', isFirm: false });
    }
    case 'zone': {
      const fits = (paper: Paper) => traitsOf(paper).hasZones === true;
      return [{ at: 'of', name: part.of, fits, what: 'zone', isFirm: true }];
    }
    case 'ticket': {
      const fits = ({ kind }: Paper) => kind === 'exit-entry-ticket';
      return [{ at: 'of', name: part.of, fits, what: 'ticket', isFirm: true }];
    }
    case 'leaver-card': {
      const fits = (paper: Paper) => traitsOf(paper).gives === 'household';
      return [{ at: 'of', name: part.of, fits, what: 'household', isFirm: true }];
    }
    case 'host': {
      const filing = (paper: Paper) => traitsOf(paper).namesHost === true;
      const code = (paper: Paper) => traitsOf(paper).gives === 'campus-id';
      return [
        { at: 'of', name: part.of, fits: filing, what: 'host', isFirm: true },
        { at: 'by', name: part.by, fits: code, what: 'campus-id', isFirm: true },
      ];
    }
    case 'temperature': {
      if (part.before === undefined) return [];
      return [{ at: 'before', name: part.before, fits: () => true, what: '', isFirm: false }];
    }
    default:
      return [];
  }
}

function ofReference(
  { at, name, fits, what, isFirm }: Reference,
  part: Requirement,
  papers: ReadonlyMap<string, Paper>,
  place: string,
): readonly PlacedProblem[] {
  const paper = papers.get(name);
  const problem = (text: string) => [{ place: `${place}.${at}`, problem: text }];
  if (paper === undefined) return problem(`"${name}" names no document of this rule`);
  if (!fits(paper)) return problem(`${paper.kind} carries no ${what}`);
  if (!isFirm) return [];
  if (paper.optional || paper.or !== undefined)
    return problem(`"${name}" may be missing where this is asked of it`);
  if (paper.only !== undefined && paper.only !== part.only)
    return problem(`"${name}" is asked for only on the way ${paper.only}`);
  return [];
}

/** What is compared with the ID card needs one, as often as it is compared. */
function ofCard(part: Requirement, rule: Rule, place: string): readonly PlacedProblem[] {
  if (part.op !== 'bound' && part.op !== 'recent-exit') return [];
  const hasCard = rule.requires.some(
    ({ op, only }) => op === 'card' && (only === undefined || only === part.only),
  );
  return hasCard ? [] : [{ place: `${place}.op`, problem: 'needs a "card" requirement beside it' }];
}

function ofDirection(part: Requirement, rule: Rule, place: string): readonly PlacedProblem[] {
  if (part.only === undefined || rule.directions.includes(part.only)) return [];
  return [{ place: `${place}.only`, problem: `the rule is not for the way ${part.only}` }];
}
