/** Signs the head of the journal now and then, for witnesses: a history that is signed cannot be told otherwise later. */
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { Head } from '../journal/chain.js';
import type { OutMessage } from './broker-link.js';
import { signCheckpoint } from './signed-note.js';

export const checkpointLimits = {
  everyMs: 60_000,
  everyRecords: 100,
} as const;

export interface CheckpointsOptions {
  readonly key: PrivateKey;
  /** gk/1/<site>/<kiosk>/<journal> */
  readonly origin: string;
  readonly topic: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  publish(message: OutMessage): void;
}

export interface Checkpoints {
  up(): void;
  head(head: Head): void;
  stop(): void;
}

/** @returns signs where the head has moved: after a minute, or after a hundred records */
export function startCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { key, origin, topic, clock, scheduler, publish } = options;
  let head: Head | null = null;
  let signedSeq = 0;
  let cancel: Cancel | null = null;

  const sign = (): void => {
    cancel?.();
    cancel = null;
    if (head === null) return;
    signedSeq = head.seq;
    publish({ topic, payload: signCheckpoint(key, { origin, head }), retain: true });
  };
  return {
    // The broker may have forgotten the last one.
    up: sign,
    head(next) {
      head = next;
      if (next.seq - signedSeq >= checkpointLimits.everyRecords) return sign();
      cancel ??= scheduler.at(clock.now().monotonicMs + checkpointLimits.everyMs, sign);
    },
    stop() {
      cancel?.();
    },
  };
}
