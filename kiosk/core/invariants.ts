/**
 * The laws, each under its name, asserted after every step in production. A law looks at the step
 * from outside, with its own eyes: it calls none of the functions that made the decision.
 */
import { relayLimits } from '../../hardware/ports.js';
import { doubtRefuses } from './doubt.js';
import { findUse } from './known.js';
import { grantOf, type Law, type Observed } from './observed.js';

export const laws: Readonly<Record<string, Law>> = {
  'locked-by-default': lockedByDefault,
  'recorded-before-opened': recordedBeforeOpened,
  'one-grant-one-pulse-one-passage': oneGrantOnePulseOnePassage,
  'evidence-never-mixes': evidenceNeverMixes,
  'doubt-refuses': doubtRefuses,
  'fire-wins': fireWins,
};

export interface BrokenLaw {
  readonly law: string;
  readonly detail: string;
}

const inOrder = Object.entries(laws);

/** @returns the first law that a step breaks, or null */
export function findBrokenLaw(step: Observed): BrokenLaw | null {
  for (const [law, check] of inOrder) {
    const detail = check(step);
    if (detail !== null) return { law, detail };
  }
  return null;
}

/** Law 1: only the sync of the awaited grant pulses; only an EMERGENCY press releases. */
function lockedByDefault({ before, input, after, effects, now }: Observed): string | null {
  const pulses = effects.filter((effect) => effect.type === 'relay-pulse');
  if (pulses.length > 1) return 'two pulses in one step';
  const pulse = pulses[0];
  if (pulse !== undefined) {
    if (input.type !== 'committed' || input.id !== pulse.id) return `pulse on ${input.type}`;
    if (!(pulse.durationMs <= relayLimits.pulseMsMax)) return 'pulse longer than the maximum';
    if (after.lane.name !== 'granted') return `pulse with the lane ${after.lane.name}`;
    if (after.releaseUntilMs !== null) return 'pulse during a release';
  }
  const wanted = after.fire || after.emergencyUntilMs !== null;
  const { releaseUntilMs } = after;
  if ((releaseUntilMs !== null) !== wanted) return 'release without a cause, or a cause without it';
  if (releaseUntilMs !== null && !(releaseUntilMs > now.monotonicMs))
    return 'release beyond its end';
  const release = effects.findLast((effect) => effect.type === 'relay-release');
  if (release === undefined)
    return releaseUntilMs === before.releaseUntilMs ? null : 'release changed, relay not told';
  if ((release.on ? release.untilMs : null) !== releaseUntilMs) return 'relay told otherwise';
  if (!(release.untilMs - now.monotonicMs <= relayLimits.releaseMsMax)) return 'release too long';
  const begins = release.on && before.releaseUntilMs === null;
  const isPressed = input.type === 'button' && input.button === 'emergency' && input.pressed;
  const isFire = input.type === 'fire' && input.active;
  if (begins && !isPressed && !isFire) return `release on ${input.type}`;
  return null;
}

/** Law 2: append, then `committed` for this attempt, then the relay; record and ticket together. */
function recordedBeforeOpened({ before, input, after, effects }: Observed): string | null {
  const pulse = effects.find((effect) => effect.type === 'relay-pulse');
  if (pulse !== undefined && grantOf(before.lane, ['committing'])?.id !== pulse.id)
    return 'pulse for a grant that was not awaited';
  const opened = grantOf(after.lane, ['granted', 'passing', 'settling']);
  if (opened !== null) {
    if (opened.seq === null) return 'open without a record number';
    if (grantOf(before.lane, ['granted', 'passing', 'settling'])?.id !== opened.id) {
      if (input.type !== 'committed' || input.id !== opened.id) return 'opened without its sync';
    }
  }
  const asked = grantOf(after.lane, ['committing']);
  if (asked !== null && grantOf(before.lane, ['committing'])?.id !== asked.id) {
    const append = effects.find((effect) => effect.type === 'append' && effect.id === asked.id);
    if (append?.type !== 'append' || !append.urgent) return 'grant without an append';
    const record = append.records.at(-1);
    if (record?.type !== 'decision' || record['outcome'] !== 'grant')
      return 'append without the decision';
    if (record['attempt'] !== asked.attempt) return 'decision of another attempt';
    const reserved = append.uses.some(
      ({ op, entry }) => op === 'reserve' && entry.key === asked.ticket?.key,
    );
    if ((asked.ticket !== null) !== reserved) return 'ticket not in the same transaction';
  }
  return null;
}

