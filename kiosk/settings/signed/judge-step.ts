/**
 * Whether a signed step of configuration is to be taken: signatures before the payload, then site,
 * sequence and time, then what the change itself needs. Pure: what has been accepted before is an
 * argument, and what is accepted now is the caller's to keep, in one transaction with its effect.
 *
 * A step of fewer signatures than its channel's threshold is taken only where it tightens, and only
 * as the very next: whoever has stolen one key moves a channel by one at a time, and never loosens.
 */
import { createHash } from 'node:crypto';
import {
  type Envelope,
  envelopeLimits,
  parseEnvelope,
  signersOf,
} from '../../../config/crypto/dsse.js';
import type { PublicKey } from '../../../config/crypto/ed25519-key.js';
import type { AdminRole, TrustList } from '../../credential/trust.js';
import { parseTrustList } from '../../credential/trust.js';
import { type Channel, type ConfigStep, parseConfigStep } from './config-step.js';

export const configPayloadType = 'application/vnd.gate-kiosk.config+json';

export const judgeLimits = {
  /** of the admins' signatures, where the trust list says nothing else */
  thresholdDefault: 2,
  /** sequence numbers that a step with all its signatures may leave out */
  jumpMax: 1_000,
  /** an admin's clock may be ahead of the gate's by so much */
  aheadMs: 300_000,
} as const;

export type StepRefusal =
  | 'too-large'
  | 'bad-envelope'
  | 'wrong-type'
  /** no signature of a key that has the channel's role */
  | 'not-signed'
  /** fewer of them than this change needs */
  | 'below-threshold'
  | 'bad-payload'
  | 'wrong-channel'
  | 'wrong-site'
  | 'issued-ahead'
  | 'expired'
  /** older than what has been accepted */
  | 'rollback'
  /** the number that has been accepted, with other bytes */
  | 'equivocation'
  /** not the very next, where it must be */
  | 'not-next'
  | 'jump-too-far'
  /** names another step before it than the one that has been accepted */
  | 'broken-link'
  | 'software-too-old'
  | 'bad-body'
  /** the new list would not let its own admins change it again */
  | 'locked-out';

/** The highest step of a channel that has ever been accepted here. */
export interface Mark {
  readonly seq: number;
  /** hex, of its payload */
  readonly sha256: string;
}

export interface StepContext {
  readonly site: string;
  readonly kiosk: string;
  readonly groups: readonly string[];
  /** of this software, `1.2.3` */
  readonly version: string;
  /** by its topic */
  readonly channel: Channel;
  readonly trust: Pick<TrustList, 'admins' | 'thresholds' | 'sha256'>;
  readonly marks: ReadonlyMap<Channel, Mark>;
  /**
   * where what was accepted is not on the disk any more: by what the gate goes instead. What leads back to
   * the mark is taken again, and nothing else
   */
  readonly lost?: ReadonlyMap<Channel, Mark | null>;
  /** of topics that name it */
  readonly topicSeq?: number | null;
  /** what time has surely reached; null: nothing is sure */
  readonly floorMs: number | null;
  /** the time, where the clock is trusted; null: it is not */
  readonly nowMs: number | null;
}

export type StepVerdict =
  | {
      readonly is: 'taken';
      readonly step: ConfigStep;
      readonly mark: Mark;
      readonly signers: readonly string[];
      /** `all`: as many signatures as its channel's threshold; `few`: to be taken only if it tightens */
      readonly signed: 'all' | 'few';
    }
  /** it is the one that was accepted last */
  | { readonly is: 'known' }
  /** for other gates: its number counts all the same, where enough have signed it; null: not */
  | { readonly is: 'not-ours'; readonly mark: Mark | null }
  /** another channel must come further first */
  | { readonly is: 'wait'; readonly channel: Channel; readonly seq: number }
  | { readonly is: 'refused'; readonly why: StepRefusal; readonly detail: string };

/**
 * @param bytes the message
 * @param context of this gate, and of the topic by which it came
 * @returns what is to be done with it. Never throws
 */
export function judgeStep(bytes: Uint8Array, context: StepContext): StepVerdict {
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return refused(parsed.why);
  const { envelope } = parsed;
  if (envelope.payloadType !== configPayloadType) return refused('wrong-type');
  const { channel, trust } = context;
  const signers = signersWithRole(envelope, trust, channel);
  if (signers.length === 0) return refused('not-signed');
  const threshold = thresholdOf(trust, channel);
  const isWhole = signers.length >= threshold;
  if (channel === 'trust' && !isWhole) return refused('below-threshold');
  const read = parseConfigStep(envelope.payload, envelopeLimits.bytesMax);
  if (!read.ok) return refused('bad-payload', read.problem);
  const { step } = read;
  const mark = { seq: step.seq, sha256: sha256Of(envelope.payload) };
  const misplaced = placeProblem(step, context) ?? timeProblem(step, context);
  if (misplaced !== null) return refused(misplaced);
  const highest = context.marks.get(channel) ?? null;
  const isLost = context.lost?.has(channel) ?? false;
  if (highest?.seq === mark.seq) {
    if (highest.sha256 !== mark.sha256) return refused('equivocation');
    if (!isLost) return { is: 'known' };
  }
  // Of policy and device only the newest stands at the broker: an older one is somebody's to go back.
  const isWalked = channel === 'trust' || channel === 'revocation';
  if (isLost && !isWalked && mark.seq < (highest?.seq ?? 0)) return refused('rollback');
  const before = isLost ? (context.lost?.get(channel) ?? null) : highest;
  // On the way back to the mark, too, a number has one step.
  if (isLost && before?.seq === mark.seq)
    return before.sha256 === mark.sha256 ? { is: 'known' } : refused('equivocation');
  const isStrict = channel === 'trust' || !isWhole;
  const misnumbered = isOwnList(step, context, before)
    ? null
    : orderProblem(step, before, isStrict);
  if (misnumbered !== null) return refused(misnumbered);
  if (channel === 'trust') {
    const problem = newTrustProblem(envelope, step);
    if (problem !== null) return refused(...problem);
  }
  if (!isAddressed(step, context)) return { is: 'not-ours', mark: isWhole ? mark : null };
  for (const [other, seq] of step.requires)
    if ((context.marks.get(other)?.seq ?? 0) < seq) return { is: 'wait', channel: other, seq };
  const names = signers.map(({ name }) => name);
  return { is: 'taken', step, mark, signers: names, signed: isWhole ? 'all' : 'few' };
}

