/**
 * A signed time on the admins' side: made for what a gate shows, and passed on as a file until enough have
 * signed. What such a file says is read before anybody has vouched for it, and only shown. Pure.
 */
import { type Envelope, parseEnvelope, signersOf } from '../../../config/crypto/dsse.js';
import type { TrustList } from '../../credential/trust.js';
import { signersWithRole } from '../signed/judge-step.js';
import {
  readTimePayload,
  type TimePayload,
  timePayloadType,
  timeThreshold,
} from '../signed/judge-time.js';

export interface TimeFile {
  readonly envelope: Envelope;
  readonly payload: TimePayload;
  readonly atMs: number;
}

/** What of a gate's `state` a time is set by. */
export interface ShownTime {
  readonly isOnline: boolean;
  /** of the run of the daemon that says so; empty: it does not say */
  readonly bootId: string;
  /** RFC 3339, as the gate has it */
  readonly at: string;
  readonly clock: string;
  /** null: its software takes no signed time */
  readonly challenge: string | null;
}

/** Takes a payload's members; returns it in an envelope that nobody has signed. */
export function composeTime(payload: TimePayload): Envelope {
  const bytes = Buffer.from(JSON.stringify(payload), 'utf8');
  return { payloadType: timePayloadType, payload: bytes, signatures: [] };
}

/** Takes a file's bytes; returns the time in it, whoever has signed, or what is wrong with it. */
export function readTimeFile(
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly file: TimeFile }
  | { readonly ok: false; readonly problem: string } {
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return { ok: false, problem: 'is no signed time: gatectl time set makes one' };
  const { envelope } = parsed;
  if (envelope.payloadType !== timePayloadType)
    return { ok: false, problem: `is signed for ${envelope.payloadType}: no time` };
  const read = readTimePayload(envelope.payload);
  if (!read.ok) return read;
  return { ok: true, file: { envelope, payload: read.payload, atMs: read.atMs } };
}

/**
 * @param file a time
 * @param trust the list in force
 * @returns names of the admins whose signature counts, how many must sign what moves time far, or back, and
 *   kids of the time services that have signed, whose say counts for a raise alone
 */
export function tallyTime(
  { envelope }: Pick<TimeFile, 'envelope'>,
  trust: TrustList,
): {
  readonly signed: readonly string[];
  readonly threshold: number;
  readonly services: readonly string[];
} {
  const signed = signersWithRole(envelope, trust, 'time').map(({ name }) => name);
  const clocks = trust.time.map(({ key }) => key);
  const services = signersOf(envelope, clocks).map(({ kid }) => kid);
  return { signed, threshold: timeThreshold(trust), services };
}

/** Takes a `state` message as text, read strictly before; returns what it shows of the time. */
export function shownTime(text: string): ShownTime {
  const said = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const { online, bootId, at, clock, timeChallenge } = said;
  return {
    isOnline: online === true,
    bootId: typeof bootId === 'string' ? bootId : '',
    at: typeof at === 'string' ? at : '',
    clock: typeof clock === 'string' ? clock : '',
    challenge: typeof timeChallenge === 'string' ? timeChallenge : null,
  };
}