/** Law 3: what was sensed is recorded once, and the ticket is settled with it. */
function oneGrantOnePulseOnePassage({ before, after, effects }: Observed): string | null {
  if (after.requestId < before.requestId) return 'request ids run back';
  const current = grantOf(after.lane, ['committing', 'granted', 'passing', 'settling']);
  const previous = grantOf(before.lane, ['committing', 'granted', 'passing', 'settling']);
  if (current !== null && current.id !== previous?.id && current.id < before.requestId)
    return 'a grant comes back';
  // What is only written again was looked at in its own step.
  const again = new Set(before.unwritten.failed.map((writing) => writing.records));
  const news = effects.filter((it) => it.type === 'append' && !again.has(it.records));
  const uses = news.flatMap((effect) => (effect.type === 'append' ? effect.uses : []));
  const records = news.flatMap((effect) => (effect.type === 'append' ? effect.records : []));
  const underWay = grantOf(before.lane, ['granted', 'passing']);
  const stillUnderWay = grantOf(after.lane, ['granted', 'passing']);
  if (underWay !== null && stillUnderWay?.id !== underWay.id) {
    const outcomes = records.filter(
      (record) => record.type === 'passage' && record['grant'] === underWay.seq,
    );
    if (outcomes.filter((record) => record['outcome'] !== 'tailgate').length !== 1)
      return 'a grant ended without one outcome';
    if (underWay.ticket !== null) {
      const settled = uses.filter(
        ({ op, entry }) =>
          (op === 'spend' || op === 'return') &&
          entry.type === 'ticket' &&
          entry.key === underWay.ticket?.key,
      );
      if (settled.length !== 1) return 'a ticket not settled once';
    }
  }
  const holding = grantOf(after.lane, ['committing', 'granted', 'passing']);
  if (holding?.ticket) {
    const { key, direction } = holding.ticket;
    if (findUse(after.known, 'ticket', key, direction) === null)
      return 'a ticket under way is not reserved';
  }
  return null;
}

/** Law 4: one identity a slot, nothing older than the attempt, no temperature before the identity. */
function evidenceNeverMixes({ before, after }: Observed): string | null {
  const { attempt } = after;
  if (attempt === null) return null;
  for (const document of attempt.documents) {
    if (document.takenMs < attempt.startedMs) return 'a paper older than the attempt';
    const { identity } = document;
    if (identity !== null && attempt.identities[identity.space]?.token !== identity.token)
      return `two identities in the slot ${identity.space}`;
  }
  if (attempt.temperature !== null) {
    if (attempt.identifiedMs === null || !(attempt.temperature.fromMs >= attempt.identifiedMs))
      return 'a temperature taken before the identity';
  }
  const last = before.attempt;
  if (last !== null && last.serial !== attempt.serial) {
    if (attempt.serial <= last.serial) return 'an attempt comes back';
    if (attempt.documents.some((document) => last.documents.includes(document)))
      return 'a paper of the attempt before';
    if (attempt.temperature !== null && attempt.temperature === last.temperature)
      return 'the temperature of the attempt before';
  }
  return null;
}

/** Law 9: the release comes in the same step, waits for no answer, and nothing is granted meanwhile. */
function fireWins({ before, input, after, effects }: Observed): string | null {
  if (input.type === 'fire' && after.fire !== input.active) return 'fire not taken in';
  if (!after.fire) return null;
  if (after.releaseUntilMs === null) return 'fire without release';
  if (after.lane.name === 'committing') return 'a grant during a fire';
  if (before.fire) return null;
  const isTold = effects.some((effect) => effect.type === 'relay-release' && effect.on);
  return isTold ? null : 'fire waits';
}
