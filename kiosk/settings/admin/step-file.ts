/**
 * A step as it is passed from admin to admin: an envelope, with fewer signatures than a gate asks for or
 * none, so what it says is read before anybody has vouched for it, and only shown. Pure but for hashing.
 */
import { createHash } from 'node:crypto';
import { type Envelope, envelopeLimits, parseEnvelope } from '../../../config/crypto/dsse.js';
import { parseTrustList, type TrustList } from '../../credential/trust.js';
import { type ConfigStep, parseConfigStep } from '../signed/config-step.js';
import {
  configPayloadType,
  type Mark,
  signersWithRole,
  thresholdOf,
} from '../signed/judge-step.js';

export interface StepFile {
  readonly envelope: Envelope;
  readonly step: ConfigStep;
  readonly mark: Mark;
}

export type StepFileResult =
  | { readonly ok: true; readonly file: StepFile }
  | { readonly ok: false; readonly problem: string };

/** Takes an envelope's bytes; returns the step in it, whoever has signed, or what is wrong with it. */
export function readStep(bytes: Uint8Array): StepFileResult {
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return { ok: false, problem: envelopeProblems[parsed.why] };
  const { envelope } = parsed;
  if (envelope.payloadType !== configPayloadType)
    return { ok: false, problem: `is signed for ${envelope.payloadType}: no configuration` };
  const read = parseConfigStep(envelope.payload, envelopeLimits.bytesMax);
  if (!read.ok) return read;
  const { step } = read;
  const sha256 = createHash('sha256').update(envelope.payload).digest('hex');
  return { ok: true, file: { envelope, step, mark: { seq: step.seq, sha256 } } };
}

const envelopeProblems = {
  'too-large': `is larger than ${envelopeLimits.bytesMax} bytes`,
  'bad-envelope': 'is no DSSE envelope: gatectl config new makes one',
} as const;

/** How far a step has come towards its signatures, by one list. */
export interface Tally {
  readonly by: 'list in force' | 'new list';
  readonly threshold: number;
  /** names of admins whose signature counts */
  readonly signed: readonly string[];
  /** of those that have the role and have not signed */
  readonly open: readonly string[];
  /** how many more must sign */
  readonly missing: number;
  /** how many signatures are of nobody who has the role on this list */
  readonly others: number;
}

/**
 * @param file a step
 * @param trust the list in force; null: nobody has it at hand
 * @returns a tally by each list that must agree: of trust the new one too
 */
export function tallySignatures(
  { envelope, step }: StepFile,
  trust: TrustList | null,
): readonly Tally[] {
  const { channel, content } = step;
  const tally = (list: TrustList, by: Tally['by']): Tally => {
    const signed = signersWithRole(envelope, list, channel).map(({ name }) => name);
    const able = list.admins.filter(({ roles }) => roles.has(channel)).map(({ name }) => name);
    const threshold = thresholdOf(list, channel);
    const missing = Math.max(0, threshold - signed.length);
    const others = envelope.signatures.length - signed.length;
    return {
      by,
      threshold,
      signed,
      others,
      open: able.filter((it) => !signed.includes(it)),
      missing,
    };
  };
  const next = channel === 'trust' && content.is === 'body' ? parseTrustList(content.body) : null;
  return [
    ...(trust === null ? [] : [tally(trust, 'list in force')]),
    ...(next?.ok === true ? [tally(next.trust, 'new list')] : []),
  ];
}
