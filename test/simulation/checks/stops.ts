/** Stops: isolation, fever, students, lockdown; and that nobody is left standing on a way out. */
import type { World } from '../world.js';
import {
  attemptOf,
  type Checkers,
  eachGate,
  type Identity,
  identitiesIn,
  isGrant,
  isOverride,
  type ReadGate,
  type Readout,
  type Row,
  saidMs,
  textsIn,
} from './readout.js';

export const stopCheckers: Checkers = {
  'isolation is never crossed by a grant on a way out': isolationsCrossed,
  'a fever waits for its retests, and has two in an hour': eachGate(feversCrossed),
  'no entry in a lockdown, and no way out stopped by one': eachGate(lockdowns),
  'a lockdown begins and ends by a hand on its button': eachGate(lockdownsByNobody),
  'whoever is refused on a way out is referred, and somebody is told': eachGate(trapped),
};

const dayMs = 86_400_000;
const isolationDays = 14;
/** A clock in trouble may be hours ahead: the last of the days is not looked at then. */
const clockErrorMsMax = 4 * 3_600_000;
const siteOffsetMs = 8 * 3_600_000;

/** By the world's own list of who came back when, and of what each gate has heard. */
function isolationsCrossed({ world, gates }: Readout): string[] {
  const { startWallMs, returns } = world.truth;
  return returns.flatMap(
    ({ person, atMs: returnedMs, arrivalDay, gate: name, isHouseholdKnown }) => {
      const idToken = person.tokens['id-number'];
      const entry = gates.find(({ end }) => end.truth.name === name);
      // Whom the guard let in by OPEN the gates know nothing of.
      const grant = entry?.rows.findLast(
        (row) =>
          isGrant(row) &&
          String(row['rule']).startsWith('returning') &&
          identitiesIn(row).some(({ token }) => token === idToken) &&
          saidMs(entry, row) <= returnedMs,
      );
      if (entry === undefined || grant === undefined || idToken === undefined) return [];
      const said = (grant['isolation'] as { arrivalDay: number } | undefined)?.arrivalDay;
      const faults =
        world.options.carelessness === 0 && said !== arrivalDay
          ? [`grant ${grant.seq}: arrived on ${arrivalDay}, recorded as ${said}`]
          : [];
      const untilMs = ((said ?? arrivalDay) + isolationDays + 1) * dayMs - siteOffsetMs;
      for (const gate of gates.filter(({ end }) => end.truth.direction === 'out'))
        for (const row of gate.rows.filter(isGrant)) {
          const atMs = saidMs(gate, row);
          const errorMs = gate.end.truth.clockTroubles.length > 0 ? clockErrorMsMax : 1_000;
          if (atMs < returnedMs || startWallMs + atMs > untilMs - errorMs) continue;
          const tokens = identitiesIn(row).map(({ token }) => token);
          if (hasHeard(gate, idToken, atMs) && tokens.includes(idToken))
            faults.push(`${gate.end.truth.name} lets out ${person.serial} by ${row.seq}`);
          const household = person.household?.token;
          if (household === undefined || !isHouseholdKnown || row['rule'] !== 'resident') continue;
          if (hasHeard(gate, household, atMs) && tokens.includes(household) && row['card'] === null)
            faults.push(
              `${gate.end.truth.name} lets out an isolated household by ${row.seq}, no card`,
            );
        }
      return faults;
    },
  );
}

function hasHeard({ end }: ReadGate, token: string, atMs: number): boolean {
  return (end.truth.heard.get(`isolation ${token} `) ?? Number.POSITIVE_INFINITY) < atMs;
}

const feverHourMs = 3_600_000;
const pauseMs = 120_000;
const retestsMax = 2;

/** Fevers are counted in one run: what a power cut ends is forgotten. */
function feversCrossed(gate: ReadGate): string[] {
  const people = new Map<string, readonly string[]>();
  const measured = new Map<string, number[]>();
  const faults: string[] = [];
  for (const row of gate.rows) {
    const attempt = attemptOf(row);
    const tokens = tokensOf(row, people.get(attempt));
    if (tokens.length > 0) people.set(attempt, tokens);
    const atMs = saidMs(gate, row);
    const isFever =
      (row['rule'] === 'fever' && row['sealed'] !== undefined) ||
      (row.type === 'measured-by-hand' && row['band'] === 'fever');
    for (const token of tokens) {
      const name = `${row.bootId}/${token}`;
      const before = (measured.get(name) ?? []).filter((ms) => atMs - ms < feverHourMs);
      if (isFever) measured.set(name, [...before, atMs]);
      const last = before.at(-1);
      if (last === undefined || !(isGrant(row) || isFever)) continue;
      if (atMs - last < pauseMs)
        faults.push(`record ${row.seq} ${(atMs - last) / 1000} s after a fever`);
      if (before.length > retestsMax)
        faults.push(`record ${row.seq} after ${before.length} fevers`);
    }
  }
  return faults;
}

