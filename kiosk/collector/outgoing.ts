/** What a collector has to say: receipts for what is stored, and what parties have acknowledged. */
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { signNoticeAck } from '../report/notice-ack.js';
import { signReceipt } from '../report/receipt.js';
import { gateTopics } from '../report/topics.js';
import type { Due } from './apply.js';
import type { Sender } from './sender.js';
import { isInShard, type Shard } from './shard.js';
import type { CollectorStore } from './store.js';
import { nothingStored } from './take.js';

export const outgoingLimits = {
  /** receipts signed in one turn of the event loop */
  receiptsMax: 256,
  /** journals of one gate whose receipts wait: it has two at the most, unless it makes them up */
  journalsMax: 8,
} as const;

export interface OutgoingOptions {
  readonly site: string;
  readonly name: string;
  readonly key: PrivateKey;
  readonly shard: Shard;
  readonly store: CollectorStore;
  readonly sender: Pick<Sender, 'send'>;
}

export interface Outgoing {
  /** That journal's receipt is to be sent, with the next ones. */
  due(due: Due): void;
  hasDue(): boolean;
  /** Signs and sends receipts, as many as one turn of the event loop may. @throws SQLite's errors */
  sendReceipts(): void;
  /** Sends each acknowledgement that waits for its gate, once for a connection. @throws SQLite's errors */
  sendAcks(nowMs: number): void;
  /** A gate has come: what waits for it is sent anew. */
  arrived(kiosk: string): void;
  /** The link has come. */
  up(): void;
}

/** @returns the outgoing side of a collector */
export function outgoing(options: OutgoingOptions): Outgoing {
  const { site, name, key, shard, store, sender } = options;
  /** journals by gate */
  const waiting = new Map<string, Set<string>>();
  const sentAcks = new Map<string, Set<string>>();

  const sendReceipt = (kiosk: string, journal: string): void => {
    const head = store.journals.find(kiosk, journal)?.head ?? nothingStored;
    const names = { site, kiosk };
    const witness = store.checkpoints.witness(kiosk, journal);
    const more = { collector: name, ...(witness !== null && { witness }) };
    const receipt = signReceipt(key, names, { journal, ...head }, more);
    const payload = JSON.stringify(receipt);
    sender.send(kiosk, journal, { topic: gateTopics(names).receipt, payload, retain: false });
  };

  return {
    due({ kiosk, journal }) {
      const own = waiting.get(kiosk) ?? new Set();
      own.delete(journal);
      own.add(journal);
      const [oldest = ''] = own;
      // Its gate sends again what has no receipt.
      if (own.size > outgoingLimits.journalsMax) own.delete(oldest);
      waiting.set(kiosk, own);
    },
    hasDue: () => waiting.size > 0,
    sendReceipts() {
      let left: number = outgoingLimits.receiptsMax;
      for (const [kiosk, journals] of waiting) {
        if (left <= 0) return;
        waiting.delete(kiosk);
        for (const journal of journals) sendReceipt(kiosk, journal);
        left -= journals.size;
      }
    },
    sendAcks(nowMs) {
      store.notices.expire(nowMs);
      for (const { kiosk, ...said } of store.notices.pendingAcks()) {
        const place = `${said.id}/${said.at}`;
        const own = sentAcks.get(kiosk) ?? new Set();
        if (own.has(place) || !isInShard(kiosk, shard)) continue;
        sentAcks.set(kiosk, own.add(place));
        const names = { site, kiosk };
        const payload = JSON.stringify(signNoticeAck(key, names, said, name));
        sender.send(kiosk, place, { topic: gateTopics(names).noticeAck, payload, retain: false });
      }
    },
    arrived: (kiosk) => void sentAcks.delete(kiosk),
    up: () => sentAcks.clear(),
  };
}
