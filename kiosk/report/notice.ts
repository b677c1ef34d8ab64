/** What a party is told of a record: which records, whom, and in which words. Pure. */
import { parseRfc3339 } from '../../config/rfc3339.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import type { Party } from '../../config/vocabulary.js';
import type { KeptNotice } from '../journal/outbox-port.js';
import { isNoticeId, isParty } from './notice-ack.js';

/** The message of `notice/<id>`. Details come from the collector, to those with the registry's key. */
export interface Notice {
  readonly id: string;
  /** the decision's outcome, `override`, or the alarm's code */
  readonly kind: string;
  readonly party: Party;
  /** RFC 3339 */
  readonly at: string;
  readonly rule: string | null;
  /** who it was, as the screen showed it; null where this run does not know */
  readonly masked: string | null;
  readonly journal: string;
  readonly seq: number;
}

export const noticeLimits = {
  /** open ones of a gate: the oldest give way */
  openMax: 500,
  /** one that nobody has acknowledged is cleared after 14 days */
  keptMs: 14 * 86_400_000,
  /** one is under 400 bytes */
  bytesMax: 4_096,
} as const;

/** Alarms that somebody away from the gate has to see to. */
const toldAlarms =
  /^(device-|disk-|journal-|clock-|registry-|configuration-)|^(fire|forced|door-forced|tamper|on-battery|lockdown|record-refused|records-lost|double-use|receipt-refused|broker-breach|certificate-expiring)$/;
const alarmParty: Party = 'duty-officer';

interface Told {
  readonly kind: string;
  readonly parties: readonly Party[];
  readonly rule: string | null;
}

function toldBy(record: Readonly<Record<string, unknown>>): Told | null {
  const { type } = record;
  if (Array.isArray(record['tells'])) {
    // The gate wrote them: they are parties.
    const parties = record['tells'] as Party[];
    const rule = typeof record['rule'] === 'string' ? record['rule'] : null;
    return { kind: String(type === 'decision' ? record['outcome'] : type), parties, rule };
  }
  if (type === 'alarm' && toldAlarms.test(String(record['code'])))
    return { kind: String(record['code']), parties: [alarmParty], rule: null };
  return null;
}

/**
 * @param journal its id
 * @param record out of it, parsed
 * @param maskOf who was at the gate in an attempt of a run, as the screen showed it
 * @returns a notice for each party that the record tells
 */
export function noticesOf(
  journal: string,
  record: Readonly<Record<string, unknown>>,
  maskOf: (bootId: string, attempt: number) => string | null,
): readonly Notice[] {
  const told = toldBy(record);
  if (told === null) return [];
  const { kind, parties, rule } = told;
  const seq = Number(record['seq']);
  const attempt = record['attempt'];
  const masked = typeof attempt === 'number' ? maskOf(String(record['bootId']), attempt) : null;
  // The guard stands before it: the booth tells.
  return [...new Set(parties)]
    .filter((party) => party !== 'guard')
    .map((party) => ({
      id: `${journal.slice(0, 8)}-${seq}-${party}`,
      kind,
      party,
      at: String(record['at']),
      rule,
      masked,
      journal,
      seq,
    }));
}

/** @returns the notice as the journal keeps it */
export function keptNotice(notice: Notice): KeptNotice {
  return { id: notice.id, seq: notice.seq, text: JSON.stringify(notice) };
}

/**
 * @param kept oldest first
 * @param nowMs wall milliseconds
 * @returns ids of those whose time is over, and of the oldest beyond the limit
 */
export function outdated(kept: readonly KeptNotice[], nowMs: number): readonly string[] {
  const isOver = ({ text }: KeptNotice): boolean => isPast(JSON.parse(text) as Notice, nowMs);
  const excess = kept.length - noticeLimits.openMax;
  return kept.filter((notice, index) => index < excess || isOver(notice)).map(({ id }) => id);
}

/** @returns whether the time of a notice is over, whoever has seen it */
export function isPast({ at }: Pick<Notice, 'at'>, nowMs: number): boolean {
  return Date.parse(at) + noticeLimits.keptMs <= nowMs;
}

/** What of a notice tells whose it is, and until when it stands. */
export type StandingNotice = Pick<Notice, 'party' | 'at' | 'journal' | 'seq'>;

const journalShape = /^[0-9a-f]{32}$/;

/**
 * @param id of its topic
 * @param bytes what stands there at the broker
 * @returns the notice, or null for anything else; whether a gate has told it nobody can say
 */
export function readNotice(id: string, bytes: Uint8Array): StandingNotice | null {
  const json = parseStrictJsonBytes(bytes, noticeLimits.bytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { party, at, journal, seq, ...others } = json.value as Record<string, unknown>;
  if (others['id'] !== id || !isNoticeId(id) || !isParty(party)) return null;
  if (typeof at !== 'string' || parseRfc3339(at) === null) return null;
  if (typeof journal !== 'string' || !journalShape.test(journal)) return null;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return null;
  return { party, at, journal, seq };
}
