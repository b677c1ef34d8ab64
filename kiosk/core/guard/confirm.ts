/** CONFIRM: what has been shown for a second is taken as said by the guard on duty. */
import { replaceAttempt, setStanding } from '../attempt/attempt.js';
import type { Attempt } from '../attempt/attempt-state.js';
import { decide } from '../attempt/decide.js';
import { feverMeasured } from '../attempt/fever.js';
import { promptReadyMs } from '../deadlines.js';
import { findUse } from '../known/known.js';
import { withdrawGrant } from '../lane/grant.js';
import { settleUncertain } from '../lane/reservation.js';
import { note, set, type Turn } from '../turn.js';
import type { FeedbackCode } from './guard-state.js';
import { type Meaning, promptsOf } from './prompts.js';

/** @returns what the press came to */
export function confirm(turn: Turn): FeedbackCode | null {
  const { duty, prompt } = turn.state;
  if (duty === null) return 'nobody-on-duty';
  const shown = promptsOf(turn.state, turn.now).find(({ id }) => id === prompt?.id);
  if (prompt === null || shown === undefined) return 'nothing-to-confirm';
  // The deadline that shows it as ready may come with this very step.
  if (promptReadyMs(turn.state, prompt) > turn.now.monotonicMs) return 'not-shown-long-enough';
  apply(turn, shown.meaning, duty.guard);
  return 'done';
}

function apply(turn: Turn, meaning: Meaning, guard: string): void {
  const { attempt, opened } = turn.state;
  switch (meaning.type) {
    case 'reason':
      if (opened === null) return;
      note(turn, 'override-reason', { request: opened.grant, reason: meaning.reason, guard });
      return set(turn, { opened: null });
    case 'accompanied':
      // Whom it was shown for, and nobody else: the next adult may stand there already.
      if (meaning.grant !== null) return accompany(turn, meaning, guard);
      note(turn, 'accompanied', { attempt: attempt?.serial ?? null, count: meaning.count, guard });
      return change(turn, { companions: meaning.count, companionsGuard: guard });
    case 'ticket': {
      note(turn, 'ticket-settled', { ticket: meaning.ticket, used: meaning.isUsed, guard });
      // What it inherits from a lost one is settled with it.
      const shown = attempt?.documents.find(({ id }) => id === meaning.ticket);
      for (const id of [meaning.ticket, ...(shown?.replaces ?? [])]) {
        const use = findUse(turn.state.known, 'ticket', id, turn.state.settings.direction);
        if (use?.state === 'uncertain') settleUncertain(turn, use.entry, meaning.isUsed);
      }
      return proceed(turn, {});
    }
    case 'temperature':
      return measuredByHand(turn, meaning.is === 'fever', guard);
    case 'attest':
      return attest(turn, meaning.what, guard);
    case 'case':
      note(turn, 'case-selected', {
        attempt: attempt?.serial ?? null,
        rule: meaning.rule.id,
        clause: meaning.rule.clause,
        guard,
      });
      return proceed(turn, { selected: meaning.rule.id });
    case 'attend':
      return proceed(turn, { attended: meaning.rule.id });
    case 'day':
      return proceed(turn, { arrivalDay: meaning.day });
  }
}

/** A reading by hand: it counts as one of the measurements that a fever allows. */
export function measuredByHand(turn: Turn, isFever: boolean, guard: string): void {
  const { attempt, fevers, settings, lane } = turn.state;
  if (attempt === null) return;
  // A fever takes back what has not opened yet; the guard's own word it does not.
  if (isFever && lane.name === 'committing' && lane.grant.override === null)
    withdrawGrant(turn, 'withdraw');
  const limits = settings.policy.settings;
  set(turn, {
    fevers: feverMeasured(fevers, attempt.identities, limits, turn.now.monotonicMs, isFever),
  });
  note(turn, 'measured-by-hand', {
    attempt: attempt.serial,
    band: isFever ? 'fever' : 'normal',
    guard,
  });
  change(turn, { temperature: null, noReading: null });
  if (isFever) {
    change(turn, {
      attested: attempt.attested.filter(({ what }) => what !== 'temperature'),
      lastEvidenceMs: turn.now.monotonicMs,
    });
    setStanding(turn, { type: 'collecting' });
    return decide(turn);
  }
  attest(turn, 'temperature', guard);
}

function attest(turn: Turn, what: Attempt['attested'][number]['what'], guard: string): void {
  const { attempt } = turn.state;
  if (attempt === null) return;
  const others = attempt.attested.filter((it) => it.what !== what);
  note(turn, 'attested', { attempt: attempt.serial, what, guard });
  proceed(turn, { attested: [...others, { what, guard, atMs: turn.now.monotonicMs }] });
}

/** The guard is with this person: what was shown is fresh again, and looked at anew. */
function proceed(turn: Turn, changes: Partial<Attempt>): void {
  if (turn.state.attempt === null) return;
  change(turn, { ...changes, lastEvidenceMs: turn.now.monotonicMs });
  setStanding(turn, { type: 'referred', reasons: ['guard-needed'], firm: false });
  decide(turn);
}

function change(turn: Turn, changes: Partial<Attempt>): void {
  const { attempt } = turn.state;
  if (attempt !== null) replaceAttempt(turn, { ...attempt, ...changes });
}

function accompany(
  turn: Turn,
  { grant: id, count }: Extract<Meaning, { type: 'accompanied' }>,
  guard: string,
): void {
  const { lane } = turn.state;
  if (!('grant' in lane) || lane.grant.id !== id) return;
  note(turn, 'accompanied', { attempt: lane.grant.attempt, count, guard });
  const grant = { ...lane.grant, companions: count, companionsGuard: guard };
  set(turn, { lane: { ...lane, grant } });
}
