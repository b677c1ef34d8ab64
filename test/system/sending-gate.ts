/**
 * A gate's report side at its simplest: sends a journal batch by batch, the next after the receipt
 * for the one before; after a lost link, or a receipt that repeats itself, once more from there.
 */
import type { PublicKey } from '../../config/crypto/ed25519-key.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { connectBroker } from '../../kiosk/report/broker-link.js';
import { isSignedReceipt, parseReceipt, type Receipt } from '../../kiosk/report/receipt.js';
import { gateTopics, type Names } from '../../kiosk/report/topics.js';

export interface SentJournal {
  readonly id: string;
  readonly rows: readonly unknown[];
  bytes(first: number, last?: number): Uint8Array;
  hashAt(seq: number): string;
}

export interface SendingGate {
  /** resolves with the receipt for the journal's last record */
  readonly done: Promise<Receipt>;
  /** Waits until a receipt covers that record. */
  reached(seq: number): Promise<void>;
  /** every receipt, as they came */
  readonly receipts: readonly Receipt[];
  close(): Promise<void>;
}

export interface SendingOptions {
  readonly url: string;
  readonly protocol: 4 | 5;
  readonly names: Names;
  readonly journal: SentJournal;
  readonly batchRows: number;
  readonly collectors: readonly { readonly name: string; readonly key: PublicKey }[];
  /** what was acknowledged in an earlier run: a receipt for less has it begin there */
  readonly released?: number;
}

const clock = systemClock();
const scheduler = systemScheduler();
/** A message may be lost behind the broker's back: what has no receipt by then goes out again. */
const patienceMs = 2_000;

/** Connects and sends until all is acknowledged. */
export function sendJournal(options: SendingOptions): SendingGate {
  const { url, protocol, names, journal, batchRows, collectors } = options;
  const topics = gateTopics(names);
  const receipts: Receipt[] = [];
  const waiting = new Set<{ readonly seq: number; readonly resolve: (it: Receipt) => void }>();
  let session = 0;
  let acked = options.released ?? 0;
  let released = acked;
  let cancel = (): void => {};

  const send = (): void => {
    cancel();
    if (acked >= journal.rows.length) return;
    const payload = journal.bytes(acked + 1, Math.min(acked + batchRows, journal.rows.length));
    link.publish({ topic: topics.events, payload, retain: false }, () => {});
    cancel = scheduler.at(clock.now().monotonicMs + patienceMs, send);
  };
  const link = connectBroker(
    {
      ...{ url, protocol, tls: null },
      clientId: names.kiosk,
      keepAliveSeconds: 5,
      filters: [topics.receipt],
      sessionSeconds: 60,
      will: () => ({
        topic: topics.state,
        payload: JSON.stringify({ online: false, session: `${session + 1}` }),
        retain: true,
      }),
    },
    // No jitter: a test waits for it.
    { clock, scheduler, chance: () => 0 },
    {
      up() {
        session += 1;
        const payload = JSON.stringify({ online: true, session: `${session}`, backlog: 1 });
        link.publish({ topic: topics.state, payload, retain: true }, () => {});
        send();
      },
      down: () => cancel(),
      message({ payload }, taken) {
        taken();
        const receipt = parseReceipt(payload);
        if (receipt === null || !isSignedReceipt(receipt, names, collectors)) return;
        if (receipt.journal !== journal.id || receipt.hash !== journal.hashAt(receipt.seq)) return;
        receipts.push(receipt);
        acked = receipt.seq < released ? receipt.seq : Math.max(acked, receipt.seq);
        released = Math.min(released, acked);
        for (const it of waiting) if (it.seq <= acked) it.resolve(receipt);
        send();
      },
    },
  );
  const wait = (seq: number): Promise<Receipt> =>
    new Promise((resolve) => {
      waiting.add({ seq, resolve });
    });
  return {
    receipts,
    done: wait(journal.rows.length),
    reached: async (seq) => void (await wait(seq)),
    async close() {
      cancel();
      await link.close();
    },
  };
}
