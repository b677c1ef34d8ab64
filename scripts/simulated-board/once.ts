/** `npm start -- --once`: plays the scripted day, prints its table and summary. */
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import type { Case } from './cases/case.js';
import { allCases, type CaseResult, playDay } from './day.js';
import { lineOf } from './table.js';

const header = ['rule', 'clause', 'case', 'gate', 'expected', 'actual', 'ms to relay'];
const rowOf = ({ case: one, actual, relayMs }: CaseResult): string[] => [
  one.rule,
  one.clause,
  one.name,
  one.gate,
  one.expected,
  actual,
  relayMs === null ? '' : relayMs.toFixed(1),
];

/**
 * Prints each case as it has been played.
 * @returns 0, or 1 where an outcome is not the expected one
 */
export async function playOnce(options: {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly log: Logger;
  /** all without it */
  readonly cases?: readonly Case[];
  /** one line of the table */
  print(line: string): void;
}): Promise<0 | 1> {
  const { cases = allCases, print } = options;
  const widths = [10, 8, 58, 4, 36, 36, 0];
  print(lineOf(['', ...header], [2, ...widths]));
  const began = performance.now();
  const results = await playDay({
    ...options,
    played(result) {
      const mark = result.asExpected ? '✓' : '✗';
      print(lineOf([mark, ...rowOf(result)], [2, ...widths]));
    },
  });
  const wrong = results.filter(({ asExpected }) => !asExpected);
  const relay = results.flatMap(({ relayMs }) => (relayMs === null ? [] : [relayMs]));
  relay.sort((a, b) => a - b);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  print('');
  print(
    `${results.length} of ${cases.length} cases played in ${seconds} s, ${wrong.length} not as expected; ` +
      `last byte to relay: median ${(relay[Math.floor(relay.length / 2)] ?? 0).toFixed(1)} ms, ` +
      `slowest ${(relay.at(-1) ?? 0).toFixed(1)} ms`,
  );
  const lacking = options.cases === undefined ? uncovered(options.policy, results) : [];
  for (const line of lacking) print(line);
  return wrong.length === 0 && lacking.length === 0 ? 0 : 1;
}

/** @returns a line for each rule and stop of which the day does not show both sides, or the one it has */
function uncovered({ rules, stops }: Policy, results: readonly CaseResult[]): readonly string[] {
  const of = (id: string) => results.filter(({ case: one }) => one.rule === id);
  const accepted = (id: string) => of(id).some(({ actual }) => actual.startsWith(`grant ${id}`));
  const refused = (id: string) => of(id).some(({ actual }) => /^(deny|refer|guard)/.test(actual));
  return [
    ...rules.filter(({ id }) => !accepted(id)).map(({ id }) => `${id} is never accepted`),
    ...[...rules, ...stops]
      .filter(({ id }) => !refused(id))
      .map(({ id }) => `${id} is never refused`),
  ];
}