/** Takes a trust list and a role; returns how many admins must have signed. */
export function thresholdOf(
  { thresholds }: Pick<TrustList, 'thresholds'>,
  role: AdminRole,
): number {
  return thresholds.get(role) ?? judgeLimits.thresholdDefault;
}

/** Takes an envelope and a list; returns the list's admins with that role who have signed it. */
export function signersWithRole(
  envelope: Envelope,
  { admins }: Pick<TrustList, 'admins'>,
  role: AdminRole,
): TrustList['admins'] {
  const able = admins.filter(({ roles }) => roles.has(role));
  const signed = new Set(
    signersOf(
      envelope,
      able.map(({ key }) => key),
    ).map(({ text }: PublicKey) => text),
  );
  return able.filter(({ key }) => signed.has(key.text));
}

function refused(why: StepRefusal, detail = ''): StepVerdict {
  return { is: 'refused', why, detail };
}

function placeProblem(step: ConfigStep, context: StepContext): StepRefusal | null {
  if (step.channel !== context.channel) return 'wrong-channel';
  if (context.topicSeq != null && context.topicSeq !== step.seq) return 'wrong-channel';
  if (step.site !== context.site) return 'wrong-site';
  return isOlder(context.version, step.minVersion) ? 'software-too-old' : null;
}

/**
 * A gate that does not know the time goes by the time that has surely been reached. A trust step is what all
 * later ones stand on: a gate that was off, or has lost what it had, walks it however old it is, and what is
 * past its date when it is in force is stale.
 */
function timeProblem(
  { channel, issuedMs, expiresMs }: ConfigStep,
  { nowMs, floorMs }: StepContext,
): StepRefusal | null {
  if (expiresMs <= issuedMs) return 'expired';
  if (nowMs !== null && issuedMs > nowMs + judgeLimits.aheadMs) return 'issued-ahead';
  if (channel === 'trust') return null;
  const reachedMs = Math.max(
    nowMs ?? Number.NEGATIVE_INFINITY,
    floorMs ?? Number.NEGATIVE_INFINITY,
  );
  return reachedMs >= expiresMs ? 'expired' : null;
}

function orderProblem(
  step: ConfigStep,
  before: Mark | null,
  isStrict: boolean,
): StepRefusal | null {
  const last = before?.seq ?? 0;
  if (step.seq < last) return 'rollback';
  if (isStrict && step.seq !== last + 1) return 'not-next';
  // A gate that begins today at a site of many years has nothing to go back to.
  if (before !== null && step.seq > last + judgeLimits.jumpMax) return 'jump-too-far';
  const isNext = step.seq === last + 1;
  return isNext && step.prevSha256 !== (before?.sha256 ?? null) ? 'broken-link' : null;
}

/**
 * A gate enrolled with the list of some later step finds its place among them: taking the very list that
 * it goes by changes nothing but the number.
 */
function isOwnList({ content }: ConfigStep, context: StepContext, before: Mark | null): boolean {
  if (context.channel !== 'trust' || before !== null || content.is !== 'body') return false;
  const list = parseTrustList(content.body);
  return list.ok && list.trust.sha256 === context.trust.sha256;
}

/** Signed by enough of the new list's own admins too: nobody can be handed a list that is not theirs. */
function newTrustProblem(
  envelope: Envelope,
  { content, target }: ConfigStep,
): readonly [StepRefusal, string] | null {
  if (!('all' in target)) return ['bad-payload', 'trust is for every gate of a site'];
  if (content.is !== 'body') return ['bad-body', 'a trust list stands in its step'];
  const next = parseTrustList(content.body);
  if (!next.ok) return ['bad-body', `${next.problems[0]?.place}: ${next.problems[0]?.problem}`];
  const able = next.trust.admins.filter(({ roles }) => roles.has('trust')).length;
  const threshold = thresholdOf(next.trust, 'trust');
  if (able < threshold) return ['locked-out', `${able} admins, of whom ${threshold} must sign`];
  const isSigned = signersWithRole(envelope, next.trust, 'trust').length >= threshold;
  return isSigned ? null : ['below-threshold', 'of the new list'];
}

function isAddressed({ target }: ConfigStep, { kiosk, groups }: StepContext): boolean {
  if ('all' in target) return true;
  if ('kiosks' in target) return target.kiosks.includes(kiosk);
  return target.groups.some((group) => groups.includes(group));
}

/** @returns whether the version is below the one that is needed; both are three numbers */
function isOlder(version: string, needed: string): boolean {
  const [own, least] = [version, needed].map((text) => text.split('.').map(Number));
  for (const [index, number] of (least ?? []).entries()) {
    const ours = own?.[index] ?? 0;
    if (ours !== number) return ours < number;
  }
  return false;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
