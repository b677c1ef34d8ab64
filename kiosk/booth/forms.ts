/** What the guard may enter by keyboard now: about the person at the gate, about the last emergency. */
import type { Rule } from '../../config/policy.js';
import type { DetailField, Now } from '../../config/vocabulary.js';
import type { Attempt } from '../core/attempt/attempt-state.js';
import { feverStanding } from '../core/attempt/fever.js';
import type { GateState } from '../core/state.js';
import { detailWords } from './phrases.js';
import type { BoothForm } from './view.js';

const ofCard: readonly DetailField[] = ['name', 'id-number'];
/** "In detail" (clause 七.3); the day of arrival is said by CONFIRM. */
const inDetail: readonly DetailField[] = ['campus-address', 'phone', 'where-from', 'transport'];
/** Who has no ID card, or none that can be read, is registered by hand. */
const byHand: readonly DetailField[] = [...ofCard, 'campus-address', 'phone'];
/** Who was registered in detail showed an ID card. */
const ofPassed: readonly DetailField[] = [...inDetail, 'household'];
const ofEmergency: readonly DetailField[] = ['service', 'people', 'vehicle-plate'];

/**
 * @param state the gate after a step
 * @param rule the case of the open attempt, or null
 * @param now the moment of that step
 * @returns the forms: of who is at the gate, of who has passed without, of the last emergency
 */
export function formsOf(state: GateState, rule: Rule | null, now: Now): readonly BoothForm[] {
  const { attempt, detailsOwed, emergencyUntilMs, alarms } = state;
  const isInDetail = rule?.registers === 'in-detail';
  const isEmergency =
    emergencyUntilMs !== null || alarms.some(({ code }) => code === 'emergency-details');
  return [
    ...(attempt === null
      ? []
      : [
          {
            about: 'person' as const,
            attempt: attempt.serial,
            masked: attempt.masked,
            isWanted: isInDetail && !attempt.detailed,
            fields: worded(fieldsOf(state, attempt, isInDetail, now)),
          },
        ]),
    ...detailsOwed.map((owed) => ({
      about: 'passed' as const,
      ...owed,
      isWanted: true,
      fields: worded(ofPassed),
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
  isInDetail: boolean,
  now: Now,
): readonly DetailField[] {
  const hasCard = attempt.card !== null;
  const person = isInDetail ? [...(hasCard ? [] : ofCard), ...inDetail] : hasCard ? [] : byHand;
  const isHouseholdKnown = attempt.household !== null || attempt.identities.household !== undefined;
  return [
    ...person,
    ...(isInDetail && !isHouseholdKnown ? (['household'] as const) : []),
    ...(mayMeasure(state, attempt, now) ? (['temperature'] as const) : []),
  ];
}

/** A reading by hand is a measurement: it binds to who is known, and not in a fever's pause. */
function mayMeasure({ fevers, settings }: GateState, attempt: Attempt, now: Now): boolean {
  if (attempt.identifiedMs === null) return false;
  const limits = settings.policy.settings;
  const fever = feverStanding(fevers, attempt.identities, limits, now.monotonicMs);
  if (fever === 'measure') return true;
  const isKnown =
    attempt.temperature !== null || attempt.attested.some(({ what }) => what === 'temperature');
  return fever === 'none' && !isKnown;
}
