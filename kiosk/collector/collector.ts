/**
 * The collector: stores what the gates of a site report, and acknowledges what is on the disk. What
 * comes within a few milliseconds shares one transaction; its receipts go out after it.
 */
import type { PrivateKey, PublicKey } from '../../config/crypto/ed25519-key.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import { diskFailure, errorText, isOfDisk } from '../journal/failures.js';
import type { BrokerEvents, BrokerLink } from '../report/broker-link.js';
import { readGateTopic, settledTopic } from '../report/topics.js';
import { type Applied, applyInputs } from './apply.js';
import type { CollectorEvent } from './events.js';
import { type Input, ownerOf, readMessage, refusal } from './inbox.js';
import { outgoing } from './outgoing.js';
import { messageQueue } from './queue.js';
import { windowedSender } from './sender.js';
import { isInShard, type Shard } from './shard.js';
import { standingNotices } from './standing.js';
import type { CollectorStore } from './store.js';
import { refusedTally } from './tally.js';
import { startTeller } from './teller.js';

export const collectorLimits = {
  /** what comes within it shares a transaction; a gate gets no two receipts in less */
  beatMs: 20,
  /**
   * Stored in one transaction, in one turn of the event loop: four full batches, or 250 empty messages.
   * A message waits at most for the slice under way and one more for every three gates that have
   * something waiting: what one gate sends delays another's receipt by two slices.
   */
  sliceBytesMax: 262_144,
  /** held in all before it is stored: reading from the broker waits meanwhile */
  queueBytesMax: 33_554_432,
  /** stored before the goodbye: what is not stored has no receipt, and comes again */
  lastSlicesMax: 8,
  /** how often what is refused is written down, and acknowledgements of a command are looked for */
  lookMs: 1_000,
  /** publishes under way: below mosquitto's own limit of 20 (max_inflight_messages) */
  windowMax: 16,
} as const;

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
  /** names of collectors and admins: what comes under one is refused, though the broker let it pass */
  readonly notGates: ReadonlySet<string>;
  readonly shard: Shard;
  readonly store: CollectorStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  /** Makes the link; it subscribes to `collectorFilters(site)`. */
  connect(events: BrokerEvents): BrokerLink;
  /** Told of each thing that happened, after it is stored; of a gate only so much (`tellLimits`). */
  observe(event: CollectorEvent): void;
}

export interface Collector {
  /** Stores what has come, says goodbye. The store stays open. */
  close(): Promise<void>;
}

/**
 * All in one transaction. Where one of them brings a defect of ours to light it must not keep out the others',
 * again and again: then each in its own, and that one is refused.
 *
 * @throws what the disk has thrown: then nothing more is stored
 */
function eachStored(
  inputs: readonly Input[],
  stored: (some: readonly Input[]) => Applied,
  defect: (kiosk: string | null, why: string) => void,
): readonly Applied[] {
  try {
    return [stored(inputs)];
  } catch (error) {
    if (isOfDisk(error)) throw error;
    return inputs.map((input) => {
      try {
        return stored([input]);
      } catch (again) {
        if (isOfDisk(again)) throw again;
        defect(input.kiosk, errorText(again));
        return stored([refusal(input.kiosk, 'unforeseen')]);
      }
    });
  }
}

