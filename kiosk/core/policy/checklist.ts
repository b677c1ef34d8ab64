/** What the person is told: what is there, what is missing, and what only the guard can answer. */
import type { Requirement } from '../../../config/policy.js';
import { type Assessed, accountsForAll } from './assess.js';
import type { Case } from './case.js';
import type { Ask, Line } from './decision.js';
import { isLeaverCardNeeded } from './judge.js';

export interface Checklist {
  readonly done: readonly Line[];
  readonly missing: readonly Line[];
}

/** @returns the lines of one rule, in the order of its requirements */
export function checklistOf({ it, judgements }: Assessed): Checklist {
  const done: Line[] = [];
  const missing: Line[] = [];
  it.requires.forEach((requirement, index) => {
    const line = lineOf(requirement, it);
    if (line === null) return;
    (judgements[index]?.is === 'met' ? done : missing).push(line);
  });
  return { done, missing };
}

function lineOf(requirement: Requirement, it: Case): Line | null {
  switch (requirement.op) {
    case 'document':
      // What is asked of nobody is a line only where it is shown.
      if (requirement.optional && !it.papers.has(requirement.as)) return null;
      return { id: requirement.as, label: requirement.label };
    case 'card':
      return { id: 'card', label: requirement.label };
    case 'leaver-card':
      return isLeaverCardNeeded(requirement, it) ? { id: 'card', label: requirement.label } : null;
    case 'attested':
      return { id: requirement.what, label: requirement.label };
    case 'temperature':
      return { id: 'temperature', label: { zh: '体温', en: 'Temperature' } };
    default:
      return null;
  }
}

/** @returns the questions of one rule that are due: the last ones when everything else is there */
export function asksOf({ it, judgements }: Assessed): readonly Ask[] {
  const { rule } = it;
  const isAllElseMet = it.requires.every(
    ({ op }, index) =>
      op === 'temperature' || judgements[index]?.is === 'met' || isLastAsk(judgements[index]),
  );
  const asks = judgements.flatMap((judgement): Ask[] => {
    if (judgement.is !== 'ask' || (judgement.isLast && !isAllElseMet)) return [];
    const { reason, attest, document } = judgement;
    return [{ rule, reason, attest, document }];
  });
  // Complete, but for somebody of whom the rule says nothing: the guard sees who that is.
  const isMet = judgements.every(({ is }) => is === 'met');
  if (isMet && !accountsForAll(it))
    asks.push({ rule, reason: 'holder-unnamed', attest: null, document: null });
  return asks;
}

function isLastAsk(judgement: Assessed['judgements'][number] | undefined): boolean {
  return judgement?.is === 'ask' && judgement.isLast;
}
