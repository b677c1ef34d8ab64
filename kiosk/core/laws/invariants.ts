/**
 * The laws, each under its name, asserted after every step in production. A law looks at the step
 * from outside, with its own eyes: it calls none of the functions that made the decision.
 */
import { relayLimits } from '../../../hardware/ports.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { findUse } from '../known/known.js';
import type { Grant } from '../lane/lane-state.js';
import { wholeMoment } from '../time/clock.js';
import { doubtRefuses } from './doubt.js';
import { guardIsNamed } from './law-guard.js';
import { levelIsEnded } from './law-level.js';
import { nothingPrivateLeaks } from './law-private.js';
import { nothingRecordedIsLost } from './law-record.js';
import { decisionsReplay } from './law-replay.js';
import { settingsChangeAtRest } from './law-settings.js';
import { timeNeverRunsBack } from './law-time.js';
import { grantOf, type Law, type Observed } from './observed.js';

/** Law 7; journal and reports are looked at under the same name. */
export const recordLaw = 'nothing-recorded-is-lost';

export const laws: Readonly<Record<string, Law>> = {
  'locked-by-default': lockedByDefault,
  'recorded-before-opened': recordedBeforeOpened,
  'one-grant-one-pulse-one-passage': oneGrantOnePulseOnePassage,
  'evidence-never-mixes': evidenceNeverMixes,
  'doubt-refuses': doubtRefuses,
  'nothing-private-leaks': nothingPrivateLeaks,
  'time-never-runs-back': timeNeverRunsBack,
  'fire-wins': fireWins,
  'guard-is-named': guardIsNamed,
  'settings-change-at-rest': settingsChangeAtRest,
  [recordLaw]: nothingRecordedIsLost,
  'every-decision-can-be-replayed': decisionsReplay,
};

/**
 * Asserted when the step's effects are under way: what it looks at is on its way to the disk, and the
 * relay is driven by a later step at the earliest.
 */
const lateLaws: readonly string[] = ['every-decision-can-be-replayed'];

export interface BrokenLaw {
  readonly law: string;
  readonly detail: string;
}

const early = Object.entries(laws).filter(([law]) => !lateLaws.includes(law));
const late = Object.entries(laws).filter(([law]) => lateLaws.includes(law));

/** A step with the moment as it was handed to it. */
type Seen = Omit<Observed, 'raw'>;

/**
 * @param seen before its effects are performed
 * @returns the first law that it breaks, or null
 */
export function findBrokenLaw(seen: Seen): BrokenLaw | null {
  return firstBroken(early, seen);
}

/**
 * @param seen when its effects have been handed on
 * @returns the first of the other laws that it breaks, or null
 */
export function findLateBrokenLaw(seen: Seen): BrokenLaw | null {
  return firstBroken(late, seen);
}

function firstBroken(checks: typeof early, seen: Seen): BrokenLaw | null {
  const { wallMs, clock } = seen.after.time;
  const { monotonicMs } = wholeMoment(seen.now);
  const step = { ...seen, now: { monotonicMs, wallMs, clock }, raw: seen.now };
  for (const [law, check] of checks) {
    const detail = check(step);
    if (detail !== null) return { law, detail };
  }
  return null;
}

