/**
 * Whether a signed time (`_all/time`) is one, and for this gate: signatures before the payload. How far it may
 * move the gate's time is law 6's to say (`core/time/signed-time.ts`). Pure.
 *
 * Freshness cannot rest on a clock that is about to be set. A `raise` needs none: its moment has truly been,
 * whenever it comes. A `set` turns time back, so it names one gate and the challenge that this gate shows in
 * its `state` just now: another one after every use, after every start, and after half a day.
 */
import { parseEnvelope, signersOf } from '../../../config/crypto/dsse.js';
import type { SignedTime } from '../../core/time/signed-time.js';
import { ListReader } from '../../credential/list-reader.js';
import type { TrustList } from '../../credential/trust.js';
import { parseExactJson } from './exact-json.js';
import { signersWithRole, thresholdOf } from './judge-step.js';

export const timePayloadType = 'application/vnd.gate-kiosk.time+json';

export const timeLimits = {
  /** the envelope: a time says little */
  bytesMax: 8_192,
  /** whatever the trust list says, one admin alone turns no time back */
  thresholdMin: 2,
} as const;

/** The payload, as it is signed. */
export type TimePayload =
  | { readonly site: string; readonly purpose: 'raise'; readonly at: string }
  | {
      readonly site: string;
      readonly purpose: 'set';
      readonly kiosk: string;
      readonly challenge: string;
      readonly at: string;
    };

export type TimeRefusal =
  | 'too-large'
  | 'bad-envelope'
  | 'wrong-type'
  /** no signature of an admin of the role `time`, nor of a time service where it may */
  | 'not-signed'
  | 'below-threshold'
  | 'bad-payload'
  | 'wrong-site'
  /** a broker has kept it: time is not set by what somebody meant once */
  | 'retained'
  /** not what this gate shows: late, of another start, or repeated by somebody */
  | 'wrong-challenge'
  /** it has been done: what a broker delivers twice */
  | 'repeated';

export interface TimeContext {
  readonly site: string;
  readonly kiosk: string;
  readonly isRetained: boolean;
  readonly trust: Pick<TrustList, 'admins' | 'thresholds' | 'time'>;
  /** of a challenge: whether the gate shows it, or has done what came with it */
  challengeIs(challenge: string): 'shown' | 'used' | 'unknown';
}

export type TimeVerdict =
  | {
      readonly is: 'taken';
      readonly time: SignedTime;
      /** that a `set` has come with, to be used once */
      readonly challenge: string | null;
      /** names of the admins who have signed it */
      readonly admins: readonly string[];
      /** kids of the time services that have */
      readonly services: readonly string[];
    }
  | { readonly is: 'not-ours' }
  | { readonly is: 'refused'; readonly why: TimeRefusal; readonly detail: string };

const idShape = /^[a-z0-9][a-z0-9-]{0,31}$/;
const challengeShape = /^[0-9a-f]{32}$/;

/**
 * @param bytes the message
 * @param context of this gate
 * @returns the time, or why not. Never throws
 */
export function judgeTimeMessage(bytes: Uint8Array, context: TimeContext): TimeVerdict {
  if (bytes.length > timeLimits.bytesMax) return refused('too-large');
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return refused(parsed.why);
  const { envelope } = parsed;
  if (envelope.payloadType !== timePayloadType) return refused('wrong-type');
  const { trust } = context;
  const admins = signersWithRole(envelope, trust, 'time').map(({ name }) => name);
  const clocks = trust.time.map(({ key }) => key);
  const services = signersOf(envelope, clocks).map(({ kid }) => kid);
  if (admins.length + services.length === 0) return refused('not-signed');
  const read = readTimePayload(envelope.payload);
  if (!read.ok) return refused('bad-payload', read.problem);
  const { payload } = read;
  if (payload.site !== context.site) return refused('wrong-site');
  const signed = admins.length >= timeThreshold(trust) ? 'all' : 'few';
  const { purpose } = payload;
  const time = { purpose, atMs: read.atMs, signed } as const;
  if (payload.purpose === 'raise') return { is: 'taken', time, challenge: null, admins, services };
  // A service has no say in turning time back.
  if (admins.length === 0) return refused('not-signed');
  if (signed !== 'all') return refused('below-threshold');
  const { kiosk, challenge } = payload;
  if (kiosk !== context.kiosk) return { is: 'not-ours' };
  if (context.isRetained) return refused('retained');
  const is = context.challengeIs(challenge);
  if (is !== 'shown') return refused(is === 'used' ? 'repeated' : 'wrong-challenge');
  return { is: 'taken', time, challenge, admins, services };
}

/** Takes a trust list; returns how many admins must sign what moves time far, or back. */
export function timeThreshold(trust: Pick<TrustList, 'thresholds'>): number {
  return Math.max(timeLimits.thresholdMin, thresholdOf(trust, 'time'));
}

/**
 * @param bytes of a payload
 * @returns what it says, with its moment in whole milliseconds, or what is wrong with it
 */
export function readTimePayload(
  bytes: Uint8Array,
):
  | { readonly ok: true; readonly payload: TimePayload; readonly atMs: number }
  | { readonly ok: false; readonly problem: string } {
  const json = parseExactJson(bytes, timeLimits.bytesMax);
  if (!json.ok) return json;
  const reader = new ListReader();
  const read = readMembers(reader, json.value);
  const [first] = reader.problems;
  if (first !== undefined) return { ok: false, problem: `${first.place}: ${first.problem}` };
  return read === null ? { ok: false, problem: 'is no signed time' } : { ok: true, ...read };
}

function readMembers(
  reader: ListReader,
  value: unknown,
): { readonly payload: TimePayload; readonly atMs: number } | null {
  const isSet =
    typeof value === 'object' && value !== null && 'purpose' in value && value.purpose === 'set';
  const own = isSet ? ['kiosk', 'challenge'] : [];
  const members = reader.object(value, '', ['site', 'purpose', ...own, 'at']);
  if (members === null) return null;
  const text = (name: string, shape: RegExp): string =>
    members.read(name, (item, place) => {
      if (typeof item === 'string' && shape.test(item)) return item;
      reader.fail(place, `must fit ${shape.source}`);
      return '';
    }) ?? '';
  members.read('purpose', (item, place) => reader.oneOf(item, place, ['raise', 'set']));
  const seconds = members.read('at', (item, place) => reader.timeSeconds(item, place)) ?? 0;
  const site = text('site', idShape);
  const at = members.read('at', (item) => (typeof item === 'string' ? item : '')) ?? '';
  const payload: TimePayload = isSet
    ? {
        ...{ site, purpose: 'set', kiosk: text('kiosk', idShape) },
        ...{ challenge: text('challenge', challengeShape), at },
      }
    : { site, purpose: 'raise', at };
  return { payload, atMs: Math.round(1_000 * seconds) };
}

function refused(why: TimeRefusal, detail = ''): TimeVerdict {
  return { is: 'refused', why, detail };
}
