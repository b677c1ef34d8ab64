/**
 * Papers and ID cards come in: they join the attempt, or start the next one. Single-use papers are
 * claimed here, when they are taken in.
 */

import type { CardEvidence, DocumentEvidence } from '../evidence.js';
import { noteIgnored } from '../flood.js';
import { findUse, putUse } from '../known/known.js';
import { spendCode } from '../lane/reservation.js';
import { documentsMax } from '../limits.js';
import { datesRefusal } from '../policy/paper.js';
import { stopsAlone } from '../policy/rules.js';
import { isSecondTicket, windowEntry } from '../policy/ticket.js';
import type { GateState } from '../state.js';
import { note, set, sound, type Turn } from '../turn.js';
import {
  countIdentityChange,
  endAttempt,
  endedBy,
  endStale,
  isFirm,
  isHostOf,
  isInTime,
  patienceMs,
  replaceAttempt,
  setStanding,
  startAttempt,
} from './attempt.js';
import type { Attempt } from './attempt-state.js';
import { feverStanding } from './fever.js';
import { refuse, takeRefusal } from './refuse.js';

/**
 * Takes in a verified credential.
 * @returns true where there is something new to decide on
 */
export function takeDocument(turn: Turn, document: DocumentEvidence): boolean {
  sound(turn);
  endStale(turn);
  const { attempt } = turn.state;
  // Evidence comes in the order of its taking; what is older than the attempt is not of it.
  if (!isInTime(turn, document.takenMs, attempt?.startedMs)) return ignored(turn, 'late');
  // Shown again it is nothing new, but who was referred for the gate's own sake may ask again.
  const shown = attempt?.documents.find(({ id }) => id === document.id);
  if (attempt !== null && shown !== undefined)
    return isHostOf(attempt, shown)
      ? hostComesAgain(turn, attempt, { ...shown, takenMs: document.takenMs })
      : showsAgain(turn, attempt, document.takenMs);
  if (isSpentCode(turn.state, document)) {
    const { id, kind, takenMs } = document;
    takeRefusal(turn, { type: 'refused', reason: 'already-used', kind, id, takenMs });
    return false;
  }
  const isHost = attempt !== null && isHostOf(attempt, document);
  const end =
    attempt === null ? null : endedBy(turn.state, attempt, isHost ? null : document.identity);
  if (end === 'identity-changed') countIdentityChange(turn);
  if (end !== null) endAttempt(turn, end);
  const into = withoutHost(turn.state.attempt ?? startAttempt(turn, document.takenMs), document);
  // Of two stops the parties of both are told: this one comes in whatever stands already, once.
  const isNewStop =
    stopsAlone(turn.state, document) &&
    !into.documents.some((shown) => stopsAlone(turn.state, shown));
  // A firm referral is the guard's: the same person's further papers change nothing else.
  const isReferred = isFirm(into) && (into.documents.length > 0 || into.card !== null);
  if (isReferred && !isNewStop) return ignored(turn, 'referred');
  if (into.documents.length >= documentsMax && !isNewStop) {
    const count = into.documents.length;
    refuse(turn, 'no-rule', document.kind, document.id, false, { by: 'papers', count });
    return false;
  }
  const identities =
    document.identity === null || isHost
      ? into.identities
      : { ...into.identities, [document.identity.space]: document.identity };
  replaceAttempt(turn, {
    ...into,
    identities,
    identifiedMs: into.identifiedMs ?? (document.identity === null ? null : document.takenMs),
    masked: into.masked ?? document.masked,
    documents: [...into.documents, document],
    lastEvidenceMs: turn.now.monotonicMs,
    deadlineMs: turn.now.monotonicMs + patienceMs(turn.state, into.standing),
  });
  set(turn, { verdict: null });
  note(turn, 'evidence', {
    attempt: into.serial,
    document: document.id,
    kind: document.kind,
    variant: document.variant,
    identity: document.identity === null ? null : { ...document.identity },
    ...(isHost ? { host: true } : {}),
  });
  if (!isHost) reserve(turn, document);
  // What stands is decided on anew, with the stop that has come.
  if (isNewStop && isFirm(into)) setStanding(turn, { type: 'collecting' });
  return true;
}