function tokensOf(row: Row, before: readonly string[] = []): readonly string[] {
  if (row.type === 'evidence') {
    const identity = row['identity'] as Identity | null;
    if (identity === null || row['host'] === true) return before;
    return [...new Set([...before, identity.token])];
  }
  return row['attempt'] === undefined || row['attempt'] === null ? [] : before;
}

function lockdowns(gate: ReadGate): string[] {
  const { direction, edges, pulses } = gate.end.truth;
  const { hasRelease } = gate.end.state.settings;
  if (direction === 'out')
    return gate.rows.flatMap((row) =>
      row.type === 'attempt-ended' && row['end'] === 'lockdown'
        ? [`record ${row.seq}: an attempt to leave is ended by a lockdown`]
        : [],
    );
  const spans = lockdownSpans(gate);
  // What is made of pulses for a release has nobody's asking, and a release goes before a lockdown.
  const isAsked = (atMs: number): boolean => hasRelease || pulses.some((it) => it.atMs === atMs);
  return edges.flatMap(({ line, on, atMs }) =>
    line === 'grant' &&
    on &&
    isAsked(atMs) &&
    spans.some(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs)
      ? [`the arm yields at ${atMs}`]
      : [],
  );
}

interface LockdownSpan {
  readonly begin: Row;
  readonly end: Row | null;
  readonly fromMs: number;
  readonly toMs: number;
}

function lockdownSpans(gate: ReadGate): readonly LockdownSpan[] {
  const spans: LockdownSpan[] = [];
  let begin: Row | null = null;
  for (const row of gate.rows) {
    if (row.type !== 'lockdown') continue;
    if (row['on'] === true) begin ??= row;
    else if (begin !== null) {
      spans.push({ begin, end: row, fromMs: saidMs(gate, begin), toMs: saidMs(gate, row) });
      begin = null;
    }
  }
  if (begin !== null)
    spans.push({ begin, end: null, fromMs: saidMs(gate, begin), toMs: Number.POSITIVE_INFINITY });
  return spans;
}

const toldMs = 500;
const longMs = 1_000;

function lockdownsByNobody(gate: ReadGate): string[] {
  const presses = gate.end.truth.presses.filter(
    ({ button, isCoverLifted }) => button === 'lockdown' && isCoverLifted,
  );
  return lockdownSpans(gate).flatMap(({ begin, end, fromMs, toMs }) => [
    ...(presses.some((it) => it.fromMs <= fromMs && fromMs <= it.toMs + toldMs)
      ? []
      : [`lockdown ${begin.seq} without a press`]),
    ...(end === null || presses.some((it) => it.fromMs + longMs <= toMs && toMs <= it.toMs + toldMs)
      ? []
      : [`lockdown ended in ${end.seq} without a long press`]),
  ]);
}

/** Ends that are nobody's refusal: the person has gone through, given way, or was seen to. */
const isSeenTo = [
  'passage',
  'no-show',
  'tailgate',
  'not-opened',
  'identity-changed',
  'superseded',
  'acknowledged',
  'guard-refused',
  'emergency',
];

const byGuard = ['attested', 'case-selected', 'measured-by-hand', 'ticket-settled'];

function trapped(gate: ReadGate, world: World): string[] {
  if (gate.end.truth.direction === 'in') return [];
  void world;
  const called = new Set<string>();
  const faults: string[] = [];
  let isGuardThere = false;
  for (const row of gate.rows) {
    if (row.type === 'boot') isGuardThere = false;
    if (row.type === 'duty') isGuardThere = row['on'] === true;
    const attempt = attemptOf(row);
    // A guard who has said something of the person is there.
    if (isGrant(row) || isOverride(row) || byGuard.includes(row.type)) called.add(attempt);
    if (row.type === 'decision' && !isGrant(row)) {
      const tells = textsIn(row, 'tells');
      const isStudent = row['rule'] === 'student';
      if (row['outcome'] === 'deny' && !isStudent)
        faults.push(`record ${row.seq} is a bare refusal`);
      if (!tells.includes('guard')) faults.push(`record ${row.seq} calls no guard`);
      if (!isGuardThere && !tells.includes('duty-officer'))
        faults.push(`record ${row.seq} calls an empty booth`);
      called.add(attempt);
    }
    if (row.type !== 'attempt-ended' || called.has(attempt)) continue;
    if (!isSeenTo.includes(String(row['end'])))
      faults.push(`attempt ${attempt} is over in ${row.seq} and nobody was called`);
  }
  return faults;
}
