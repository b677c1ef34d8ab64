/** A gate and a person as the policy sees them, put together by hand: no step, no time that passes. */
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type {
  Attestable,
  CredentialKind,
  Direction,
  KnownEntry,
  Now,
} from '../../../config/vocabulary.js';
import type { Attempt } from '../../../kiosk/core/attempt/attempt-state.js';
import type {
  CardEvidence,
  DocumentEvidence,
  Identity,
  TemperatureEvidence,
} from '../../../kiosk/core/evidence.js';
import { putUse } from '../../../kiosk/core/known/known.js';
import type { Decision } from '../../../kiosk/core/policy/decision.js';
import { evaluate } from '../../../kiosk/core/policy/rules.js';
import type { GateSettings } from '../../../kiosk/core/settings.js';
import { type GateState, initialState } from '../../../kiosk/core/state.js';
import { settings, startWallMs, today } from './hands.js';

export const startMs = 100_000;
export const now: Now = { monotonicMs: startMs + 20_000, wallMs: startWallMs, clock: 'synced' };
const issuedSeconds = startWallMs / 1000 - 60;

/** A gate with every part sound, and whatever is changed about it. */
export function gate(
  direction: Direction,
  change: Partial<GateSettings> = {},
  more: Partial<GateState> = {},
): GateState {
  return {
    ...initialState(settings({ direction, ...change }), now),
    devices: {
      scanner: 'ok',
      thermometer: 'ok',
      'id-card-reader': 'ok',
      turnstile: 'ok',
      panel: 'ok',
      relay: 'ok',
    },
    registry: 'current',
    ...more,
  };
}

/** The gate with entries known, spent. */
export function knowing(state: GateState, ...entries: readonly KnownEntry[]): GateState {
  const known = entries.reduce((sum, entry) => putUse(sum, entry, 'spent'), state.known);
  return { ...state, known };
}

export function known(
  type: KnownEntry['type'],
  key: string,
  hoursAgo: number,
  direction?: Direction,
): KnownEntry {
  return {
    type,
    key,
    ...(direction === undefined ? {} : { direction }),
    at: formatRfc3339(now.wallMs - hoursAgo * 3_600_000),
    until: formatRfc3339(now.wallMs + 10 * 86_400_000),
  };
}

const identity = (space: Identity['space'], token: string): Identity => ({ space, token });

function paper(
  kind: CredentialKind,
  id: string,
  atSeconds: number,
  change: Partial<DocumentEvidence>,
): DocumentEvidence {
  return {
    type: 'document',
    id,
    kind,
    variant: null,
    purpose: null,
    identity: null,
    host: null,
    unit: null,
    guard: null,
    masked: null,
    zones: null,
    day: null,
    replaces: [],
    issuedSeconds,
    expiresSeconds: issuedSeconds + (kind === 'campus-card-code' ? 600 : 86_400),
    takenMs: startMs + atSeconds * 1000,
    ...change,
  };
}

/** Everything that somebody could show, as it is right for one person; `change` makes it wrong. */
export const papers = {
  staffForm: (change: Partial<DocumentEvidence> = {}) =>
    paper('approval-form', 'f1', 1, {
      variant: 'staff-entry',
      identity: identity('campus-id', 'me'),
      zones: ['*'],
      ...change,
    }),
  labForm: (change: Partial<DocumentEvidence> = {}) =>
    papers.staffForm({ id: 'f2', variant: 'lab-duty', ...change }),
  external: (purpose: string, change: Partial<DocumentEvidence> = {}) =>
    paper('approval-form', 'f3', 1, {
      variant: 'external-entry',
      purpose,
      zones: ['*'],
      boundTo: 'card',
      ...change,
    }),
  code: (change: Partial<DocumentEvidence> = {}) =>
    paper('campus-card-code', 'c1', 2, {
      variant: 'staff',
      identity: identity('campus-id', 'me'),
      ...change,
    }),
  student: () => papers.code({ variant: 'student', unit: 'college' }),
  certificate: (change: Partial<DocumentEvidence> = {}) =>
    paper('resumption-certificate', 'w1', 2, change),
  filing: (change: Partial<DocumentEvidence> = {}) =>
    paper('visit-filing', 'v1', 1, {
      host: 'host',
      unit: 'host unit',
      zones: ['main-gate'],
      boundTo: 'card',
      ...change,
    }),
  hostCode: (change: Partial<DocumentEvidence> = {}) =>
    papers.code({
      id: 'c2',
      identity: identity('campus-id', 'host'),
      takenMs: startMs + 9_000,
      ...change,
    }),
  pass: (change: Partial<DocumentEvidence> = {}) =>
    paper('residence-pass', 'p1', 1, { identity: identity('household', 'home'), ...change }),
  ticket: (change: Partial<DocumentEvidence> = {}) =>
    paper('exit-entry-ticket', 't1', 2, {
      identity: identity('household', 'home'),
      day: today,
      expiresSeconds: issuedSeconds + 3 * 86_400,
      ...change,
    }),
};