/** Starts to collect. */
export function startCollector(options: CollectorOptions): Collector {
  const { site, name, key, kiosks, shard, store, clock, scheduler } = options;
  const { lookMs, beatMs, sliceBytesMax, queueBytesMax, lastSlicesMax, windowMax } =
    collectorLimits;
  const inbox = {
    site,
    shard,
    notGates: options.notGates,
    onlyKiosks: options.unknownKiosks === 'ignore' ? new Set(kiosks.keys()) : null,
  };
  const teller = startTeller(options.observe, { clock, scheduler });
  const observe = teller.tell;
  const queue = messageQueue();
  const standing = standingNotices();
  const marks = settledTopic(site);
  /** what comes back on this connection when all that the broker has kept has come */
  let mark = '';
  let connections = 0;
  /** since it was last written down */
  const refused = refusedTally();
  /** lets the broker send on */
  let heldBack: (() => void) | null = null;
  let cancelSlice: Cancel | null = null;
  let cancelReceipts: Cancel | null = null;
  let receiptsMs = Number.NEGATIVE_INFINITY;
  let cancelLook: Cancel = () => {};
  let isClosed = false;

  const later = (ms: number, task: () => void): Cancel =>
    scheduler.at(clock.now().monotonicMs + ms, task);
  const sliceSoon = (ms: number = beatMs): void => {
    if (!isClosed) cancelSlice ??= later(ms, slice);
  };

  /** What is not acknowledged the gates keep and send again; until the disk is well there is no hurry. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      const why = diskFailure(error);
      queue.clear();
      observe({ is: 'disk', why });
      link.drop(`the disk fails: ${why}`);
    }
  };

  const commit = (): void => {
    const inputs: Input[] = [];
    for (const message of queue.take(sliceBytesMax)) {
      const input = readMessage(inbox, message);
      if (input?.is === 'refused') refused.add(input);
      else if (input !== null) inputs.push(input);
    }
    if (inputs.length > 0) write(inputs);
  };
  const write = (inputs: readonly Input[]): void => {
    const { wallMs } = clock.now();
    const all = [...inputs, ...refused.take()];
    const stored = (some: readonly Input[]): Applied =>
      store.transact(() => applyInputs(store, some, kiosks, wallMs));
    const defect = (kiosk: string | null, why: string): void =>
      observe({ is: 'defect', kiosk, why });
    for (const applied of eachStored(all, stored, defect)) {
      for (const it of applied.due) out.due(it);
      for (const kiosk of applied.arrived) out.arrived(kiosk);
      for (const outcome of applied.outcomes) observe(outcome);
    }
  };

  /** What there is more of waits for a later turn of the event loop: the link and the clock have theirs. */
  function slice(): void {
    cancelSlice = null;
    guarded(commit);
    if (queue.bytes() > 0) sliceSoon(0);
    if (queue.bytes() < queueBytesMax) {
      heldBack?.();
      heldBack = null;
    }
    receiptsSoon();
  }

  function receiptsSoon(): void {
    if (!out.hasDue()) return;
    const waitMs = receiptsMs + beatMs - clock.now().monotonicMs;
    if (waitMs <= 0) sendReceipts();
    else cancelReceipts ??= later(waitMs, sendReceipts);
  }

  function sendReceipts(): void {
    cancelReceipts?.();
    cancelReceipts = null;
    receiptsMs = clock.now().monotonicMs;
    guarded(out.sendReceipts);
    if (!isClosed && out.hasDue()) cancelReceipts = later(0, sendReceipts);
  }

  /** A gate's own clear may have been missed: what its broker no longer holds is no longer open. */
  const settle = (): void => {
    const { wallMs } = clock.now();
    const gates = standing.settled();
    const cleared = store.transact(() =>
      [...gates].map(([kiosk, ids]) => ({
        kiosk,
        count: store.notices.closeUnseen(kiosk, ids, wallMs),
      })),
    );
    for (const it of cleared) if (it.count > 0) observe({ is: 'notices-cleared', ...it });
  };
  const look = (): void => {
    cancelLook = later(lookMs, look);
    guarded(() => {
      if (!refused.isEmpty()) write([]);
      out.sendAcks(clock.now().wallMs);
    });
  };

  const sender = windowedSender(
    (message, done) => link.publish(message, done),
    (topic, code) => observe({ is: 'publish-refused', topic, code }),
  );
  const out = outgoing({ site, name, key, shard, store, sender });
  const link: BrokerLink = options.connect({
    up({ receiveMaximum }) {
      sender.open(Math.min(receiveMaximum, windowMax));
      out.up();
      connections += 1;
      mark = `${name} ${shard.index}/${shard.count} ${clock.now().wallMs} ${connections}`;
      sender.send('', marks, { topic: marks, payload: mark, retain: false });
      observe({ is: 'up' });
      // What a gate has sent meanwhile may be lost, or stored and not acknowledged: it learns where
      // we stand.
      guarded(() => {
        for (const { kiosk, journal } of store.journals.current())
          if (isInShard(kiosk, shard)) out.due({ kiosk, journal });
      });
      sliceSoon();
      cancelLook();
      look();
    },
    down(why) {
      sender.close();
      cancelLook();
      heldBack = null;
      standing.reset();
      observe({ is: 'down', why });
    },
    message(message, taken) {
      // Not taken, so the broker keeps it for the next run.
      if (isClosed) return;
      if (message.topic === marks) {
        // Another collector's, or one of an earlier connection.
        if (Buffer.from(message.payload).toString('utf8') === mark) guarded(settle);
        return taken();
      }
      const topic = readGateTopic(site, message.topic);
      const owner = ownerOf(inbox, topic);
      if (owner && topic !== null) standing.heard(topic, message);
      if (owner !== null) {
        const isTaken = queue.put(owner, message);
        if (!isTaken) refused.add(refusal(owner || null, 'flood'));
        sliceSoon();
      }
      // Before it is on the disk: what counts is our receipt, not the broker's knowing that we have it.
      if (queue.bytes() < queueBytesMax) taken();
      else heldBack = taken;
    },
  });

  return {
    async close() {
      isClosed = true;
      cancelSlice?.();
      for (let left: number = lastSlicesMax; left > 0 && queue.bytes() > 0; left -= 1)
        guarded(commit);
      if (!refused.isEmpty()) guarded(() => write([]));
      cancelReceipts?.();
      sendReceipts();
      cancelLook();
      teller.stop();
      await link.close();
    },
  };
}
