/**
 * The collector: stores what the gates of a site report, and acknowledges what is on the disk. What
 * comes within a few milliseconds shares one transaction; its receipts go out after it.
 */
import type { PrivateKey, PublicKey } from '../../config/crypto/ed25519-key.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import { diskFailure } from '../journal/failures.js';
import type { BrokerEvents, BrokerLink } from '../report/broker-link.js';
import { signNoticeAck } from '../report/notice-ack.js';
import { signReceipt } from '../report/receipt.js';
import { gateTopics } from '../report/topics.js';
import { applyInputs, type Due, type Outcome } from './apply.js';
import { type Input, readMessage } from './inbox.js';
import { windowedSender } from './sender.js';
import { isInShard, type Shard } from './shard.js';
import type { CollectorStore } from './store.js';
import { nothingStored } from './take.js';

export const collectorLimits = {
  /** what comes within it shares a transaction; a gate gets no two receipts in less */
  beatMs: 20,
  /** as much as is held before it is stored: reading from the broker waits meanwhile */
  queueBytesMax: 2_097_152,
  /** how often acknowledgements that a command has written down are looked for */
  lookMs: 1_000,
  /** publishes under way: below mosquitto's own limit of 20 (max_inflight_messages) */
  windowMax: 16,
} as const;

export type CollectorEvent =
  | { readonly is: 'up' }
  | { readonly is: 'down'; readonly why: string }
  | { readonly is: 'disk'; readonly why: string }
  /** the broker does not let us write there: an ACL, most likely */
  | { readonly is: 'publish-refused'; readonly topic: string; readonly code: number | null }
  | Outcome;

export interface CollectorOptions {
  readonly site: string;
  /** as in the trust list */
  readonly name: string;
  readonly key: PrivateKey;
  /** the gates' own keys by id: for checkpoints */
  readonly kiosks: ReadonlyMap<string, PublicKey>;
  /**
   * Gates that the trust list does not name are collected by default: the broker's ACL has let them
   * in, and a record lost cannot be asked for again. Their checkpoints stay unverified.
   */
  readonly unknownKiosks: 'collect' | 'ignore';
  readonly shard: Shard;
  readonly store: CollectorStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  /** Makes the link; it subscribes to `collectorFilters(site)`. */
  connect(events: BrokerEvents): BrokerLink;
  /** Told of each thing that happened, after it is stored. */
  observe(event: CollectorEvent): void;
}

export interface Collector {
  /** Stores what has come, says goodbye. The store stays open. */
  close(): Promise<void>;
}

/** Starts to collect. */
export function startCollector(options: CollectorOptions): Collector {
  const { site, name, key, kiosks, shard, store, clock, scheduler, observe } = options;
  const { lookMs, beatMs, queueBytesMax, windowMax } = collectorLimits;
  const inbox = {
    site,
    shard,
    onlyKiosks: options.unknownKiosks === 'ignore' ? new Set(kiosks.keys()) : null,
  };
  const inputs: Input[] = [];
  let inputBytes = 0;
  const due = new Map<string, Due>();
  /** acknowledgements sent since the link, or their gate, has come */
  const sentAcks = new Set<string>();
  let cancelBeat: Cancel | null = null;
  let cancelLook: Cancel = () => {};
  let isClosed = false;

  const later = (ms: number, task: () => void): Cancel =>
    scheduler.at(clock.now().monotonicMs + ms, task);
  const beatSoon = (): void => {
    if (!isClosed) cancelBeat ??= later(beatMs, beat);
  };

  /** What is not acknowledged the gates keep and send again; until the disk is well there is no hurry. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      const why = diskFailure(error);
      observe({ is: 'disk', why });
      link.drop(`the disk fails: ${why}`);
    }
  };

  const commit = (): void => {
    if (inputs.length === 0) return;
    const all = inputs.splice(0);
    inputBytes = 0;
    const { wallMs } = clock.now();
    const applied = store.transact(() => applyInputs(store, all, kiosks, wallMs));
    for (const it of applied.due) due.set(`${it.kiosk}/${it.journal}`, it);
    for (const kiosk of applied.arrived)
      for (const sent of [...sentAcks]) if (sent.startsWith(`${kiosk}/`)) sentAcks.delete(sent);
    for (const outcome of applied.outcomes) observe(outcome);
  };

  function beat(): void {
    cancelBeat = null;
    guarded(() => {
      commit();
      const now = [...due];
      due.clear();
      for (const [place, { kiosk, journal }] of now) sendReceipt(place, kiosk, journal);
    });
  }

  const sendReceipt = (place: string, kiosk: string, journal: string): void => {
    const head = store.journals.find(kiosk, journal)?.head ?? nothingStored;
    const names = { site, kiosk };
    const witness = store.checkpoints.witness(kiosk, journal);
    const more = { collector: name, ...(witness !== null && { witness }) };
    const receipt = signReceipt(key, names, { journal, ...head }, more);
    const topic = gateTopics(names).receipt;
    sender.send(place, { topic, payload: JSON.stringify(receipt), retain: false });
  };

  const sendAcks = (): void => {
    store.notices.expire(clock.now().wallMs);
    for (const { kiosk, ...said } of store.notices.pendingAcks()) {
      const place = `${kiosk}/${said.id}/${said.at}`;
      if (sentAcks.has(place) || !isInShard(kiosk, shard)) continue;
      sentAcks.add(place);
      const names = { site, kiosk };
      const payload = JSON.stringify(signNoticeAck(key, names, said, name));
      sender.send(place, { topic: gateTopics(names).noticeAck, payload, retain: false });
    }
  };
  const look = (): void => {
    cancelLook = later(lookMs, look);
    guarded(sendAcks);
  };

  const sender = windowedSender(
    (message, done) => link.publish(message, done),
    (topic, code) => observe({ is: 'publish-refused', topic, code }),
  );
  const link: BrokerLink = options.connect({
    up({ receiveMaximum }) {
      sender.open(Math.min(receiveMaximum, windowMax));
      sentAcks.clear();
      observe({ is: 'up' });
      // What a gate has sent meanwhile may be lost, or stored and not acknowledged: it learns where
      // we stand.
      guarded(() => {
        for (const { kiosk, journal } of store.journals.current())
          if (isInShard(kiosk, shard)) due.set(`${kiosk}/${journal}`, { kiosk, journal });
      });
      beatSoon();
      cancelLook();
      look();
    },
    down(why) {
      sender.close();
      cancelLook();
      observe({ is: 'down', why });
    },
    message(message, taken) {
      // Not taken, so the broker keeps it for the next run.
      if (isClosed) return;
      const input = readMessage(inbox, message);
      if (input !== null) {
        inputs.push(input);
        inputBytes += message.payload.length;
        if (inputBytes >= queueBytesMax) guarded(commit);
        beatSoon();
      }
      // Before it is on the disk: what counts is our receipt, not the broker's knowing that we have it.
      taken();
    },
  });

  return {
    async close() {
      isClosed = true;
      cancelBeat?.();
      beat();
      cancelLook();
      await link.close();
    },
  };
}
