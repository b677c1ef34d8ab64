/** What every gate last said of itself, and when it was last heard. Within transactions of the caller's. */
import type Database from 'better-sqlite3';
import { parseRfc3339 } from '../../config/rfc3339.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';

export interface GateState {
  readonly online: boolean;
  /** which connection of the gate says so */
  readonly session: string;
  readonly atMs: number | null;
  /** the journal that it writes now; null: not told */
  readonly journal: string | null;
  /** the message, as it was */
  readonly text: string;
}

/** A state with every device and channel is under 1 KB. */
const stateBytesMax = 16_384;
const sessionLengthMax = 64;
const journalShape = /^[0-9a-f]{32}$/;
/** Many more than any campus has: beyond it a broker without an ACL makes gates up. */
const gatesMax = 10_000;

/** Takes a message's bytes; returns the state, or null for anything of another form. */
export function parseState(bytes: Uint8Array): GateState | null {
  const json = parseStrictJsonBytes(bytes, stateBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const { online, session, at, journal } = json.value as Record<string, unknown>;
  if (typeof online !== 'boolean') return null;
  const isNamed = typeof session === 'string' || Number.isSafeInteger(session);
  if (!isNamed || `${session}`.length > sessionLengthMax) return null;
  return {
    online,
    session: `${session}`,
    atMs: typeof at === 'string' ? parseRfc3339(at) : null,
    journal: typeof journal === 'string' && journalShape.test(journal) ? journal : null,
    text: Buffer.from(bytes).toString('utf8'),
  };
}

/** The devices of a gate are under ten, and the longest name of one has fourteen letters. */
const troubleLimits = { shownMax: 16, wordLengthMax: 40 } as const;

/**
 * Takes `devices` of a state, which is JSON of any shape; returns those that are not ok, as `scanner lost`,
 * and `scanner unreadable` where its status is no text; no more, and no longer, than a table has room for.
 * Never throws.
 */
export function troublesOf(devices: unknown): readonly string[] {
  if (typeof devices !== 'object' || devices === null) return [];
  const { shownMax, wordLengthMax } = troubleLimits;
  const all = Object.entries(devices).filter(([, status]) => status !== 'ok');
  const shown = all.slice(0, shownMax).map(([name, status]) => {
    const word = typeof status === 'string' ? status : 'unreadable';
    return `${name.slice(0, wordLengthMax)} ${word.slice(0, wordLengthMax)}`;
  });
  return all.length > shownMax ? [...shown, `and ${all.length - shownMax} more`] : shown;
}

/** `stale`: the will of a connection that was followed by another one */
export type StateAnswer = 'came' | 'went' | 'same' | 'stale';

export interface Gates {
  takeState(kiosk: string, state: GateState): StateAnswer;
  /** Something came from that gate itself, not from the broker's memory. */
  heard(kiosk: string, nowMs: number): void;
  /** A gate of which there is something, whether or not it was ever heard. */
  add(kiosk: string): void;
  /** Whether there is room for a gate that was never seen. */
  mayAdd(kiosk: string): boolean;
}

/** @returns the gates of a database */
export function openGates(database: Database.Database): Gates {
  const find = database.prepare<[string], { online: number | null; session: string | null }>(
    'SELECT online, session FROM gates WHERE kiosk = ?',
  );
  const count = database.prepare<[], number>('SELECT count(*) FROM gates').pluck();
  const add = database.prepare<[string]>('INSERT OR IGNORE INTO gates (kiosk) VALUES (?)');
  const hear = database.prepare<[number, string]>('UPDATE gates SET heardMs = ? WHERE kiosk = ?');
  const birth = database.prepare<[string, number | null, string, string | null, string]>(
    `UPDATE gates SET online = 1, session = ?, stateMs = ?, state = ?, journal = ifnull(?, journal)
     WHERE kiosk = ?`,
  );
  // A will knows nothing of devices: what the gate said last of them stands.
  const leave = database.prepare<[string, number | null, string]>(
    'UPDATE gates SET online = 0, session = ?, stateMs = ifnull(?, stateMs) WHERE kiosk = ?',
  );

  return {
    takeState(kiosk, { online, session, atMs, journal, text }) {
      const before = find.get(kiosk);
      const isOther = before?.session != null && before.session !== session;
      if (!online && isOther) return 'stale';
      add.run(kiosk);
      if (online) birth.run(session, atMs, text, journal, kiosk);
      else leave.run(session, atMs, kiosk);
      if (before?.online === (online ? 1 : 0) && !isOther) return 'same';
      return online ? 'came' : 'went';
    },
    heard(kiosk, nowMs) {
      add.run(kiosk);
      hear.run(nowMs, kiosk);
    },
    add: (kiosk) => void add.run(kiosk),
    mayAdd: (kiosk) => find.get(kiosk) !== undefined || (count.get() ?? 0) < gatesMax,
  };
}
