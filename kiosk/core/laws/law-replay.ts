/**
 * Law 10: every decision can be replayed. Each record of a decision or a passage that a step sends to
 * the journal is decided again, by what stands in it alone.
 */
import { compareDecision } from '../replay/replay-decision.js';
import { comparePassage } from '../replay/replay-passage.js';
import type { Observed } from './observed.js';

/** @returns which record does not say what it follows from, or null */
export function decisionsReplay({ before, effects }: Observed): string | null {
  // What is only written again was replayed in its own step.
  const again = new Set(before.unwritten.failed.map(({ records }) => records));
  // What the gate goes by changes at the end of a step, behind its decisions.
  const { policy, policyHash } = before.settings;
  for (const effect of effects) {
    if (effect.type !== 'append' || again.has(effect.records)) continue;
    for (const record of effect.records) {
      if (record.type === 'decision') {
        if (record['policy'] !== policyHash) return 'a decision by another policy';
        const replay = compareDecision(record, policy);
        if (replay.is !== 'same')
          return `decision of ${record['rule'] ?? 'no rule'}: ${told(replay)}`;
      }
      if (record.type === 'passage') {
        const replay = comparePassage(record);
        if (replay.is !== 'same' && replay.is !== 'undecidable')
          return `passage ${record['outcome']}: ${told(replay)}`;
      }
    }
  }
  return null;
}

type Unlike = Exclude<
  ReturnType<typeof compareDecision> | ReturnType<typeof comparePassage>,
  { is: 'same' }
>;

function told(replay: Unlike): string {
  if (replay.is === 'malformed') return `malformed at ${replay.place}`;
  if (replay.is === 'undecidable') return `undecidable, ${replay.why}`;
  if ('outcome' in replay) return `replayed as ${replay.outcome ?? 'nothing'}`;
  const outcomes = replay.outcomes.map(({ outcome, rule, reasons }) =>
    [outcome, rule ?? '', ...reasons].join(' '),
  );
  return `replayed as ${outcomes.join(', ') || 'nothing'}`;
}
