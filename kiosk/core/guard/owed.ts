/** Details that a rule asks for and that nobody has entered before the person went through. */
import type { Rule } from '../../../config/policy.js';
import type { DetailField } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { Grant } from '../lane/lane-state.js';
import { detailsOwedMax } from '../limits.js';
import { clearAlarm, raise, set, type Turn } from '../turn.js';

/** "In detail" (clause 七.3), beside the ID card; the day of arrival is said by CONFIRM. */
export const inDetail: readonly DetailField[] = [
  'campus-address',
  'phone',
  'where-from',
  'transport',
];

/**
 * @param rule the person's case
 * @returns what it asks for and nobody has shown or entered: field by field, as one alone settles
 *   nothing. Whom it isolates it isolates with the household, and staff with their campus id.
 */
export function detailsLacking(rule: Rule, attempt: Attempt): readonly DetailField[] {
  if (rule.registers !== 'in-detail') return [];
  const { identities, entered } = attempt;
  const isolated: DetailField[] = [];
  if (rule.isolates === true) {
    if (identities.household === undefined) isolated.push('household');
    if (isOfStaff(rule) && identities['campus-id'] === undefined) isolated.push('campus-id');
  }
  return [...inDetail, ...isolated].filter((field) => !entered.includes(field));
}

/** Whose work ID the guard sees has a campus id. */
function isOfStaff({ requires }: Rule): boolean {
  return requires.some((it) => it.op === 'attested' && it.what === 'work-id');
}

/** The person has passed: where details are missing, the booth goes on asking for them. */
export function oweDetails(turn: Turn, grant: Grant): void {
  const { attempt, detailsOwed } = turn.state;
  if (grant.attempt === null) return;
  const own = attempt?.serial === grant.attempt ? attempt : null;
  const fields = grant.lacking.filter((field) => own?.entered.includes(field) !== true);
  if (fields.length === 0) return;
  const until = grant.isolations[0]?.until ?? null;
  const owed = { attempt: grant.attempt, masked: own?.masked ?? null, fields, until };
  set(turn, { detailsOwed: [...detailsOwed, owed].slice(-detailsOwedMax) });
  raise(turn, 'details-missing');
}

/** Details of this attempt have come: what is still missing is asked for as before. */
export function settleDetails(turn: Turn, serial: number, entered: readonly DetailField[]): void {
  const detailsOwed = turn.state.detailsOwed.flatMap((owed) => {
    if (owed.attempt !== serial) return [owed];
    const fields = owed.fields.filter((field) => !entered.includes(field));
    return fields.length === 0 ? [] : [{ ...owed, fields }];
  });
  set(turn, { detailsOwed });
  if (detailsOwed.length === 0) clearAlarm(turn, 'details-missing');
}
