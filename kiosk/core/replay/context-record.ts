/**
 * What a decision reads of the gate itself, as its record holds it: where it stands, which parts are
 * not sound, what it knows of the papers and people of this attempt. Read back by `read-context.ts`.
 */
import type { DeviceName } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { factsOf } from '../known/known-facts.js';
import type { GateState } from '../state.js';
import type { Fields } from './evidence-record.js';

/** The parts that some rule may need. */
export const partsRead: readonly DeviceName[] = [
  'relay',
  'turnstile',
  'panel',
  'thermometer',
  'scanner',
  'id-card-reader',
];

/** @returns where and by which papers of the site something was decided; every decision says it */
export function placeFields(state: GateState, clock: string): Fields {
  const { settings, hearsOthers, duty } = state;
  return {
    direction: settings.direction,
    zone: settings.zone.name,
    zoneKind: settings.zone.kind,
    utcOffsetMinutes: settings.utcOffsetMinutes,
    policy: settings.policyHash,
    configuration: settings.configurationHash,
    // false: this gate did not know the latest of the others
    hearsOthers,
    clock,
    onDuty: duty?.guard ?? null,
  };
}

/**
 * @param state the gate at the decision, before that changed anything
 * @param attempt the evidence
 * @param nowMs the moment of the decision, monotonic milliseconds
 * @returns `context` of the record
 */
export function contextFields(state: GateState, attempt: Attempt, nowMs: number): Fields {
  const { devices, registry, unwritten, late, known, fevers } = state;
  const { documents, identities, card } = attempt;
  const people = [
    ...Object.values(identities),
    ...documents.flatMap(({ identity }) => identity ?? []),
    ...(card === null ? [] : [card.identity]),
  ];
  const names = Object.values(identities).map(({ space, token }) => `${space}:${token}`);
  const facts = factsOf(
    known,
    new Set(documents.flatMap(({ id, replaces }) => [id, ...replaces])),
    new Set(people.map(({ token }) => token)),
  );
  return {
    faulty: partsRead.filter((part) => devices[part] !== 'ok'),
    registry,
    // A use that is not written yet may be one of these papers'.
    unwritten: unwritten.failed.length > 0,
    late: late.length > 0,
    known: facts.map((fact) => ({ ...fact })),
    fevers: fevers
      .filter((seen) => names.some((name) => seen.people.includes(name)))
      .map(({ lastMs, retestsMs, isOpen }) => ({
        agoMs: nowMs - lastMs,
        retestsAgoMs: retestsMs.map((ms) => nowMs - ms),
        isOpen,
      })),
  };
}
