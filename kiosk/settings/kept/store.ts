/**
 * What a gate has accepted over its channels: a database of its own, for what is in force, and what
 * a trial goes back to. Every row has a checksum; a row that is not sound is not there.
 *
 * A body is kept once. One that stands on another (a revocation of few signatures adds to the list before
 * it) names it, so that a list of a million is not written anew for one more.
 */
import { createHash } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type Channel, channels, stepLimits, wholeListDue } from '../signed/config-step.js';
import type { Mark } from '../signed/judge-step.js';
import { type KeptChannel, parseKept, sumOf } from './kept-channel.js';

/** The content of a step that was accepted. */
export interface KeptBody {
  /** hex, of its payload */
  readonly sha256: string;
  /** the one that it adds to; null: it is whole */
  readonly base: string | null;
  readonly bytes: Uint8Array;
}

export interface SettingsStore {
  /** @returns what is kept of a channel; null: nothing, or it is not sound */
  channel(channel: Channel): KeptChannel | null;
  /** @returns the bodies that make up a step, the whole one first; null: not all are there and sound */
  bodies(channel: Channel, sha256: string): readonly Uint8Array[] | null;
  /**
   * One transaction, synced: what is kept of the channel, a body that is new, and away with those that
   * nothing names any more.
   *
   * @throws SQLite's error: the disk has failed, and all is as before; or `wholeListDue`
   */
  keep(channel: Channel, kept: KeptChannel, body: KeptBody | null): void;
  close(): void;
}

const fileName = 'settings.db';
const schema = `
  create table if not exists channel (name text primary key, kept text not null, sum text not null) strict;
  create table if not exists body (
    channel text not null, sha256 text not null, base text, bytes blob not null, sum text not null,
    primary key (channel, sha256)
  ) strict;
`;
export const storeLimits = {
  /** bodies that add to a whole one: far more than are revoked between two whole lists */
  additionsMax: 1_000,
  /** all of them together: each start puts them together again */
  additionsBytesMax: stepLimits.addedBytesMax,
} as const;

/**
 * @param folder the state directory
 * @returns the store; one that is no database any more is kept aside (`settings.db.damaged-…`), and a new
 *   one begun
 * @throws where no new one can be begun either
 */
export function openSettingsStore(folder: string): SettingsStore {
  const path = join(folder, fileName);
  try {
    return openAt(path);
  } catch (error) {
    if (!existsSync(path) || !isDamage(error)) throw error;
    const aside = `${path}.damaged-${createHash('sha256').update(String(error)).digest('hex').slice(0, 8)}`;
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(path + end)) renameSync(path + end, aside + end);
    return openAt(path);
  }
}

/**
 * For whoever only looks: nothing is made, put aside or written.
 *
 * @param folder the state directory
 * @returns the store, which keeps nothing; null: this gate has none yet
 * @throws SQLite's error where it cannot be read
 */
export function readSettingsStore(folder: string): SettingsStore | null {
  const path = join(folder, fileName);
  return existsSync(path) ? storeOf(new Database(path, { readonly: true })) : null;
}

function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}

function openAt(path: string): SettingsStore {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = wal');
    database.pragma('synchronous = full');
    if (database.pragma('quick_check(1)', { simple: true }) !== 'ok')
      throw Object.assign(new Error('the database is damaged'), { code: 'SQLITE_CORRUPT' });
    database.exec(schema);
  } catch (error) {
    database.close();
    throw error;
  }
  return storeOf(database);
}

function storeOf(database: Database.Database): SettingsStore {
  const readChannel = database.prepare<[string], { kept: string; sum: string }>(
    'select kept, sum from channel where name = ?',
  );
  const readBody = database.prepare<
    [string, string],
    { base: string | null; bytes: Buffer; sum: string }
  >('select base, bytes, sum from body where channel = ? and sha256 = ?');
  const readBases = database.prepare<[string], { sha256: string; base: string | null }>(
    'select sha256, base from body where channel = ?',
  );
  const putChannel = database.prepare('insert or replace into channel values (?, ?, ?)');
  const putBody = database.prepare('insert or replace into body values (?, ?, ?, ?, ?)');
  const sumAdded = database.prepare<[string], { count: number; bytes: number }>(
    `select count(*) as count, coalesce(sum(length(bytes)), 0) as bytes from body
     where channel = ? and base is not null`,
  );
  const dropBody = database.prepare('delete from body where channel = ? and sha256 = ?');

  /** Takes the steps that must stay; forgets every body that none of them stands on. */
  const forgetOthers = (channel: Channel, needed: readonly (Mark | null)[]): void => {
    const bases = new Map(readBases.all(channel).map(({ sha256, base }) => [sha256, base]));
    const kept = new Set<string>();
    for (const mark of needed)
      for (let at = mark?.sha256 ?? null; at !== null && !kept.has(at); at = bases.get(at) ?? null)
        kept.add(at);
    for (const sha256 of bases.keys()) if (!kept.has(sha256)) dropBody.run(channel, sha256);
  };

  const keep = database.transaction(
    (channel: Channel, kept: KeptChannel, body: KeptBody | null) => {
      if (body !== null)
        putBody.run(channel, body.sha256, body.base, body.bytes, bodySum(channel, body));
      const text = JSON.stringify(kept);
      putChannel.run(channel, text, sumOf(`${channel} ${text}`));
      forgetOthers(channel, [kept.inForce, kept.trial?.before ?? null]);
      const added = body === null || body.base === null ? undefined : sumAdded.get(channel);
      if (added === undefined) return;
      const { additionsMax, additionsBytesMax } = storeLimits;
      if (added.count > additionsMax || added.bytes > additionsBytesMax)
        throw new Error(wholeListDue);
    },
  );

  return {
    channel(channel) {
      const row = readChannel.get(channel);
      if (row === undefined || row.sum !== sumOf(`${channel} ${row.kept}`)) return null;
      return parseKept(row.kept);
    },
    bodies(channel, sha256) {
      const found: Uint8Array[] = [];
      for (let at: string | null = sha256; at !== null; ) {
        const row = readBody.get(channel, at);
        if (row === undefined || found.length > storeLimits.additionsMax) return null;
        if (row.sum !== bodySum(channel, { sha256: at, ...row })) return null;
        found.push(row.bytes);
        at = row.base;
      }
      return found.reverse();
    },
    keep: (channel, kept, body) => void keep.immediate(channel, kept, body),
    close: () => void database.close(),
  };
}

function bodySum(channel: Channel, { sha256, base, bytes }: KeptBody): string {
  return createHash('sha256')
    .update(`${channel} ${sha256} ${base ?? '-'} `, 'utf8')
    .update(bytes)
    .digest('hex');
}

/** Takes a store; returns every channel's own, null where there is none. */
export function keptChannels(store: SettingsStore): ReadonlyMap<Channel, KeptChannel | null> {
  return new Map(channels.map((channel) => [channel, store.channel(channel)]));
}
