/** What the contacts did, beside what was written and who had pressed. */
import { relayLimits } from '../../../hardware/ports.js';
import type { Edge, GateTruth, Pulse } from '../truth.js';
import {
  type Checkers,
  eachGate,
  isEnd,
  isGrant,
  isOverride,
  isWithin,
  type ReadGate,
  type Row,
  saidMs,
} from './readout.js';

export const relayCheckers: Checkers = {
  'each pulse has its own record on the disk before it, or is the guard’s':
    eachGate(pulsesWithoutRecord),
  'a pulse is as long as it was asked to be, and all is off at the end': eachGate(pulseDurations),
  'a level ends when the arm turns': eachGate(levelsAfterBodies),
  'the release is on after a press of EMERGENCY or in a fire only, and for its time':
    eachGate(releases),
  'each grant and each override ends once': eachGate(endsPerGrant),
};

function pulsesWithoutRecord(gate: ReadGate): string[] {
  const { edges, pulses, diskTroubles, boots } = gate.end.truth;
  const used = new Set<string>();
  return edges.flatMap(({ line, on, atMs, committedRows }) => {
    if (line !== 'grant' || !on) return [];
    const pulse = pulses.find((it) => it.atMs === atMs);
    // Of a turnstile without an input for it a release is made of such pulses.
    if (pulse === undefined && !gate.end.state.settings.hasRelease) return [];
    if (pulse === undefined) return [`the relay at ${atMs}, and nobody asked for it`];
    const name = `${pulse.bootId}/${pulse.id}`;
    if (used.has(name)) return [`two pulses for request ${name}`];
    used.add(name);
    const record = recordOf(gate, pulse);
    if (record !== null && record.seq <= committedRows) return [];
    // The guard's word opens though the disk does not take it; it is written as soon as it can be.
    if (record !== null && isOverride(record)) return [];
    const isLost =
      pulse.bootId !== gate.end.lastBootId &&
      boots.some(
        ({ bootId, toMs }) =>
          bootId === pulse.bootId &&
          diskTroubles.some((it) => it.fromMs <= toMs && it.toMs >= atMs),
      );
    return isLost
      ? []
      : [`pulse ${name} at ${atMs} with ${record === null ? 'no' : 'a late'} record`];
  });
}

/** The decision or the override that a request carried. */
function recordOf(
  { end, rows }: ReadGate,
  { bootId, id }: { readonly bootId: string; readonly id: number },
): Row | null {
  return (
    rows.findLast((row) => {
      const saying = end.truth.sayings.get(row.seq);
      if (saying?.bootId !== bootId) return false;
      if (isOverride(row)) return row['request'] === id;
      return isGrant(row) && saying.request === id;
    }) ?? null
  );
}

function pulseDurations({ end }: ReadGate): string[] {
  const { turnstileMode, pulseMs } = end.state.settings;
  const askedMs = turnstileMode === 'level' ? relayLimits.levelMsMax : pulseMs;
  const faults: string[] = [];
  for (const line of ['grant', 'release'] as const) {
    const own = end.truth.edges.filter((edge) => edge.line === line);
    if (own.at(-1)?.on === true) faults.push(`${line} is still on`);
    own.forEach((edge, index) => {
      const next = own[index + 1];
      if (next?.on === edge.on) faults.push(`${line} changes to what it is at ${next.atMs}`);
      if (line === 'release' || !edge.on || next === undefined) return;
      // A restart or a crash of the relay's owner may end it before its time, nothing after.
      const isAsked = end.truth.pulses.some(({ atMs }) => atMs === edge.atMs);
      const longestMs = isAsked ? askedMs : relayLimits.releasePulseMs;
      if (next.atMs - edge.atMs > longestMs + 1) faults.push(`a pulse too long at ${edge.atMs}`);
    });
  }
  return faults;
}

/** What is recorded of the arm beside what the contact did: the bolt falls behind the first body. */
function levelsAfterBodies(gate: ReadGate): string[] {
  const { end, rows } = gate;
  if (end.state.settings.turnstileMode !== 'level') return [];
  const own = end.truth.edges.filter(({ line }) => line === 'grant');
  return end.truth.pulses.flatMap((pulse) => {
    const record = recordOf(gate, pulse);
    const on = own.findIndex(({ on: isOn, atMs }) => isOn && atMs === pulse.atMs);
    const off = own[on + 1];
    if (record === null || on < 0 || off === undefined) return [];
    const enteredMs = rows.flatMap((row) =>
      row['grant'] === record.seq || isRequestOf(row, pulse) ? enteredIn(row) : [],
    );
    const firstMs = saidMs(gate, record) + Math.min(...enteredMs);
    return off.atMs > firstMs + 1
      ? [`a level until ${off.atMs}, the arm turned at ${firstMs}`]
      : [];
  });
}

