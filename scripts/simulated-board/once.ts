/** `npm start -- --once`: plays the scripted day, prints its table and summary. */
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Policy } from '../../config/policy.js';
import { allCases } from './cases/all.js';
import type { Case } from './cases/case.js';
import { coverageOf, isEnough, neverGiven } from './coverage.js';
import { type CaseResult, playDay } from './day.js';
import { linesOf, ruleText, wrapped } from './table.js';

const header = ['', 'rule', 'clause', 'case', 'gate', 'outcome', 'ms'];
/** Within 160 columns; `ms` is from the last byte to the relay's edge. */
const widths = [1, 22, 8, 58, 8, 46, 5];
const caseWidth = 58;
const outcomeWidth = 46;
const reasonsWidth = 100;
const coverageWidths = [22, 8, 8, 8, reasonsWidth];

/**
 * Prints each case as it has been played.
 * @returns 0; 1 where an outcome is not the expected one, or where of the whole day a rule is never
 *   accepted, never refused, or not for one of its reasons
 */
export async function playOnce(options: {
  readonly config: KioskConfig;
  readonly policy: Policy;
  readonly log: Logger;
  /** all without it, and only then is it asked whether they are enough */
  readonly cases?: readonly Case[];
  /** one line of the table */
  print(line: string): void;
}): Promise<0 | 1> {
  const { cases = allCases, policy, print } = options;
  const row = (cells: readonly (string | readonly string[])[]): void => {
    for (const line of linesOf(cells, widths)) print(line);
  };
  row(header);
  const began = performance.now();
  const results = await playDay({
    ...options,
    played: (result) => row(cellsOf(result)),
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const isWhole = options.cases !== undefined || printCoverage(results, policy, print);
  const wrong = results.filter(({ asExpected }) => !asExpected);
  const relay = results.flatMap(({ relayMs }) => (relayMs === null ? [] : [relayMs]));
  relay.sort((a, b) => a - b);
  print('');
  print(
    `${results.length} of ${cases.length} cases played in ${seconds} s, ${wrong.length} not as expected; ` +
      `last byte to relay: median ${(relay[Math.floor(relay.length / 2)] ?? 0).toFixed(1)} ms, ` +
      `slowest ${(relay.at(-1) ?? 0).toFixed(1)} ms`,
  );
  return wrong.length === 0 && isWhole ? 0 : 1;
}

function cellsOf({ case: one, actual, relayMs, asExpected }: CaseResult) {
  const outcome = wrapped(one.expected, outcomeWidth);
  const instead = wrapped(`instead: ${actual}`, outcomeWidth);
  return [
    asExpected ? '✓' : '✗',
    ruleText(one.rule),
    one.clause,
    wrapped(one.name, caseWidth),
    one.gate,
    asExpected ? outcome : [...outcome, ...instead],
    relayMs === null ? '' : relayMs.toFixed(1),
  ];
}

/** @returns whether each rule was accepted, and refused for each of its reasons; a stop: refused */
function printCoverage(
  results: readonly CaseResult[],
  policy: Policy,
  print: (line: string) => void,
): boolean {
  const coverage = coverageOf(results, policy);
  const row = (cells: readonly (string | readonly string[])[]): void => {
    for (const line of linesOf(cells, coverageWidths)) print(line);
  };
  print('');
  row(['rule', 'clause', 'accepted', 'refused', 'for']);
  for (const { id, clause, accepted, refused, covered, uncovered } of coverage) {
    const never = uncovered.length === 0 ? [] : [`never: ${uncovered.join(' ')}`];
    const reasons = [...wrapped(covered.join(' '), reasonsWidth), ...never];
    row([id, clause, accepted === null ? '' : `${accepted}`, `${refused}`, reasons]);
  }
  const pairs = coverage.reduce((sum, { covered }) => sum + covered.length, 0);
  const never = neverGiven(results);
  print('');
  print(
    `${policy.rules.length} rules and ${policy.stops.length} stops, ${pairs} pairs of rule and reason` +
      (never.length === 0 ? '' : `; given in no case: ${never.join(' ')}`),
  );
  return isEnough(coverage);
}
