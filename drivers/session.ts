/**
 * One device's connection, the same for all that hang on a link: opens it, comes back by itself
 * with a growing pause, and says when the device is there, doubtful or lost. Knows no protocol.
 */
import type { DeviceName, DeviceStatus } from '../config/vocabulary.js';
import type { Cancel, Clock, Link, Scheduler } from '../hardware/ports.js';
import type { Driver, Emit } from './reading.js';
import { type SpeedFailure, speedSearch } from './speed-search.js';

/** Pause before the first and the longest pause before any further try: a device that is back is
 * in use within 2 s, the time to open it included. */
const retryMsMin = 250;
const retryMsMax = 1_250;
/** A connection that has lasted this long has proved itself: the next pause is the shortest again. */
const provenMs = 2_000;
/** A link that has neither opened nor failed by then is given up and tried again. */
const openingMsMax = 5_000;
/**
 * While the right speed is searched for, each gets this long and no growing pause: a device that is
 * back in the middle of another speed's turn is in use within 2 s all the same.
 */
const trialMs = 900;

/**
 * What a session says about a lost device beside the link's own words (`linkLosses`): nothing comes;
 * what comes is no frame; it is another device's; the link neither opens nor fails.
 */
export const sessionLosses = ['silent', 'garbled', 'wrong-device', 'stuck'] as const;

/** What every driver is given. */
export interface DriverTools {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly emit: Emit;
}

export interface SessionOptions extends DriverTools {
  readonly device: DeviceName;
  readonly link: Link;
  /** the link is open: a device that must be asked can be asked */
  readonly connected?: () => void;
  /** bytes from the device, in the pieces in which they came */
  readonly received: (bytes: Uint8Array) => void;
  /** the connection is gone: what was half received will not be completed */
  readonly disconnected: () => void;
  /**
   * For a device that speaks by itself or when asked: without `proveAlive` for this long it is `lost`, and the
   * link is opened anew. Without it an open link is enough to be `ok`.
   */
  readonly silentMsMax?: number;
  /** an open link is not enough all the same: the driver says when, by `proveAlive` */
  readonly isReadyLater?: true;
  /** bits a second to try in turn, with `silentMsMax` only; without it the link's own */
  readonly baudRates?: readonly number[];
  /** takes what comes and answers whether it is another device's, which has no business here */
  readonly isForeign?: (bytes: Uint8Array) => boolean;
}

export interface Session extends Driver {
  /** A whole frame has come. */
  proveAlive(): void;
  /** The driver's own doubt while connected (`degraded` with this code), or null for none. */
  setFault(why: string | null): void;
}

/**
 * Makes a stopped session. It emits `device` readings, only when status or reason change:
 * `lost` with one of `sessionLosses` or the link's own `linkLosses`.
 */
export function session(options: SessionOptions): Session {
  const { clock, scheduler, link, device } = options;
  let phase: 'stopped' | 'opening' | 'open' | 'waiting' = 'stopped';
  /** grows with each try, so that events of an earlier connection are not taken for this one's */
  let attempt = 0;
  let openedAtMs = 0;
  let retryMs = retryMsMin;
  let heardSinceFrame = false;
  let alive = false;
  let fault: string | null = null;
  let reported = '';
  let cancelTimer: Cancel = () => {};
  const search = speedSearch(options.baudRates ?? []);
  const isSearching = (options.baudRates ?? []).length > 1;

  const nowMs = (): number => clock.now().monotonicMs;
  const after = (ms: number, task: () => void): void => {
    cancelTimer();
    cancelTimer = scheduler.at(nowMs() + ms, task);
  };

  const report = (status: DeviceStatus, why: string, detail?: string): void => {
    if (reported === `${status} ${why}`) return;
    reported = `${status} ${why}`;
    const told = detail === undefined ? {} : { detail };
    options.emit({ type: 'device', device, status, why, ...told, monotonicMs: nowMs() });
  };
  const reportConnected = (): void => {
    if (!alive) return;
    if (fault === null) report('ok', '');
    else report('degraded', fault);
  };

  const open = (): void => {
    phase = 'opening';
    const mine = ++attempt;
    const current = (): boolean => mine === attempt;
    after(openingMsMax, () => {
      link.close();
      failed('stuck', 'opening takes too long');
    });
    link.open(
      {
        opened() {
          if (!current()) return;
          phase = 'open';
          openedAtMs = nowMs();
          heardSinceFrame = false;
          alive = options.silentMsMax === undefined && options.isReadyLater === undefined;
          cancelTimer();
          watchSilence();
          reportConnected();
          if (current()) options.connected?.();
        },
        data(bytes) {
          if (!current() || phase !== 'open') return;
          heardSinceFrame = true;
          if (options.isForeign?.(bytes) !== true) return options.received(bytes);
          link.close();
          failed('wrong-device');
        },
        closed(why, detail) {
          if (!current()) return;
          search.interrupted();
          failed(why, detail);
        },
      },
      search.baudRate,
    );
  };

  const watchSilence = (): void => {
    if (options.silentMsMax === undefined) return;
    after(isSearching && !alive ? trialMs : options.silentMsMax, () => {
      link.close();
      const why: SpeedFailure = heardSinceFrame ? 'garbled' : 'silent';
      if (isSearching) retryMs = retryMsMin;
      failed(search.failed(why));
    });
  };

  /** @param why null: nothing new to tell */
  const failed = (why: string | null, detail?: string): void => {
    const wasOpen = phase === 'open';
    if (wasOpen && nowMs() - openedAtMs >= provenMs) retryMs = retryMsMin;
    // A device that is back stands there for a moment before udev has given it to the service.
    if (why === 'denied' && reported !== 'lost denied') retryMs = retryMsMin;
    attempt++;
    phase = 'waiting';
    alive = false;
    fault = null;
    after(retryMs, open);
    retryMs = Math.min(retryMs * 2, retryMsMax);
    // Timers first: whoever is told may stop the session, and then none may be left.
    if (wasOpen) options.disconnected();
    if (phase === 'waiting' && why !== null) report('lost', why, detail);
  };

  return {
    start() {
      if (phase !== 'stopped') return;
      retryMs = retryMsMin;
      open();
    },
    stop() {
      if (phase === 'stopped') return;
      attempt++;
      cancelTimer();
      link.close();
      if (phase === 'open') options.disconnected();
      phase = 'stopped';
      alive = false;
      fault = null;
      reported = '';
    },
    proveAlive() {
      if (phase !== 'open') return;
      if (!alive) search.answered();
      alive = true;
      heardSinceFrame = false;
      watchSilence();
      reportConnected();
    },
    setFault(why) {
      fault = why;
      if (phase === 'open') reportConnected();
    },
  };
}
