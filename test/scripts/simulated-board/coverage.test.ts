/** What the scripted day asks of itself: each rule both ways, and refused for each of its reasons. */
import { expect, test } from 'vitest';
import type { RecordDraft } from '../../../kiosk/journal/port.js';
import {
  coverageOf,
  isEnough,
  neverGiven,
  type RuleCoverage,
} from '../../../scripts/simulated-board/coverage.js';
import type { CaseResult } from '../../../scripts/simulated-board/day.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';

const { policy } = shippedConfiguration();

/** A case that came to these decisions, each written as the table writes it. */
function result(rule: string, ...decisions: readonly string[]): CaseResult {
  const records = decisions.map((decision): RecordDraft => {
    const [outcome = '', reason = ''] = decision.split(' ');
    const isGrant = outcome === 'grant';
    const reasons = isGrant ? [] : [reason];
    return { type: 'decision', at: '', outcome, rule: isGrant ? reason : null, reasons };
  });
  const one = {
    rule,
    clause: '',
    name: '',
    gate: 'in',
    expected: '',
    play: async () => {},
  } as const;
  return { case: one, actual: '', records, relayMs: null, asExpected: true };
}

const rowOf = (results: readonly CaseResult[], id: string): RuleCoverage | undefined =>
  coverageOf(results, policy).find((row) => row.id === id);

test('counts the cases of a rule that let in and that refuse, and names the reasons', () => {
  const results = [
    result('duty-staff', 'deny expired', 'grant duty-staff'),
    result('duty-staff', 'deny expired', 'deny incomplete'),
    // of another rule: it is no acceptance of this one
    result('duty-staff', 'grant lab-staff'),
  ];
  expect(rowOf(results, 'duty-staff')).toEqual({
    id: 'duty-staff',
    clause: '二',
    accepted: 1,
    refused: 2,
    covered: ['expired', 'incomplete'],
    uncovered: ['lifetime-too-long', 'already-used', 'wrong-zone'],
  });
});

test('a rule’s own reasons follow from what it requires', () => {
  const own = (id: string) => new Set(rowOf([], id)?.uncovered);
  expect(own('resident')).toEqual(
    new Set([
      'expired',
      'lifetime-too-long',
      'already-used',
      'outside-window',
      'second-ticket',
      'ticket-uncertain',
      'exit-unknown',
      'direction-repeated',
      'incomplete',
    ]),
  );
  expect(own('returning-tenant')).toEqual(
    new Set(['expired', 'card-unreadable', 'registry-missing']),
  );
  expect(own('hosted-visitor')).toContain('wrong-holder');
  expect(own('isolation')).toEqual(new Set(['isolation']));
});

test('a day without one side of a rule, or without one of its reasons, is not enough', () => {
  const row = { id: 'x', clause: '', accepted: 1, refused: 1, covered: [], uncovered: [] };
  expect(isEnough([row, { ...row, accepted: null }])).toBe(true);
  expect(isEnough([row, { ...row, accepted: 0 }])).toBe(false);
  expect(isEnough([row, { ...row, refused: 0 }])).toBe(false);
  expect(isEnough([row, { ...row, uncovered: ['expired'] }])).toBe(false);
  expect(neverGiven([result('wire', 'deny too-long')])).not.toContain('too-long');
  expect(neverGiven([])).toContain('too-long');
});
