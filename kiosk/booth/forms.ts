/** What the guard may enter by keyboard now: about the person at the gate, about the last emergency. */
import type { Rule } from '../../config/policy.js';
import type { DetailField, Now } from '../../config/vocabulary.js';
import type { Attempt } from '../core/attempt/attempt-state.js';
import { mayMeasureByHand } from '../core/attempt/by-hand.js';
import { feverStanding } from '../core/attempt/fever.js';
import { detailsLacking, inDetail } from '../core/guard/owed.js';
import type { GateState } from '../core/state.js';
import { detailWords } from './phrases.js';
import type { BoothForm } from './view.js';

const ofCard: readonly DetailField[] = ['name', 'id-number'];
/** Who has no ID card, or none that can be read, is registered by hand. */
const byHand: readonly DetailField[] = [...ofCard, 'campus-address', 'phone'];
const ofEmergency: readonly DetailField[] = ['service', 'people', 'vehicle-plate'];

/**
 * @param state the gate after a step
 * @param rule the case of the open attempt, or null
 * @param now the moment of that step
 * @returns the forms: of who is at the gate, of who has passed without, of the last emergency. Of a
 *   person only a guard on duty enters anything
 */
export function formsOf(state: GateState, rule: Rule | null, now: Now): readonly BoothForm[] {
  const { attempt, duty, detailsOwed, emergencyUntilMs, alarms } = state;
  const isEmergency =
    emergencyUntilMs !== null || alarms.some(({ code }) => code === 'emergency-details');
  return [
    ...(attempt === null || duty === null
      ? []
      : [
          {
            about: 'person' as const,
            attempt: attempt.serial,
            masked: attempt.masked,
            isWanted: rule !== null && detailsLacking(rule, attempt).length > 0,
            fields: worded(fieldsOf(state, attempt, rule, now)),
          },
        ]),
    ...(duty === null ? [] : detailsOwed).map(({ attempt: serial, masked, fields }) => ({
      about: 'passed' as const,
      attempt: serial,
      masked,
      isWanted: true,
      fields: worded(fields),
    })),
    ...(isEmergency
      ? [
          {
            about: 'emergency' as const,
            attempt: null,
            masked: null,
            isWanted: true,
            fields: worded(ofEmergency),
          },
        ]
      : []),
  ].filter(({ fields }) => fields.length > 0);
}

function worded(fields: readonly DetailField[]): BoothForm['fields'] {
  return fields.map((id) => ({ id, label: detailWords[id] }));
}

function fieldsOf(
  state: GateState,
  attempt: Attempt,
  rule: Rule | null,
  now: Now,
): readonly DetailField[] {
  const hasCard = attempt.card !== null;
  const isInDetail = rule?.registers === 'in-detail';
  const person = isInDetail ? [...(hasCard ? [] : ofCard), ...inDetail] : hasCard ? [] : byHand;
  const isolated = rule === null ? [] : detailsLacking(rule, attempt);
  return [
    ...person,
    ...isolated.filter((field) => !inDetail.includes(field)),
    ...(mayMeasure(state, attempt, now) ? (['temperature'] as const) : []),
  ];
}

/** Asked for where it counts, and nothing is known yet or a fever may be measured anew. */
function mayMeasure(state: GateState, attempt: Attempt, now: Now): boolean {
  if (!mayMeasureByHand(state, attempt, now.monotonicMs)) return false;
  const { fevers, settings } = state;
  const limits = settings.policy.settings;
  const fever = feverStanding(fevers, attempt.identities, limits, now.monotonicMs);
  if (fever === 'measure') return true;
  const isKnown =
    attempt.temperature !== null || attempt.attested.some(({ what }) => what === 'temperature');
  return fever === 'none' && !isKnown;
}
