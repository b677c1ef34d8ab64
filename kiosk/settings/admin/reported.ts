/** What a gate reports of its configuration (`cfg/reported`), and how far that is from a goal. Pure. */
import { parseStrictJsonBytes } from '../../../config/strict-json.js';
import type { Phase } from '../signed/channel-state.js';
import { type Channel, channels } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';

export interface ReportedStep extends Mark {
  readonly phase: Phase;
  /** why, where it was refused or taken back; empty otherwise */
  readonly code: string;
}

/** By channel; one that is absent never had a step. */
export type Reported = ReadonlyMap<Channel, ReportedStep>;

/** Four channels of 200 bytes. */
const reportedBytesMax = 16_384;
const phases = ['pending', 'probation', 'confirmed', 'reverted', 'refused'] as const;
const codeLengthMax = 120;

/** Takes a message's bytes; returns what they report, or null for anything of another form. */
export function parseReported(bytes: Uint8Array): Reported | null {
  const json = parseStrictJsonBytes(bytes, reportedBytesMax);
  if (!json.ok || !isObject(json.value)) return null;
  const reported = new Map<Channel, ReportedStep>();
  for (const channel of channels) {
    const value = json.value[channel];
    if (value === undefined || value === null) continue;
    const step = readReportedStep(value);
    if (step === null) return null;
    reported.set(channel, step);
  }
  return reported;
}

function readReportedStep(value: unknown): ReportedStep | null {
  if (!isObject(value)) return null;
  const { seq, sha256, code } = value;
  const phase = phases.find((known) => known === value['phase']);
  if (phase === undefined || typeof seq !== 'number' || !Number.isSafeInteger(seq)) return null;
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return null;
  return { seq, sha256, phase, code: typeof code === 'string' ? code.slice(0, codeLengthMax) : '' };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A step that a gate is to reach. */
export interface Goal extends Mark {
  readonly channel: Channel;
}

/**
 * `waiting`: nothing is heard of it yet; `overtaken`: the gate goes by a later one; the others as it
 * reports them.
 */
export type Standing = Phase | 'waiting' | 'overtaken';

export interface GoalStanding {
  readonly goal: Goal;
  readonly standing: Standing;
  readonly code: string;
}

/** Takes a goal and a report; returns how far the gate is. */
export function standingOf(goal: Goal, reported: Reported | null): GoalStanding {
  const step = reported?.get(goal.channel);
  const answer = (standing: Standing, code = ''): GoalStanding => ({ goal, standing, code });
  if (step === undefined || step.seq < goal.seq) return answer('waiting');
  if (step.seq === goal.seq)
    return step.sha256 === goal.sha256
      ? answer(step.phase, step.code)
      : answer('refused', 'equivocation');
  // A later one that was refused says nothing of those before it.
  if (step.phase === 'refused') return answer('waiting');
  // Of trust and revocations each later step stands on all before it, once the gate goes by it.
  const isBehind = goal.channel === 'trust' || goal.channel === 'revocation';
  if (isBehind) return answer(step.phase === 'confirmed' ? 'confirmed' : 'waiting');
  return answer('overtaken', `by ${step.seq}`);
}

const order: readonly Standing[] = [
  ...([
    'reverted',
    'refused',
    'overtaken',
    'waiting',
    'pending',
    'probation',
    'confirmed',
  ] as const),
];

/** Takes where a gate stands with each goal, one at least; returns the one that decides: what failed, else the last. */
export function decisive(standings: readonly GoalStanding[]): GoalStanding | null {
  const [first = null] = [...standings].sort(
    (a, b) => order.indexOf(a.standing) - order.indexOf(b.standing),
  );
  return first;
}

/** Whether nothing better will come of it by itself. */
export function hasFailed(standing: Standing): boolean {
  return standing === 'reverted' || standing === 'refused' || standing === 'overtaken';
}
