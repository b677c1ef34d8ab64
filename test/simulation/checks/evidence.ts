/** Whose evidence a grant rests on, and whether it is what the notice asks for. */
import type { Person } from '../people.js';
import type { PaperTruth } from '../truth.js';
import type { World } from '../world.js';
import { lacksOf } from './notice.js';
import {
  attemptOf,
  attestedIn,
  type Checkers,
  eachGate,
  hasSoundDevices,
  type Identity,
  identitiesIn,
  isGrant,
  type ReadGate,
  type Row,
  saidMs,
  shownIn,
} from './readout.js';

export const evidenceCheckers: Checkers = {
  'an attempt has the evidence of one person, shown in it': eachGate(mixedEvidence),
  'no evidence of two people in one grant': eachGate(twoPeople),
  'each grant rests on what the notice asks for': eachGate(({ end, rows }) =>
    rows.filter(isGrant).flatMap((row) => lacksOf(row, end.truth.direction)),
  ),
  'nobody is granted without identity and a normal temperature': eachGate(withoutTemperature),
  'the hand came after the identity': eachGate(handsBefore),
  'a visitor is measured after the card and before the host': eachGate(visitorsMeasured),
};

function mixedEvidence({ rows }: ReadGate): string[] {
  const tokens = new Map<string, string>();
  const shown = new Map<string, Set<unknown>>();
  return rows.flatMap((row) => {
    const attempt = attemptOf(row);
    if (row.type === 'evidence') {
      const identity = row['identity'] as Identity | null;
      shown.set(attempt, (shown.get(attempt) ?? new Set()).add(row['document']));
      if (identity === null || row['host'] === true) return [];
      const slot = `${attempt}/${identity.space}`;
      const held = tokens.get(slot) ?? identity.token;
      tokens.set(slot, held);
      return held === identity.token ? [] : [`two people in ${slot}`];
    }
    if (!isGrant(row)) return [];
    return [
      ...identitiesIn(row)
        .filter(({ space, token }) => tokens.get(`${attempt}/${space}`) !== token)
        .map(() => `grant ${row.seq} to somebody who showed nothing`),
      ...shownIn(row)
        .filter(({ id }) => shown.get(attempt)?.has(id) !== true)
        .map(({ id }) => `grant ${row.seq} on ${id}, not shown in its attempt`),
    ];
  });
}

/** By the world's own list of whose each paper and card is. */
function twoPeople({ rows }: ReadGate, { truth }: World): string[] {
  return rows.filter(isGrant).flatMap((row) => {
    const papers = shownIn(row).map(({ id }) => truth.papers.get(id));
    const known = papers.filter((paper): paper is PaperTruth => paper !== undefined);
    if (known.length < papers.length) return [`grant ${row.seq} on a paper that no office gave`];
    const hosts = known.flatMap(({ host }) => host ?? []);
    const people = new Set<Person>();
    const households = new Set<unknown>();
    for (const { kind, owners, isNamed } of known) {
      const [owner] = owners;
      if (owner === undefined) continue;
      if (kind === 'residence-pass' || kind === 'exit-entry-ticket')
        households.add(owner.household);
      else if (isNamed && !(kind === 'campus-card-code' && hosts.includes(owner)))
        people.add(owner);
    }
    const cardToken = identitiesIn(row).find(({ space }) => space === 'id-number')?.token;
    if (cardToken !== undefined) {
      const owner = truth.people.find(({ tokens }) => tokens['id-number'] === cardToken);
      if (owner === undefined) return [`grant ${row.seq} to nobody of this world`];
      people.add(owner);
    }
    // Who is the guard's case stands before the guard.
    const isLookedAt = row['selected'] !== null;
    return [
      ...(people.size > 1 && !isLookedAt
        ? [`grant ${row.seq} on what is ${[...people].map(({ serial }) => serial).join(' and ')}’s`]
        : []),
      ...(households.size > 1 ? [`grant ${row.seq} on papers of two households`] : []),
    ];
  });
}

const isByHand = (row: Row): boolean => attestedIn(row).some(({ what }) => what === 'temperature');

function withoutTemperature({ rows }: ReadGate): string[] {
  return rows.filter(isGrant).flatMap((row) => {
    const temperature = row['temperature'] as { band?: string } | null;
    return [
      ...(identitiesIn(row).length === 0 ? [`grant ${row.seq} to nobody`] : []),
      ...(temperature?.band === 'normal' || isByHand(row)
        ? []
        : [`grant ${row.seq} with the temperature ${temperature?.band}`]),
    ];
  });
}

/** Between what is done and what is said of it: a line on the wire, its verification. */
const toldMs = 400;
/** Three samples of ten a second, the first of them at once. */
const measuredMs = 200;
/** What the sensor's noise and estimate may add to a body's temperature. */
const noiseCentidegrees = 8;

/** A wrist that was put before the sensor after the attempt's first identity, and was not hot. */
function handsBefore(gate: ReadGate, world: World): string[] {
  if (!hasSoundDevices(world)) return [];
  const { feverCentidegrees } = gate.end.state.settings.policy.settings;
  const first = new Map<string, number>();
  for (const row of gate.rows)
    if (row.type === 'evidence' && row['identity'] !== null && !first.has(attemptOf(row)))
      first.set(attemptOf(row), saidMs(gate, row));
  return gate.rows.filter(isGrant).flatMap((row) => {
    if (isByHand(row)) return [];
    const identifiedMs = first.get(attemptOf(row)) ?? Number.POSITIVE_INFINITY;
    const atMs = saidMs(gate, row);
    const measured = gate.end.truth.wrists.filter(
      ({ fromMs }) => fromMs >= identifiedMs - toldMs && fromMs <= atMs - measuredMs,
    );
    const hottest = measured.at(-1)?.bodyCentidegrees ?? Number.POSITIVE_INFINITY;
    if (measured.length === 0) return [`grant ${row.seq} on a hand that was there before`];
    return hottest < feverCentidegrees + noiseCentidegrees ? [] : [`grant ${row.seq} to a fever`];
  });
}

function visitorsMeasured(gate: ReadGate, world: World): string[] {
  if (!hasSoundDevices(world) || gate.end.truth.direction === 'out') return [];
  const seen = new Map<string, Row[]>();
  for (const row of gate.rows)
    if (row.type === 'evidence')
      seen.set(attemptOf(row), [...(seen.get(attemptOf(row)) ?? []), row]);
  return gate.rows.flatMap((row) => {
    if (!isGrant(row) || row['rule'] !== 'hosted-visitor' || isByHand(row)) return [];
    const evidence = seen.get(attemptOf(row)) ?? [];
    const cardMs = saidMs(gate, evidence.find(({ kind }) => kind === 'id-card') ?? row);
    const hostMs = saidMs(gate, evidence.findLast((it) => it['host'] === true) ?? row);
    const isBetween = gate.end.truth.wrists.some(
      ({ fromMs, toMs }) => toMs > cardMs && fromMs < hostMs,
    );
    return isBetween ? [] : [`grant ${row.seq}: nobody was measured between card and host`];
  });
}