/** Takes in an ID card that was read: as a paper, it joins the attempt or begins the next one. */
export function takeCard(turn: Turn, card: CardEvidence): boolean {
  sound(turn);
  endStale(turn);
  const { attempt } = turn.state;
  if (!isInTime(turn, card.takenMs, attempt?.startedMs)) return ignored(turn, 'late');
  if (attempt?.card?.identity.token === card.identity.token) {
    replaceAttempt(turn, {
      ...attempt,
      // It came when it came first: what was measured since then is still measured after it.
      card: {
        ...card,
        // Laid again and again it names no more papers: records are bounded.
        bound: [...new Set([...attempt.card.bound, ...card.bound])],
        takenMs: attempt.card.takenMs,
      },
    });
    return showsAgain(turn, { ...attempt, card }, card.takenMs);
  }
  const end = attempt === null ? null : endedBy(turn.state, attempt, card.identity);
  if (end === 'identity-changed') countIdentityChange(turn);
  if (end !== null) endAttempt(turn, end);
  const into = turn.state.attempt ?? startAttempt(turn, card.takenMs);
  if (isFirm(into) && (into.documents.length > 0 || into.card !== null))
    return ignored(turn, 'referred');
  const { identity } = card;
  replaceAttempt(turn, {
    ...into,
    card,
    identities: { ...into.identities, [identity.space]: identity },
    identifiedMs: into.identifiedMs ?? card.takenMs,
    masked: into.masked ?? card.masked,
    lastEvidenceMs: turn.now.monotonicMs,
    deadlineMs: turn.now.monotonicMs + patienceMs(turn.state, into.standing),
  });
  set(turn, { verdict: null });
  note(turn, 'evidence', {
    attempt: into.serial,
    document: null,
    kind: 'id-card',
    variant: card.cardKind,
    identity: { ...identity },
    bound: [...card.bound],
  });
  return true;
}

/** It changes nothing, and that it came is on record. */
function ignored(turn: Turn, why: 'referred' | 'late'): false {
  noteIgnored(turn, why);
  return false;
}

/**
 * A filing comes that names the person whose code was shown before it: that was the host, who is
 * nobody that passes here, and the temperature may be the host's.
 */
function withoutHost(attempt: Attempt, { host }: DocumentEvidence): Attempt {
  const { 'campus-id': campusId, ...others } = attempt.identities;
  const isOwn = ({ kind, identity }: DocumentEvidence) =>
    kind !== 'campus-card-code' && identity?.token === host;
  if (host === null || campusId?.token !== host || attempt.documents.some(isOwn)) return attempt;
  const { card, documents } = attempt;
  const takenMs = [
    ...(card === null ? [] : [card.takenMs]),
    ...documents.flatMap((it) => (it.identity?.space === 'household' ? [it.takenMs] : [])),
  ];
  return {
    ...attempt,
    identities: others,
    identifiedMs: takenMs.length === 0 ? null : Math.min(...takenMs),
    masked: card?.masked ?? null,
    temperature: null,
    noReading: null,
  };
}

/** The host's code comes last: shown before the visitor's temperature, it counts when it is shown anew. */
function hostComesAgain(turn: Turn, attempt: Attempt, code: DocumentEvidence): boolean {
  if (isFirm(attempt)) return showsAgain(turn, attempt, code.takenMs);
  const nowMs = turn.now.monotonicMs;
  replaceAttempt(turn, {
    ...attempt,
    documents: attempt.documents.map((document) => (document.id === code.id ? code : document)),
    lastEvidenceMs: nowMs,
    deadlineMs: nowMs + patienceMs(turn.state, attempt.standing),
  });
  set(turn, { verdict: null });
  return true;
}

/**
 * What was shown already is shown again: nothing new, but a sign that the person is still there. Who
 * was referred with a fever may be measured anew by it, once the pause is over.
 */
function showsAgain(turn: Turn, attempt: Attempt, takenMs: number): boolean {
  const { settings, fevers } = turn.state;
  const limits = settings.policy.settings;
  const nowMs = turn.now.monotonicMs;
  if (isFirm(attempt)) {
    if (!attempt.standing.reasons.includes('fever')) return false;
    if (feverStanding(fevers, attempt.identities, limits, nowMs) !== 'measure') return false;
    const { attempt: open } = turn.state;
    if (open !== null)
      replaceAttempt(turn, {
        ...open,
        identifiedMs: takenMs,
        lastEvidenceMs: nowMs,
        temperature: null,
        noReading: null,
      });
    return false;
  }
  return attempt.standing.type === 'referred';
}

function isSpentCode(state: GateState, document: DocumentEvidence): boolean {
  return document.kind === 'campus-card-code' && findUse(state.known, 'code', document.id) !== null;
}

/** A code is spent when it is taken in and never returned; a ticket claims its household's window. */
function reserve(turn: Turn, document: DocumentEvidence): void {
  if (document.kind === 'campus-card-code') {
    spendCode(turn, document);
  }
  if (document.kind === 'exit-entry-ticket') {
    // What does not count as a ticket claims nothing; nor does a second one: the first must not become
    // the second by it.
    if (datesRefusal(document, turn.state, turn.now) !== null) return;
    if (isSecondTicket(document, turn.state)) return;
    const entry = windowEntry(document, turn.state.settings, turn.now);
    if (entry === null) return;
    const known = putUse(turn.state.known, entry, 'spent');
    if (known === turn.state.known) return;
    set(turn, { known });
    turn.uses.push({ op: 'know', entry });
    turn.effects.push({ type: 'tell', entries: [entry] });
  }
}