const isRequestOf = (row: Row, { bootId, id }: Pulse): boolean =>
  row.type === 'passage' && row.bootId === bootId && row['request'] === id;

/** When the arm began to turn, milliseconds since the grant's append. */
function enteredIn(row: Row): readonly number[] {
  const moves = row['moves'] as readonly (readonly [string, number])[] | null | undefined;
  return (moves ?? []).flatMap(([what, ms]) => (what === 'entered' ? [ms] : []));
}

/** A press is told when its contact has come to rest, a loose one when it has gone on for a while. */
const settlingMsMax = 500;

function releases({ end }: ReadGate): string[] {
  const { emergencyMs } = end.state.settings.policy.settings;
  const { presses, fires } = end.truth;
  const { hasRelease } = end.state.settings;
  // One pulse may have begun just before.
  const slackMs = settlingMsMax + (hasRelease ? 0 : relayLimits.pulseIntervalMsMin);
  const emergencies = presses.filter(({ button }) => button === 'emergency');
  const own = hasRelease
    ? end.truth.edges.filter(({ line }) => line === 'release')
    : pulsedReleases(end.truth);
  return own.flatMap(({ on, atMs }, index) => {
    if (!on) return [];
    const offMs = own[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const isCaused = isWithin(fires, atMs, slackMs) || isWithin(emergencies, atMs, slackMs);
    const lastMs = Math.max(
      ...emergencies.filter(({ fromMs }) => fromMs <= offMs).map(({ toMs }) => toMs + emergencyMs),
      ...fires.filter(({ fromMs }) => fromMs <= offMs).map(({ toMs }) => toMs),
      atMs,
    );
    const isTooLong = offMs > lastMs + settlingMsMax;
    return [
      ...(isCaused ? [] : [`released at ${atMs} without a press or a fire`]),
      ...(isTooLong ? [`released for too long from ${atMs} to ${offMs}`] : []),
    ];
  });
}

/** Closings that nobody asked for as pulses, one after the other as fast as may be, as one release. */
function pulsedReleases({ edges, pulses }: GateTruth): readonly Pick<Edge, 'on' | 'atMs'>[] {
  const own = edges.filter(({ line }) => line === 'grant');
  const closings = own.flatMap((edge, index) => {
    if (!edge.on || pulses.some(({ atMs }) => atMs === edge.atMs)) return [];
    return [{ fromMs: edge.atMs, toMs: own[index + 1]?.atMs ?? Number.POSITIVE_INFINITY }];
  });
  return closings.flatMap(({ fromMs, toMs }, index) => {
    const isFirst = fromMs - (closings[index - 1]?.toMs ?? 0) > relayLimits.pulseIntervalMsMin;
    const isLast =
      (closings[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY) - toMs >
      relayLimits.pulseIntervalMsMin;
    return [
      ...(isFirst ? [{ on: true, atMs: fromMs }] : []),
      ...(isLast ? [{ on: false, atMs: toMs }] : []),
    ];
  });
}

/** The longest that a grant may last: commit, turnstile's window, arm left standing, settling. */
const grantMsMax = 30_000;

function endsPerGrant(gate: ReadGate): string[] {
  const { rows } = gate;
  const ends = new Map<string, string[]>();
  for (const row of rows.filter(isEnd)) {
    const name = row['grant'] == null ? `${row.bootId}/r${row['request']}` : String(row['grant']);
    ends.set(name, [...(ends.get(name) ?? []), String(row['outcome'])]);
  }
  const known = new Set<string>();
  const faults: string[] = [];
  for (const row of rows) {
    if (!isGrant(row) && !isOverride(row)) continue;
    const names = [String(row.seq), `${row.bootId}/r${row['request']}`];
    for (const name of names) known.add(name);
    const outcomes = names.flatMap((name) => ends.get(name) ?? []);
    if (outcomes.length > 1) faults.push(`grant ${row.seq} ended twice: ${outcomes.join(', ')}`);
    if (outcomes.length === 0 && !wasCutOff(gate, row)) faults.push(`grant ${row.seq} never ended`);
  }
  for (const name of ends.keys())
    if (!known.has(name)) faults.push(`a passage of grant ${name}, which is none`);
  return faults;
}

/** The run ended while it was under way, or before a failing disk had taken its end. */
function wasCutOff(gate: ReadGate, row: Row): boolean {
  const { boots, diskTroubles } = gate.end.truth;
  const boot = boots.find(({ bootId }) => bootId === row.bootId);
  if (boot === undefined || row.bootId === gate.end.lastBootId) return false;
  const atMs = saidMs(gate, row);
  if (boot.toMs - atMs <= grantMsMax) return true;
  return diskTroubles.some(({ fromMs, toMs }) => fromMs <= boot.toMs && toMs >= atMs);
}
