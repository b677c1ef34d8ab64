/**
 * What gates tell parties, open until the gate clears it (or is found to have cleared it), and what parties have acknowledged. The
 * gate has the word: an acknowledgement is passed on until the gate has cleared its notice. Within
 * transactions of the caller's.
 */
import type Database from 'better-sqlite3';
import { parseRfc3339 } from '../../config/rfc3339.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import type { Party } from '../../config/vocabulary.js';
import { isParty } from '../report/notice-ack.js';

/** As it stands in `notice/<id>`. */
export interface Notice {
  readonly id: string;
  readonly kind: string;
  readonly party: Party;
  readonly atMs: number;
  readonly rule: string | null;
  /** JSON: what may be told without the registry's key */
  readonly masked: string | null;
  readonly journal: string | null;
  readonly seq: number | null;
}

const noticeBytesMax = 16_384;
const wordLengthMax = 128;
/** A gate has 500 at most; twice as many are a gate that does not know when to stop. */
const openMax = 1_000;
/** After so long a notice is over whether or not somebody has acknowledged it. */
export const noticeKeptMs = 14 * 86_400_000;

/** Takes an id and a message's bytes; returns the notice, or null for anything of another form. */
export function parseNotice(id: string, bytes: Uint8Array): Notice | null {
  const json = parseStrictJsonBytes(bytes, noticeBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { kind, party, at, rule, masked, journal, seq, ...rest } = json.value as Record<
    string,
    unknown
  >;
  const atMs = typeof at === 'string' ? parseRfc3339(at) : null;
  if (rest['id'] !== id || !isParty(party) || atMs === null || !isWord(kind)) return null;
  return {
    ...{ id, kind, party, atMs },
    rule: isWord(rule) ? rule : null,
    masked: masked === undefined || masked === null ? null : JSON.stringify(masked),
    journal: isWord(journal) ? journal : null,
    seq: typeof seq === 'number' && Number.isSafeInteger(seq) ? seq : null,
  };
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= wordLengthMax;
}

/** What somebody has acknowledged and the gate has not cleared yet. */
export interface PendingAck {
  readonly kiosk: string;
  readonly id: string;
  readonly party: Party;
  readonly at: string;
}

export interface Notices {
  /** @returns false: the gate has too many open */
  open(kiosk: string, notice: Notice): boolean;
  clear(kiosk: string, id: string): void;
  /**
   * Closes those that its gate has cleared while nobody listened; each stays in its row until it is over.
   * @param standing ids of those that are open at the gate
   * @returns how many
   */
  closeUnseen(kiosk: string, standing: ReadonlySet<string>, nowMs: number): number;
  pendingAcks(): readonly PendingAck[];
  /** Removes what is over: @returns how many. */
  expire(nowMs: number): number;
}

/** @returns the notices of a database */
export function openNotices(database: Database.Database): Notices {
  const put = database.prepare<
    [
      ...[string, string, string, string, number],
      ...[string | null, string | null, string | null, number | null],
    ]
  >(
    `INSERT INTO notices (kiosk, id, party, kind, atMs, rule, masked, journal, seq)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (kiosk, id) DO UPDATE SET party = excluded.party, kind = excluded.kind,
       atMs = excluded.atMs, rule = excluded.rule, masked = excluded.masked,
       journal = excluded.journal, seq = excluded.seq, unseenMs = NULL`,
  );
  const countOf = database
    .prepare<[string, string], number>(
      'SELECT count(*) FROM notices WHERE kiosk = ? AND id <> ? AND unseenMs IS NULL',
    )
    .pluck();
  const clear = database.prepare<[string, string]>(
    'DELETE FROM notices WHERE kiosk = ? AND id = ?',
  );
  const openIds = database
    .prepare<[string], string>('SELECT id FROM notices WHERE kiosk = ? AND unseenMs IS NULL')
    .pluck();
  const closeUnseen = database.prepare<[number, string, string]>(
    'UPDATE notices SET unseenMs = ? WHERE kiosk = ? AND id = ?',
  );
  const pending = database.prepare<[], PendingAck>(
    `SELECT kiosk, id, ackParty AS party, ackAt AS at FROM notices
     WHERE ackAt IS NOT NULL AND unseenMs IS NULL ORDER BY kiosk, id`,
  );
  const expire = database.prepare<[number]>('DELETE FROM notices WHERE atMs < ?');

  return {
    open(kiosk, { id, party, kind, atMs, rule, masked, journal, seq }) {
      if ((countOf.get(kiosk, id) ?? 0) >= openMax) return false;
      put.run(kiosk, id, party, kind, atMs, rule, masked, journal, seq);
      return true;
    },
    clear: (kiosk, id) => void clear.run(kiosk, id),
    closeUnseen(kiosk, standing, nowMs) {
      const gone = openIds.all(kiosk).filter((id) => !standing.has(id));
      for (const id of gone) closeUnseen.run(nowMs, kiosk, id);
      return gone.length;
    },
    pendingAcks: () => pending.all(),
    expire: (nowMs) => expire.run(nowMs - noticeKeptMs).changes,
  };
}

export type Acknowledging = 'done' | 'no-such-notice' | 'another-party' | 'which-gate';

/**
 * Writes down that a party has acknowledged a notice; the collector passes it on.
 * @param database of the collector
 * @param asked whose notice; without a gate it must be the only one of that id
 * @returns `done`, or why not
 */
export function acknowledge(
  database: Database.Database,
  asked: {
    readonly kiosk: string | null;
    readonly id: string;
    readonly party: Party;
    readonly at: string;
  },
): Acknowledging {
  const { kiosk, id, party, at } = asked;
  const found = database
    .prepare<[string, string | null, string | null], { kiosk: string; party: string }>(
      'SELECT kiosk, party FROM notices WHERE id = ? AND unseenMs IS NULL AND (? IS NULL OR kiosk = ?)',
    )
    .all(id, kiosk, kiosk);
  const [notice, another] = found;
  if (notice === undefined) return 'no-such-notice';
  if (another !== undefined) return 'which-gate';
  if (notice.party !== party) return 'another-party';
  database
    .prepare<[string, string, string, string]>(
      'UPDATE notices SET ackParty = ?, ackAt = ? WHERE kiosk = ? AND id = ?',
    )
    .run(party, at, notice.kiosk, id);
  return 'done';
}
