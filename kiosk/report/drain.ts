/**
 * Sends the journal's records out, in order, and forgets them only by a collector's receipt: what
 * the broker says of a publish moves nothing but the window. After a loss of the connection, or
 * where no receipt comes, it begins again behind the last receipt: a record may go out twice, and
 * none is left out.
 */
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { Head } from '../journal/chain.js';
import type { OutboxPort } from '../journal/outbox-port.js';
import { batchRowsMax, encodeBatch, pageBytesMax } from './batch.js';
import type { Connection, OutMessage, PublishResult } from './broker-link.js';
import { startPace } from './pace.js';
import { windowLimits } from './publish-window.js';

export const drainLimits = {
  /** batches without a receipt: a collector that is away fills no broker's queue without end */
  unreceiptedMax: 256,
  /** and their bytes: a full window of full batches, which a collector holds of one gate */
  unreceiptedBytesMax: windowLimits.sizeMax * pageBytesMax,
  /**
   * without a receipt for so long after the broker has taken a batch, all since the last receipt goes
   * out again; twice as long each time
   */
  receiptMs: { min: 15_000, max: 600_000 },
  /** a collector that says it has less than before is believed this often */
  rewindMs: 60_000,
  /** how long a broker that refuses a batch, or a disk that fails a read, is left alone */
  refusedMs: 10_000,
} as const;

/** What a packet has beside its records: the batch's names, topic and header. */
const packetFrameBytes = 1_024;

export interface DrainOptions {
  /** id of the journal */
  readonly journal: string;
  readonly outbox: Pick<OutboxPort, 'read'>;
  readonly topic: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly scheduler: Scheduler;
  readonly released: Head | null;
  publish(message: OutMessage, done: (result: PublishResult) => void): void;
  /** the broker takes no records though it is there; `null`: it takes them again */
  refused(code: number | null): void;
}

export interface Drain {
  up(connection: Connection): void;
  down(): void;
  /** The journal has so many records. */
  head(seq: number): void;
  /** A collector of ours has all up to here; less than before: it has lost some, and gets it again. */
  received(seq: number): void;
  /** Records that no receipt covers yet. */
  backlog(): number;
  stop(): void;
}

