/** A gate put together for the policy's check: every part of it is sound, and it knows what a cell says. */
import type { Policy } from '../../../config/policy.js';
import type { Direction, IdentitySpace, ZoneKind } from '../../../config/vocabulary.js';
import type { Attempt } from '../attempt/attempt-state.js';
import type { Identity } from '../evidence.js';
import { nothingKnown, putUse } from '../known/known.js';
import type { Known } from '../known/known-set.js';
import { type GateState, initialState } from '../state.js';
import { type Draft, moments, now, startMs, zoneName } from './policy-draft.js';

/** A gate under a policy, to which cells are brought one after the other. */
export interface Bench {
  readonly policy: Policy;
  /** @returns the gate as this cell finds it */
  gateFor(draft: Draft, people: Attempt['identities']): GateState;
}

/** @returns a gate of this kind where every part is sound and nothing is known */
export function bench(policy: Policy, kind: ZoneKind, direction: Direction): Bench {
  const base: GateState = {
    ...initialState(
      {
        site: 'site',
        kiosk: 'kiosk',
        zone: { name: zoneName, kind },
        direction,
        utcOffsetMinutes: 0,
        policy,
        policyHash: '',
        configurationHash: '',
        turnstileMode: 'pulse',
        hasRelease: true,
        pulseMs: 300,
        hasPassageSensor: true,
        mayOpenFromAfar: false,
      },
      now,
    ),
    devices: {
      relay: 'ok',
      turnstile: 'ok',
      scanner: 'ok',
      thermometer: 'ok',
      'id-card-reader': 'ok',
      panel: 'ok',
    },
    registry: 'current',
  };
  // What is known takes a copy of its shards to change: each combination is made once.
  const cache = new Map<string, Known>();
  const knownFor = (uses: Draft['uses']): Known => {
    const name = uses
      .map(({ entry, state }) =>
        [entry.type, entry.key, entry.direction, entry.at, state].join(' '),
      )
      .join();
    const found = cache.get(name);
    if (found !== undefined) return found;
    const made = uses.reduce(
      (known, { entry, state }) => putUse(known, entry, state),
      nothingKnown(),
    );
    cache.set(name, made);
    return made;
  };
  return {
    policy,
    gateFor({ uses, hasFever }, people) {
      const known = knownFor(uses);
      if (!hasFever) return { ...base, known };
      const fever = {
        people: Object.values(people).map(({ space, token }) => `${space}:${token}`),
        lastMs: now.monotonicMs - 1,
        retestsMs: Array.from({ length: policy.settings.retestsMax }, () => now.monotonicMs - 1),
        isOpen: true,
      };
      return { ...base, known, fevers: [fever] };
    },
  };
}

/** @returns the person of a cell; the host whom a filing names is nobody who passes */
export function attemptOf(draft: Draft): Attempt {
  const { documents, card, temperature, refusals, selected, attended, arrivalDay } = draft;
  const identities: Partial<Record<IdentitySpace, Identity>> = {};
  const hosts = documents.map(({ host }) => host);
  for (const { identity } of documents)
    if (identity !== null && !(identity.space === 'campus-id' && hosts.includes(identity.token)))
      identities[identity.space] ??= identity;
  if (card !== null) identities['id-number'] ??= card.identity;
  return {
    serial: 1,
    startedMs: startMs,
    identities,
    identifiedMs: startMs,
    masked: null,
    documents,
    card,
    attested: draft.attested.map((what) => ({ what, guard: 'guard', atMs: moments.byHand })),
    selected,
    arrivalDay,
    attended,
    companions: 0,
    companionsGuard: null,
    household: null,
    campusId: null,
    entered: [],
    refusals,
    temperature,
    noReading: null,
    standing: { type: 'collecting' },
    lastEvidenceMs: now.monotonicMs,
    deadlineMs: now.monotonicMs + 30_000,
  };
}