/** Law 1: only the sync of the awaited grant pulses; only an EMERGENCY press releases. */
function lockedByDefault(step: Observed): string | null {
  const { before, input, after, effects, now } = step;
  const level = levelIsEnded(step);
  if (level !== null) return level;
  const pulses = effects.filter((effect) => effect.type === 'relay-pulse');
  if (pulses.length > 1) return 'two pulses in one step';
  const pulse = pulses[0];
  if (pulse !== undefined) {
    const isSynced = input.type === 'committed' && input.id === pulse.id;
    if (!isSynced && !isOverrideDue({ before, input, now }, pulse.id))
      return `pulse on ${input.type}`;
    if (after.lockdown && after.settings.direction === 'in') return 'pulse in a lockdown';
    const { pulseMsMax, levelMsMax } = relayLimits;
    const durationMsMax = after.settings.turnstileMode === 'level' ? levelMsMax : pulseMsMax;
    if (!(pulse.durationMs <= durationMsMax)) return 'pulse longer than the maximum';
    // A late loop may hear of the body in the step that opens for it.
    const { name } = after.lane;
    if (name !== 'granted' && (isSynced || name !== 'passing'))
      return `pulse with the lane ${name}`;
    if (after.releaseUntilMs !== null) return 'pulse during a release';
    const { relay, turnstile } = after.devices;
    const isRules = grantOf(after.lane, [name])?.override === null;
    if (isRules && (relay !== 'ok' || turnstile !== 'ok')) return 'pulse with a part failed';
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
  const isPressed =
    input.type === 'button' && input.button === 'emergency' && input.event === 'pressed';
  const isFire = input.type === 'fire' && input.active;
  if (begins && !isPressed && !isFire) return `release on ${input.type}`;
  return null;
}

/** The guard's word opens though the disk does not take its record, or not in time. */
function isOverrideDue(
  { before, input, now }: Pick<Observed, 'before' | 'input' | 'now'>,
  id: number,
): boolean {
  const { lane } = before;
  if (lane.name !== 'committing' || lane.grant.id !== id || lane.grant.override === null)
    return false;
  if (input.type === 'append-failed' && input.id === id) return true;
  return lane.deadlineMs <= now.monotonicMs;
}

/** Law 2: append, then `committed` for this attempt, then the relay; record and ticket together. */
function recordedBeforeOpened({ before, input, after, effects, now }: Observed): string | null {
  const pulse = effects.find((effect) => effect.type === 'relay-pulse');
  if (pulse !== undefined && grantOf(before.lane, ['committing'])?.id !== pulse.id)
    return 'pulse for a grant that was not awaited';
  const opened = grantOf(after.lane, ['granted', 'passing', 'settling']);
  if (opened !== null) {
    const isGuards = opened.override !== null;
    if (opened.seq === null && !isGuards) return 'open without a record number';
    if (grantOf(before.lane, ['granted', 'passing', 'settling'])?.id !== opened.id) {
      const isSynced = input.type === 'committed' && input.id === opened.id;
      if (!isSynced && !isOverrideDue({ before, input, now }, opened.id))
        return 'opened without its sync';
    }
  }
  const asked = grantOf(after.lane, ['committing']);
  if (asked !== null && grantOf(before.lane, ['committing'])?.id !== asked.id) {
    const append = effects.find((effect) => effect.type === 'append' && effect.id === asked.id);
    if (append?.type !== 'append' || !append.urgent) return 'grant without an append';
    if (asked.override !== null) return overrideNamed(asked, append.records);
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

function overrideNamed(
  { id, guard }: Grant,
  records: readonly { readonly [field: string]: unknown }[],
): string | null {
  const record = records.find((it) => it['type'] === 'override' && it['request'] === id);
  if (record === undefined) return 'override without its record';
  return record['guard'] === guard && guard !== null ? null : 'override of nobody';
}

/** What may be sensed beside the one end of a grant. */
const beside: readonly string[] = ['tailgate', 'accompanied', 'turned-back'];

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
      (record) =>
        record.type === 'passage' &&
        (underWay.seq === null
          ? record['request'] === underWay.id
          : record['grant'] === underWay.seq),
    );
    const ends = outcomes.filter(({ outcome }) => !beside.includes(String(outcome)));
    if (ends.length !== 1) return 'a grant ended without one outcome';
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
    if (identity === null || isHostsCode(attempt, identity.token)) continue;
    if (attempt.identities[identity.space]?.token !== identity.token)
      return `two identities in the slot ${identity.space}`;
  }
  const { card } = attempt;
  if (card !== null) {
    if (card.takenMs < attempt.startedMs) return 'a card older than the attempt';
    if (attempt.identities['id-number']?.token !== card.identity.token)
      return 'two identities in the slot id-number';
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
    if (attempt.card !== null && attempt.card === last.card)
      return 'the card of the attempt before';
    if (attempt.attested.some((it) => last.attested.includes(it)))
      return 'an attestation of the attempt before';
    if (attempt.temperature !== null && attempt.temperature === last.temperature)
      return 'the temperature of the attempt before';
  }
  return null;
}

/** The host whom a shown filing names stands beside the visitor and is no second person. */
function isHostsCode({ documents }: Attempt, token: string): boolean {
  return documents.some(({ host }) => host === token);
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
