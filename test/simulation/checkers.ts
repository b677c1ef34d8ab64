/**
 * What must be true of a world when it is over, read from its disk, its relay and its people. A
 * checker knows nothing of the core's code; each is seen to fail on a world that breaks its promise.
 */
import { relayLimits } from '../../hardware/ports.js';
import { findUse } from '../../kiosk/core/known/known.js';
import { checkChain } from '../../kiosk/journal/chain.js';
import type { World } from './world.js';

interface Row {
  readonly seq: number;
  readonly bootId: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

type Checker = (world: World, rows: readonly Row[]) => readonly string[];

/** Every promise under its name. */
export const checkers: Readonly<Record<string, Checker>> = {
  'the chain holds': chainHolds,
  'each pulse has its own grant on the disk before it': pulsesWithoutRecord,
  'a pulse is as long as it was asked to be, and all is off at the end': pulseDurations,
  'the release is on after a press of EMERGENCY only, and for its time': releases,
  'each grant ends once': outcomesPerGrant,
  'a ticket opens once a direction': doubleUses,
  'a code is taken in once': codesTwice,
  'an attempt has the evidence of one person, shown in it': mixedEvidence,
  'no student, no fever': studentsOrFevers,
  'the hand came after the identity': handsBefore,
  'every body is counted': uncountedBodies,
  'core and journal agree on what is used': disagreements,
  'all is written': unwritten,
  'healed, a member of staff gets through': ({ livesOn }) => (livesOn ? [] : ['nobody does']),
};

/** @returns every promise that this world breaks, in words */
export function findFaults(world: World): string[] {
  const rows = world.disk.rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')));
  return Object.entries(checkers).flatMap(([name, check]) =>
    check(world, rows).map((fault) => `${name}: ${fault}`),
  );
}

const isGrant = (row: Row): boolean => row.type === 'decision' && row['outcome'] === 'grant';
const isEnd = (row: Row): boolean =>
  row.type === 'passage' && typeof row['grant'] === 'number' && row['outcome'] !== 'tailgate';

function chainHolds({ disk }: World): string[] {
  const check = checkChain(disk.rows);
  return check.ok ? [] : [`record ${check.seq}: ${check.why}`];
}

function pulsesWithoutRecord({ edges }: World, rows: readonly Row[]): string[] {
  const pulses = edges.filter(({ line, on }) => line === 'grant' && on);
  return pulses.flatMap(({ atMs, committedRows }, index) => {
    const grants = rows.slice(0, committedRows).filter(isGrant).length;
    return grants >= index + 1 ? [] : [`pulse ${index + 1} at ${atMs}`];
  });
}

function pulseDurations({ edges, state }: World): string[] {
  const { pulseMs } = state.settings;
  const faults: string[] = [];
  for (const line of ['grant', 'release'] as const) {
    const own = edges.filter((edge) => edge.line === line);
    if (own.at(-1)?.on === true) faults.push(`${line} is still on`);
    own.forEach((edge, index) => {
      const next = own[index + 1];
      if (next?.on === edge.on) faults.push(`${line} changes to what it is at ${next.atMs}`);
      if (line === 'release' || !edge.on || next === undefined) return;
      // A restart or a crash of the relay's owner may end it before its time, nothing after.
      if (next.atMs - edge.atMs > pulseMs + 1) faults.push(`a pulse too long at ${edge.atMs}`);
    });
  }
  return faults;
}

/** A press is told when its contact has come to rest. */
const settlingMsMax = 100;

function releases({ edges, emergenciesMs, state }: World): string[] {
  const { emergencyMs } = state.settings.policy.settings;
  const own = edges.filter(({ line }) => line === 'release');
  return own.flatMap(({ on, atMs }, index) => {
    if (!on) return [];
    const offMs = own[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const pressesMs = emergenciesMs.filter((ms) => ms <= offMs);
    const isPressed = pressesMs.some((ms) => ms <= atMs && atMs - ms <= settlingMsMax);
    const lastMs = Math.max(...pressesMs);
    return [
      ...(isPressed ? [] : [`nobody pressed before ${atMs}`]),
      ...(offMs - lastMs > Math.min(emergencyMs + settlingMsMax, relayLimits.releaseMsMax)
        ? [`too long from ${atMs} to ${offMs}`]
        : []),
    ];
  });
}

/** One end of each grant; of a run that was cut off the last may be missing. */
function outcomesPerGrant({ lastBootId }: World, rows: readonly Row[]): string[] {
  const ends = new Map<unknown, string[]>();
  for (const row of rows.filter(isEnd))
    ends.set(row['grant'], [...(ends.get(row['grant']) ?? []), String(row['outcome'])]);
  const grants = rows.filter(isGrant);
  const seqs = new Set(grants.map(({ seq }) => seq));
  return [
    ...[...ends].flatMap(([seq, list]) => [
      ...(list.length > 1 ? [`grant ${seq} ended twice: ${list.join(', ')}`] : []),
      ...(seqs.has(Number(seq)) ? [] : [`a passage of grant ${seq}, which is none`]),
    ]),
    ...grants
      .filter(({ seq, bootId }) => bootId === lastBootId && !ends.has(seq))
      .map(({ seq }) => `grant ${seq} never ended`),
  ];
}

interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly variant: string | null;
}
const shownIn = (row: Row): readonly Shown[] => row['documents'] as readonly Shown[];

/** Granted again only after a no-show or a grant that did not open. */
function doubleUses(_world: World, rows: readonly Row[]): string[] {
  const lastGrant = new Map<string, number>();
  const returned = new Set<unknown>();
  const faults: string[] = [];
  for (const row of rows) {
    if (row.type === 'passage' && (row['outcome'] === 'no-show' || row['outcome'] === 'not-opened'))
      returned.add(row['grant']);
    if (!isGrant(row)) continue;
    for (const { id, kind } of shownIn(row)) {
      if (kind !== 'exit-entry-ticket') continue;
      const before = lastGrant.get(id);
      if (before !== undefined && !returned.has(before))
        faults.push(`the ticket of grant ${before} again in ${row.seq}`);
      lastGrant.set(id, row.seq);
    }
  }
  return faults;
}

const attemptOf = (row: Row): string => `${row.bootId}/${row['attempt']}`;

function codesTwice(_world: World, rows: readonly Row[]): string[] {
  const seen = new Set<unknown>();
  return rows.flatMap((row) => {
    if (row.type !== 'evidence' || row['kind'] !== 'campus-card-code') return [];
    if (seen.has(row['document'])) return [`code ${row['document']} in ${row.seq}`];
    seen.add(row['document']);
    return [];
  });
}

interface Identity {
  readonly space: string;
  readonly token: string;
}

function mixedEvidence(_world: World, rows: readonly Row[]): string[] {
  const tokens = new Map<string, string>();
  const shown = new Map<string, Set<unknown>>();
  return rows.flatMap((row) => {
    const attempt = attemptOf(row);
    if (row.type === 'evidence') {
      const identity = row['identity'] as Identity | null;
      shown.set(attempt, (shown.get(attempt) ?? new Set()).add(row['document']));
      if (identity === null) return [];
      const slot = `${attempt}/${identity.space}`;
      const held = tokens.get(slot) ?? identity.token;
      tokens.set(slot, held);
      return held === identity.token ? [] : [`two people in ${slot}`];
    }
    if (!isGrant(row)) return [];
    const identities = row['identities'] as readonly Identity[];
    return [
      ...(identities.length === 0 ? [`grant ${row.seq} to nobody`] : []),
      ...identities
        .filter(({ space, token }) => tokens.get(`${attempt}/${space}`) !== token)
        .map(() => `grant ${row.seq} to somebody who showed nothing`),
      ...shownIn(row)
        .filter(({ id }) => shown.get(attempt)?.has(id) !== true)
        .map(({ id }) => `grant ${row.seq} on ${id}, not shown in its attempt`),
    ];
  });
}

function studentsOrFevers(_world: World, rows: readonly Row[]): string[] {
  return rows.filter(isGrant).flatMap((row) => {
    const temperature = row['temperature'] as { band?: string } | null;
    return [
      ...(shownIn(row).some(({ variant }) => variant === 'student') ? ['a student'] : []),
      ...(temperature?.band === 'normal' ? [] : ['no normal temperature']),
    ];
  });
}

/** In a world with faults a dumb wire may look like a hand that is taken away. */
function handsBefore({ asked, options }: World): string[] {
  if (options.faultChance > 0) return [];
  return asked
    .filter(({ identifiedMs, handMs }) => identifiedMs === null || handMs < identifiedMs)
    .map(({ handMs }) => `a hand of ${handMs}`);
}

/** In a world without faults the sensor sees all who walk. */
function uncountedBodies({ bodies, options }: World, rows: readonly Row[]): string[] {
  if (options.faultChance > 0) return [];
  const counted = ['passed', 'passed-slowly', 'tailgate', 'forced'];
  const count = rows.filter(
    (row) => row.type === 'passage' && counted.includes(String(row['outcome'])),
  ).length;
  return count === bodies ? [] : [`${bodies} walked, ${count} are recorded`];
}

/** What some clock has shown to be over may have been forgotten. */
function disagreements({ disk, state, latestWallMs }: World): string[] {
  return [...disk.uses.values()].flatMap((row) => {
    const { type, key, direction, elsewhere } = row;
    if (type === 'window' || Date.parse(row.until) <= latestWallMs) return [];
    const use = findUse(state.known, type, key, direction === '' ? undefined : direction);
    const isElsewhere = row.state === 'learned' || (row.state === 'uncertain' && elsewhere);
    return use?.state === (isElsewhere ? 'spent' : row.state)
      ? []
      : [`${type} ${key}: ${use?.state ?? 'nothing'} in the core, ${row.state} on the disk`];
  });
}

function unwritten({ state }: World): string[] {
  const { sent, failed } = state.unwritten;
  return sent.size + failed.length + state.late.length === 0
    ? []
    : [`${sent.size} sent, ${failed.length} failed, ${state.late.length} late`];
}