export function card(change: Partial<CardEvidence> = {}): CardEvidence {
  return {
    type: 'card',
    cardKind: 'resident',
    validToSeconds: null,
    identity: identity('id-number', 'card'),
    ref: 'ab'.repeat(32),
    bound: [],
    masked: '230***X',
    takenMs: startMs + 3_000,
    ...change,
  };
}

export function temperature(
  bodyCentidegrees = 3_650,
  change: Partial<TemperatureEvidence> = {},
): TemperatureEvidence {
  return {
    type: 'temperature',
    bodyCentidegrees,
    ambientCentidegrees: 2_200,
    compensationCentidegrees: 300,
    sampleCount: 3,
    spreadCentidegrees: 6,
    fromMs: startMs + 5_000,
    takenMs: startMs + 5_300,
    ...change,
  };
}

/** What the guard has attested, ten seconds into the attempt. */
export function attested(...what: readonly Attestable[]): Attempt['attested'] {
  return what.map((it) => ({ what: it, guard: 'guard', atMs: startMs + 10_000 }));
}

/** A person at the gate with the papers given, a card, and a normal temperature unless told otherwise. */
export function person(
  documents: readonly DocumentEvidence[],
  change: Partial<Attempt> = {},
): Attempt {
  const idCard = change.card ?? null;
  const identities: Partial<Record<Identity['space'], Identity>> = {};
  // The host whom the filing names is nobody who passes.
  for (const it of [...documents.map((document) => document.identity), idCard?.identity])
    if (it && it.token !== 'host') identities[it.space] ??= it;
  return {
    serial: 1,
    startedMs: startMs,
    identities,
    identifiedMs: startMs + 1_000,
    masked: null,
    documents,
    card: null,
    attested: [],
    selected: null,
    arrivalDay: null,
    attended: null,
    companions: 0,
    companionsGuard: null,
    household: null,
    campusId: null,
    entered: [],
    refusals: [],
    temperature: temperature(),
    noReading: null,
    standing: { type: 'collecting' },
    lastEvidenceMs: now.monotonicMs,
    deadlineMs: now.monotonicMs + 30_000,
    ...change,
  };
}

/** The decision in a line: `grant resident`, `refused expired`, `asks exit-unknown: not-returning`. */
export function said(decision: Decision): string {
  switch (decision.outcome) {
    case 'grant':
      return ['grant', decision.rule.id, ...decision.flags].join(' ');
    case 'stop':
      return `${decision.verdict} ${decision.stop.id}${decision.hold ? ', held' : ''}`;
    case 'gate-refers':
      return `gate refers ${decision.reasons.join(' ')}`;
    case 'awaits-guard':
      return `awaits ${decision.step}`;
    case 'pending': {
      const refused = decision.refused.map(
        ({ document, reason, refer }) => `${document.id} ${reason}${refer ? ' refer' : ''}`,
      );
      if (decision.refusedCard !== null) refused.push(`card ${decision.refusedCard}`);
      if (refused.length > 0) return `refused ${refused.join(', ')}`;
      const asks = decision.asks.map(({ reason, attest }) => `${reason}: ${attest ?? 'guard'}`);
      if (asks.length > 0) return `asks ${asks.join(', ')}`;
      return `missing ${decision.missing.map(({ id }) => id).join(' ')}`;
    }
  }
}

export function decided(state: GateState, attempt: Attempt, at: Now = now): string {
  return said(evaluate(state, attempt, at));
}
