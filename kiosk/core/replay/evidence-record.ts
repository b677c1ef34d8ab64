/**
 * An attempt's evidence as its record holds it: all that a decision reads of it, and nothing private.
 * Times are whole milliseconds before the decision. Read back by `read-evidence.ts`.
 */
import type { PolicySettings } from '../../../config/policy.js';
import type { JsonValue } from '../../journal/port.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { CardEvidence, DocumentEvidence, TemperatureEvidence } from '../evidence.js';
import { zoneRefusal } from '../policy/paper.js';
import { judgeTemperature } from '../policy/temperature.js';
import type { GateState } from '../state.js';

export type Fields = { readonly [member: string]: JsonValue };

/** As many digits in a row as the shortest number of an ID card has: no unit is called so. */
const numberLike = /\d{12}/;

/**
 * @param state the gate; its settings are read
 * @param attempt the evidence
 * @param nowMs the moment of the decision, monotonic milliseconds
 * @returns the members of its record
 */
export function evidenceFields(state: GateState, attempt: Attempt, nowMs: number): Fields {
  const limits = state.settings.policy.settings;
  return {
    identities: Object.values(attempt.identities).map(({ space, token }) => ({ space, token })),
    documents: attempt.documents.map((document) => documentFields(document, state, nowMs)),
    card: cardFields(attempt.card, nowMs),
    attested: attempt.attested.map(({ what, guard, atMs }) => ({
      ...{ what, guard, agoMs: nowMs - atMs },
      ...(what === 'temperature' ? byHandLimits(limits) : {}),
    })),
    selected: attempt.selected,
    attended: attempt.attended,
    arrivalDay: attempt.arrivalDay,
    refusals: attempt.refusals.map(({ reason, kind }) => ({ reason, kind })),
    temperature: temperatureFields(attempt.temperature, limits, nowMs),
    quietMs: nowMs - attempt.lastEvidenceMs,
  };
}

function documentFields(document: DocumentEvidence, state: GateState, nowMs: number): JsonValue {
  const { id, kind, variant, purpose, day, issuedSeconds, expiresSeconds } = document;
  const { identity, host, boundTo, zones, replaces, takenMs } = document;
  // An issuer that puts a person's number where a unit belongs must not bring it into the records.
  const unit = document.unit !== null && numberLike.test(document.unit) ? null : document.unit;
  return {
    ...{ id, kind, variant, purpose, unit, day, issuedSeconds, expiresSeconds },
    identity: identity === null ? null : { space: identity.space, token: identity.token },
    host,
    ...(boundTo === undefined ? {} : { boundTo }),
    // Which zones it names is the issuer's text; whether this one is among them is what is read.
    inZone: zones === null ? null : zoneRefusal(document, state) === null,
    ...(replaces.length === 0 ? {} : { replaces: [...replaces] }),
    agoMs: nowMs - takenMs,
  };
}

function cardFields(card: CardEvidence | null, nowMs: number): JsonValue {
  if (card === null) return null;
  const { cardKind, validToSeconds, bound, ref, takenMs } = card;
  return {
    ...{ kind: cardKind, validToSeconds, bound: [...bound] },
    ...{ hasSealed: ref !== null, agoMs: nowMs - takenMs },
  };
}

/** By which limits a reading by hand was normal: its value is sealed, or was said to be so. */
function byHandLimits({ feverCentidegrees, readingCentidegreesMin }: PolicySettings): Fields {
  return { thresholdCentidegrees: feverCentidegrees, readingCentidegreesMin };
}

/**
 * A fever's exact value never leaves the gate in clear: the band does, and the limits that it was
 * judged by. Of the sensor an attempt keeps only what is normal or a fever.
 */
function temperatureFields(
  temperature: TemperatureEvidence | null,
  limits: PolicySettings,
  nowMs: number,
): JsonValue {
  if (temperature === null) return null;
  const { fromMs, takenMs } = temperature;
  const times = { fromAgoMs: nowMs - fromMs, agoMs: nowMs - takenMs };
  const band = judgeTemperature(temperature, limits);
  if (band !== 'normal')
    return {
      ...{ band, hasSealed: temperature.ref !== undefined, ...times },
      thresholdCentidegrees: limits.feverCentidegrees,
      readingCentidegreesMax: limits.readingCentidegreesMax,
      ambientCentidegreesMin: limits.ambientCentidegreesMin,
      ambientCentidegreesMax: limits.ambientCentidegreesMax,
      samplesMin: limits.samplesMin,
      samplesSpreadCentidegreesMax: limits.samplesSpreadCentidegreesMax,
    };
  return {
    band,
    bodyCentidegrees: temperature.bodyCentidegrees,
    ambientCentidegrees: temperature.ambientCentidegrees,
    compensationCentidegrees: temperature.compensationCentidegrees,
    sampleCount: temperature.sampleCount,
    spreadCentidegrees: temperature.spreadCentidegrees,
    ...times,
  };
}
