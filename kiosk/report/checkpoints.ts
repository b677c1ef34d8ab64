/**
 * Signs the head of the journal now and then, whether a broker is there or not: a history that is
 * signed cannot be told otherwise later. Each is kept beside the records and goes out to witnesses;
 * what they say of it is kept, too.
 */
import type { PrivateKey, PublicKey } from '../../config/crypto/ed25519-key.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { Head } from '../journal/chain.js';
import type { KeptCheckpoint } from '../journal/outbox-port.js';
import type { OutMessage } from './broker-link.js';
import { type Checkpoint, cosignedAt, signCheckpoint } from './signed-note.js';

export const checkpointLimits = {
  everyMs: 60_000,
  everyRecords: 100,
  /** a witness speaks of the one that it heard of last; with a slow one some are signed meanwhile */
  remembered: 8,
} as const;

export interface CheckpointsOptions {
  readonly key: PrivateKey;
  /** gk/1/<site>/<kiosk>/<journal> */
  readonly origin: string;
  readonly topic: string;
  /** looked up anew each time */
  readonly collectors: readonly { readonly name: string; readonly key: PublicKey }[];
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  publish(message: OutMessage): void;
  keep(kept: KeptCheckpoint): void;
}

export interface Checkpoints {
  up(): void;
  head(head: Head): void;
  /** A collector's receipt has brought a cosignature line. */
  witnessed(line: string, collector: string): void;
  /** Signs what is not signed yet. */
  stop(): void;
}

interface Signed {
  readonly checkpoint: Checkpoint;
  readonly note: string;
}

/** @returns signs where the head has moved: after a minute, or after a hundred records */
export function startCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { key, origin, topic, clock, scheduler, publish, keep } = options;
  let head: Head | null = null;
  let cancel: Cancel | null = null;
  /** newest first */
  let signed: readonly Signed[] = [];
  let lastLine = '';

  const signedSeq = (): number => signed[0]?.checkpoint.head.seq ?? 0;
  const sign = (): void => {
    cancel?.();
    cancel = null;
    if (head === null) return;
    if (head.seq > signedSeq()) {
      const checkpoint = { origin, head };
      const note = signCheckpoint(key, checkpoint);
      signed = [{ checkpoint, note }, ...signed].slice(0, checkpointLimits.remembered);
      keep({ seq: head.seq, note, witness: null });
    }
    const [newest] = signed;
    if (newest !== undefined) publish({ topic, payload: newest.note, retain: true });
  };
  return {
    // The broker may have forgotten the last one.
    up: sign,
    head(next) {
      head = next;
      if (next.seq - signedSeq() >= checkpointLimits.everyRecords) return sign();
      cancel ??= scheduler.at(clock.now().monotonicMs + checkpointLimits.everyMs, sign);
    },
    witnessed(line, name) {
      // Every receipt repeats the newest.
      if (line === lastLine) return;
      lastLine = line;
      const witness = options.collectors.find((collector) => collector.name === name);
      if (witness === undefined) return;
      const found = signed.find((it) => cosignedAt(line, witness, it.checkpoint) !== null);
      if (found === undefined) return;
      keep({ seq: found.checkpoint.head.seq, note: found.note, witness: line });
    },
    stop() {
      if (head !== null && head.seq > signedSeq()) sign();
      cancel?.();
    },
  };
}
