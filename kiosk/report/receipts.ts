/**
 * What comes from collectors: receipts, which let the outbox forget, and acknowledgements of notices.
 * Whatever is not signed by a key of the trust list does nothing but raise an alarm.
 */
import type { PublicKey } from '../../config/crypto/ed25519-key.js';
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { Head } from '../journal/chain.js';
import type { OutboxPort } from '../journal/outbox-port.js';
import { isSignedNoticeAck, parseNoticeAck } from './notice-ack.js';
import { isSignedReceipt, parseReceipt } from './receipt.js';
import type { Names } from './topics.js';

export interface ReceiptsOptions {
  readonly names: Names;
  readonly journal: string;
  readonly outbox: Pick<OutboxPort, 'release'>;
  /** looked up anew each time: the trust list changes while the gate runs */
  readonly collectors: readonly { readonly name: string; readonly key: PublicKey }[];
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  /** how far a collector has all; it may have lost what it acknowledged before (an older backup) */
  received(seq: number): void;
  /** a witness has cosigned this journal's checkpoint */
  witnessed(line: string, collector: string): void;
  noticeSeen(id: string, party: string): void;
  /** a stable reason: forged, unknown, of another form or chain */
  refused(why: ReceiptFault): void;
}

export type ReceiptFault = 'bad-form' | 'not-signed' | 'other-hash' | 'ahead' | 'retained';

/** The outbox's cursor is moved this often, not with every receipt. */
export const cursorMs = 20;

export interface Receipts {
  receipt(payload: Uint8Array, isRetained: boolean): void;
  noticeAck(payload: Uint8Array, isRetained: boolean): void;
  stop(): void;
}

/** @param options of one run */
export function startReceipts(options: ReceiptsOptions): Receipts {
  const { names, journal, outbox, clock, scheduler, refused } = options;
  let latest: Head | null = null;
  let cancel: Cancel | null = null;
  let isMoving = false;

  const move = async (): Promise<void> => {
    cancel = null;
    if (latest === null || isMoving) return;
    const head = latest;
    latest = null;
    isMoving = true;
    // Nothing at all: there is no record to compare.
    const answer =
      head.seq === 0 ? ({ ok: true, result: 'behind' } as const) : await outbox.release(head);
    isMoving = false;
    // A disk that fails keeps nothing, but what is sent goes on: the next receipt tries again.
    if (answer.ok && answer.result === 'unkept') options.received(head.seq);
    else if (answer.ok && (answer.result === 'moved' || answer.result === 'behind'))
      options.received(head.seq);
    else if (answer.ok) refused(answer.result as ReceiptFault);
    soon();
  };
  const soon = (): void => {
    if (latest === null || isMoving) return;
    cancel ??= scheduler.at(clock.now().monotonicMs + cursorMs, () => void move());
  };

  return {
    receipt(payload, isRetained) {
      if (isRetained) return refused('retained');
      const receipt = parseReceipt(payload);
      if (receipt === null) return refused('bad-form');
      // One of a journal before this one is nobody's fault.
      if (receipt.journal !== journal) return;
      if (!isSignedReceipt(receipt, names, options.collectors)) return refused('not-signed');
      const { seq, hash, witness, collector } = receipt;
      if (witness !== undefined) options.witnessed(witness, collector);
      if (latest === null || seq > latest.seq) latest = { seq, hash };
      soon();
    },
    noticeAck(payload, isRetained) {
      if (isRetained) return refused('retained');
      const ack = parseNoticeAck(payload);
      if (ack === null) return refused('bad-form');
      if (!isSignedNoticeAck(ack, names, options.collectors)) return refused('not-signed');
      options.noticeSeen(ack.id, ack.party);
    },
    stop() {
      cancel?.();
      latest = null;
    },
  };
}