/** @param options of one run; nothing is sent before `up` */
export function startDrain(options: DrainOptions): Drain {
  const { journal, outbox, topic, clock, scheduler, publish } = options;
  /** how far collectors have all, as far as is known */
  let received = options.released?.seq ?? 0;
  let head = received;
  /** the last record that has been handed to the broker's link */
  let sent = received;
  /** the last one that the broker has taken: a receipt may be expected */
  let taken = received;
  let rewoundMs = Number.NEGATIVE_INFINITY;
  /** records that were there when the connection came are history */
  let live = 0;
  let window = 0;
  let packetBytes = pageBytesMax;
  let isReading = false;
  let isHeld = false;
  let isRefused = false;
  let patienceMs: number = drainLimits.receiptMs.min;
  /** of this connection, whichever round they belong to: batches without the broker's answer */
  let inFlight = 0;
  let inFlightBytes = 0;
  const pace = startPace();
  /** batches without a receipt, by their last records, oldest first */
  let unreceipted: { readonly last: number; readonly bytes: number }[] = [];
  let unreceiptedBytes = 0;
  let connection = 0;
  /** grows with each connection and each new beginning: what earlier ones have sent counts no more */
  let round = 0;
  let cancelHold: Cancel = () => {};
  let cancelPatience: Cancel = () => {};

  const later = (ms: number, task: () => void): Cancel =>
    scheduler.at(clock.now().monotonicMs + ms, task);
  const isUp = (): boolean => window > 0;

  const pump = (): void => {
    if (!isUp() || isReading || isHeld || sent >= head) return;
    if (inFlight >= window || unreceipted.length >= drainLimits.unreceiptedMax) return;
    if (unreceiptedBytes + pageBytesMax > drainLimits.unreceiptedBytesMax) return;
    const bytesMax = Math.min(pageBytesMax, packetBytes, pace.allowedBytes());
    if (inFlight > 0 && inFlightBytes + bytesMax > pace.allowedBytes()) return;
    isReading = true;
    const own = round;
    // One batch is all live or all history.
    const isHistorical = sent < live;
    const through = isHistorical ? live : Number.MAX_SAFE_INTEGER;
    const limits = { bytesMax, rowsMax: batchRowsMax, through };
    void outbox.read(sent, limits).then((answer) => {
      isReading = false;
      if (own !== round) return pump();
      if (!answer.ok) return hold();
      const { count, last } = answer.result;
      if (count === 0) return;
      sent = last;
      const bytes = encodeBatch(journal, answer.result, isHistorical);
      unreceipted.push({ last, bytes: bytes.length });
      unreceiptedBytes += bytes.length;
      inFlight += 1;
      inFlightBytes += bytes.length;
      // The next page is read while this one goes out.
      pump();
      send(bytes, last);
    });
  };
  const send = (bytes: Uint8Array, last: number): void => {
    const own = { connection, round };
    const { monotonicMs } = clock.now();
    publish({ topic, payload: bytes, retain: false }, (result) => {
      if (own.connection !== connection) return;
      // The connection is going: `down` follows, and counts what had no answer.
      if (!result.ok && result.why !== 'refused') return;
      inFlight -= 1;
      inFlightBytes -= bytes.length;
      pace.answered(clock.now().monotonicMs - monotonicMs);
      if (own.round !== round) return pump();
      if (!result.ok) return refuse(result.code);
      taken = Math.max(taken, last);
      watch();
      if (isRefused) {
        isRefused = false;
        options.refused(null);
      }
      pump();
    });
  };
  const refuse = (code: number | null): void => {
    if (!isRefused) options.refused(code);
    isRefused = true;
    again();
    hold();
  };
  const hold = (): void => {
    isHeld = true;
    cancelHold();
    cancelHold = later(drainLimits.refusedMs, () => {
      isHeld = false;
      pump();
    });
  };
  /** Nothing is under way: the connection is another. */
  const begin = (): void => {
    connection += 1;
    inFlight = 0;
    inFlightBytes = 0;
    pace.begin();
    again();
  };
  /** From behind the last receipt on. */
  const again = (): void => {
    round += 1;
    sent = received;
    taken = received;
    unreceipted = [];
    unreceiptedBytes = 0;
    cancelPatience();
    cancelPatience = () => {};
    isWatching = false;
  };
  let isWatching = false;
  const watch = (): void => {
    if (isWatching || taken <= received) return;
    isWatching = true;
    cancelPatience = later(patienceMs, () => {
      isWatching = false;
      patienceMs = Math.min(2 * patienceMs, drainLimits.receiptMs.max);
      again();
      pump();
    });
  };

  return {
    up({ receiveMaximum, packetBytesMax }) {
      begin();
      packetBytes = packetBytesMax - packetFrameBytes;
      live = head;
      window = Math.max(1, Math.min(windowLimits.sizeMax, receiveMaximum));
      isHeld = false;
      cancelHold();
      pump();
    },
    down() {
      window = 0;
      patienceMs = drainLimits.receiptMs.min;
      if (inFlight > 0) pace.lost();
      begin();
      cancelHold();
    },
    head(seq) {
      head = Math.max(head, seq);
      pump();
    },
    received(seq) {
      if (seq === received) return;
      if (seq < received) {
        const { monotonicMs } = clock.now();
        if (monotonicMs - rewoundMs < drainLimits.rewindMs) return;
        rewoundMs = monotonicMs;
        received = seq;
        again();
        return pump();
      }
      received = seq;
      sent = Math.max(sent, seq);
      unreceipted = unreceipted.filter(({ last }) => last > seq);
      unreceiptedBytes = unreceipted.reduce((sum, { bytes }) => sum + bytes, 0);
      patienceMs = drainLimits.receiptMs.min;
      cancelPatience();
      isWatching = false;
      watch();
      pump();
    },
    backlog: () => head - received,
    stop() {
      window = 0;
      again();
      cancelHold();
    },
  };
}
