/** The collector of `npm start`, on the same broker as the gates, and what it has to show. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  type PrivateKey,
  type PublicKey,
  privateKeyFromSeed,
} from '../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Party } from '../../config/vocabulary.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { startCollector } from '../../kiosk/collector/collector.js';
import { collectorLink } from '../../kiosk/collector/link.js';
import { acknowledge } from '../../kiosk/collector/notices.js';
import { type GateRow, gateRows } from '../../kiosk/collector/queries/gates.js';
import { type NoticeRow, noticeRows } from '../../kiosk/collector/queries/lists.js';
import { type Passage, passages } from '../../kiosk/collector/queries/passages.js';
import { wholeSite } from '../../kiosk/collector/shard.js';
import { openCollectorStore } from '../../kiosk/collector/store.js';
import { cosign } from '../../kiosk/report/signed-note.js';

export const collectorName = 'collector';
/** As the trust list names it: the gates believe its receipts. */
export interface CollectorKey {
  readonly name: string;
  readonly key: PrivateKey;
}

export interface SentReceipt {
  readonly kiosk: string;
  readonly seq: number;
  readonly at: string;
}

export interface CollectorView {
  /** null: connected; otherwise why not */
  readonly down: string | null;
  readonly gates: readonly GateRow[];
  /** newest first */
  readonly receipts: readonly SentReceipt[];
  /** oldest first; `count` are open */
  readonly notices: { readonly count: number; readonly first: readonly NoticeRow[] };
  /** of the last day, newest first */
  readonly passages: readonly Passage[];
}

export interface LiveCollector {
  /** what is in the database now */
  view(): CollectorView;
  /** A party has seen a notice: the gate hears of it and clears it. */
  acknowledge(kiosk: string, id: string, party: Party): ReturnType<typeof acknowledge>;
  close(): Promise<void>;
}

/** What is shown of each list. */
const shownMax = 8;
const dayMs = 86_400_000;
/** The view is asked for ten times a second; the database is, when something has come. */
const staleMs = 1_000;

/** @returns a key that ends with this process */
export function newCollectorKey(): CollectorKey {
  return { name: collectorName, key: privateKeyFromSeed(randomBytes(32)) };
}

/** Starts it on a new database in `folder`. @throws where the database cannot be opened */
export function startLiveCollector(options: {
  readonly folder: string;
  readonly site: string;
  readonly zone: string;
  readonly url: string;
  readonly own: CollectorKey;
  readonly kiosks: ReadonlyMap<string, PublicKey>;
  /** Told at each change, and each try: null: connected; otherwise why not. */
  linked(why: string | null): void;
}): LiveCollector {
  const { folder, site, zone, url, own, kiosks, linked } = options;
  const clock = systemClock();
  const scheduler = systemScheduler();
  const opened = openCollectorStore({
    file: join(folder, 'collector.db'),
    site,
    cosign: (checkpoint, nowMs) => cosign(own, checkpoint, Math.floor(nowMs / 1_000)),
  });
  if (!opened.ok) throw new Error(`the collector's database: ${opened.why}: ${opened.detail}`);
  const { store } = opened;
  let down: string | null = 'connecting';
  let receipts: readonly SentReceipt[] = [];
  let isStale = true;
  let readMs = Number.NEGATIVE_INFINITY;
  let newest: Omit<CollectorView, 'down' | 'receipts'> | null = null;

  const chance = (): number => randomBytes(4).readUInt32BE() / 2 ** 32;
  const connect = collectorLink(
    { site, name: own.name, shard: wholeSite, url, protocol: 4, tls: null },
    { clock, scheduler, chance },
  );
  const noteReceipt = (topic: string, payload: Uint8Array | string): void => {
    if (!topic.endsWith('/ev/ack')) return;
    const { seq } = JSON.parse(String(payload)) as { readonly seq: number };
    const receipt = {
      kiosk: topic.split('/')[3] ?? '',
      seq,
      at: formatRfc3339(clock.now().wallMs),
    };
    receipts = [receipt, ...receipts].slice(0, shownMax);
  };
  const collector = startCollector({
    ...{ site, name: own.name, key: own.key, kiosks, store, clock, scheduler },
    shard: wholeSite,
    unknownKiosks: 'ignore',
    notGates: new Set([own.name]),
    connect(events) {
      const link = connect(events);
      return {
        ...link,
        publish(message, done) {
          noteReceipt(message.topic, message.payload);
          link.publish(message, done);
        },
      };
    },
    observe(event) {
      if (event.is === 'up') down = null;
      if (event.is === 'down') down = event.why;
      if (event.is === 'up' || event.is === 'down') linked(down);
      isStale = true;
    },
  });
  const read = (nowMs: number): Omit<CollectorView, 'down' | 'receipts'> => {
    const { database } = store;
    const notices = noticeRows(database, { party: null, all: false });
    const span = { zone, fromMs: nowMs - dayMs, toMs: nowMs + dayMs };
    return {
      gates: gateRows(database, kiosks.keys()),
      notices: { count: notices.length, first: notices.slice(0, shownMax) },
      passages: passages(database, span).slice(-shownMax).toReversed(),
    };
  };
  return {
    view() {
      const { monotonicMs, wallMs } = clock.now();
      if (newest === null || isStale || monotonicMs - readMs > staleMs) {
        newest = read(wallMs);
        readMs = monotonicMs;
        isStale = false;
      }
      return { down, receipts, ...newest };
    },
    acknowledge(kiosk, id, party) {
      const at = formatRfc3339(clock.now().wallMs);
      isStale = true;
      return acknowledge(store.database, { kiosk, id, party, at });
    },
    async close() {
      await collector.close();
      store.close();
    },
  };
}
