/**
 * What a record says without a value, because that is sealed: a fever by its limits, a reading by hand
 * by the guard's word. Under the limits that it was judged by nothing is open; under others it may have
 * been several things, and each of them is an attempt of its own here.
 */
import type { PolicySettings } from '../../../config/policy.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { TemperatureEvidence } from '../evidence.js';
import { judgeTemperature } from '../policy/temperature.js';
import type { GateState } from '../state.js';
import { decidedAtMs, sealedElsewhere } from './read-evidence.js';
import type { RecordReader } from './record-reader.js';

/** A person as they may have stood there, before a gate that knew what followed from it. */
export interface Possible {
  readonly attempt: Attempt;
  readonly state: GateState;
}

/**
 * @param record the decision
 * @param attempt its evidence, without its temperature
 * @param state the gate in its context
 * @returns everything that it may have been under the policy of `state`, one where nothing is open
 */
export function possibilities(
  record: RecordReader,
  attempt: Attempt,
  state: GateState,
): readonly Possible[] {
  const limits = state.settings.policy.settings;
  const temperatures = record.object('temperature', (it) => readTemperature(it, limits)) ?? [null];
  const handIsSure = record
    .objects('attested', (it) => it.text('what') !== 'temperature' || isSure(it, limits))
    .every((isOne) => isOne);
  const isSealed = record.object('temperature', (it) => it.text('band') !== 'normal') ?? false;
  const measured = temperatures.map((temperature) => ({
    attempt: { ...attempt, temperature },
    state: isSealed ? consequently(state, temperature) : state,
  }));
  return handIsSure ? measured : measured.flatMap(byHand);
}

/** A reading that was taken for a fever, and may have been none, has then begun no pause. */
function consequently(state: GateState, temperature: TemperatureEvidence | null): GateState {
  const limits = state.settings.policy.settings;
  if (temperature !== null && judgeTemperature(temperature, limits) === 'fever') return state;
  // Of one who had a fever before it was a retest, and a normal one ends that.
  const fevers = state.fevers.flatMap((seen) =>
    seen.retestsMs.length === 0 ? [] : [{ ...seen, isOpen: false }],
  );
  return { ...state, fevers };
}

/** Taken for normal under other limits: it may be so, or no reading, or a fever just measured. */
function byHand(possible: Possible): readonly Possible[] {
  const { attempt, state } = possible;
  const without = {
    ...attempt,
    attested: attempt.attested.filter(({ what }) => what !== 'temperature'),
  };
  const people = Object.values(attempt.identities).map(({ space, token }) => `${space}:${token}`);
  const fever = { people, lastMs: decidedAtMs, retestsMs: [], isOpen: true };
  return [
    possible,
    { attempt: without, state },
    { attempt: without, state: { ...state, fevers: [...state.fevers, fever] } },
  ];
}

function isSure(it: RecordReader, limits: PolicySettings): boolean {
  return (
    it.whole('thresholdCentidegrees') <= limits.feverCentidegrees &&
    it.whole('readingCentidegreesMin') >= limits.readingCentidegreesMin
  );
}

type Temperature = TemperatureEvidence | null;

function readTemperature(it: RecordReader, limits: PolicySettings): readonly Temperature[] {
  const times = {
    fromMs: decidedAtMs - it.whole('fromAgoMs'),
    takenMs: decidedAtMs - it.whole('agoMs'),
  };
  if (it.word('band', ['normal', 'fever', 'too-cold', 'too-hot', 'ambient']) === 'normal')
    return [
      {
        type: 'temperature',
        bodyCentidegrees: it.whole('bodyCentidegrees'),
        ambientCentidegrees: it.whole('ambientCentidegrees'),
        compensationCentidegrees: it.whole('compensationCentidegrees'),
        sampleCount: it.whole('sampleCount'),
        spreadCentidegrees: it.whole('spreadCentidegrees'),
        ...times,
      },
    ];
  const ref = it.flag('hasSealed') ? { ref: sealedElsewhere } : {};
  const least = it.whole('thresholdCentidegrees');
  const most = it.whole('readingCentidegreesMax');
  const at = (bodyCentidegrees: number): TemperatureEvidence => ({
    type: 'temperature',
    bodyCentidegrees,
    ambientCentidegrees: limits.ambientCentidegreesMin,
    compensationCentidegrees: 0,
    sampleCount: limits.samplesMin,
    spreadCentidegrees: limits.samplesSpreadCentidegreesMax,
    ...ref,
    ...times,
  });
  const possible: Temperature[] = [];
  // The hottest that it may have been and that counts; and the coldest.
  const hottest = Math.min(most, limits.readingCentidegreesMax);
  const coldest = Math.max(least, limits.readingCentidegreesMin);
  if (hottest >= limits.feverCentidegrees && hottest >= coldest) possible.push(at(hottest));
  if (coldest < limits.feverCentidegrees && hottest >= coldest) possible.push(at(coldest));
  if (!isReadingFor(it, limits, least, most)) possible.push(null);
  return possible;
}

/** Whether whatever counted as a reading there counts as one here. */
function isReadingFor(
  it: RecordReader,
  limits: PolicySettings,
  least: number,
  most: number,
): boolean {
  return (
    least >= limits.readingCentidegreesMin &&
    most <= limits.readingCentidegreesMax &&
    it.whole('ambientCentidegreesMin') >= limits.ambientCentidegreesMin &&
    it.whole('ambientCentidegreesMax') <= limits.ambientCentidegreesMax &&
    it.whole('samplesMin') >= limits.samplesMin &&
    it.whole('samplesSpreadCentidegreesMax') <= limits.samplesSpreadCentidegreesMax
  );
}
