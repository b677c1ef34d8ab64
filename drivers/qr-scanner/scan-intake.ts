/**
 * What every scanner's session does with what its decoder gives: readings at once, and silence as
 * the end of a code that has no end of its own.
 */
import type { Cancel } from '../../hardware/ports.js';
import type { Decoder, Discarded } from '../decoder.js';
import type { DriverTools } from '../session.js';
import type { Scan } from './codec.js';
import type { LineDoubt, LineFault } from './line-doubt.js';

/** Silence that ends a line: over ten byte times at 9600 baud, under what a person notices. */
export const idleMsUsual = 60;
/**
 * A timer that comes this much late says that the whole process was held up, and that bytes may
 * lie unread behind it: the silence is then measured anew.
 */
const lateMsMax = 20;

/**
 * Whoever spoke wrongly and has said nothing for so long is not there any more, or was a person with
 * odd codes: the next one finds a scanner in service again.
 */
const forgivenMs = 30_000;

/** What a decoder gives besides scans and garbage goes to `other`. */
export interface ScanIntakeOptions<Frame extends { readonly type: string }> extends DriverTools {
  readonly decoder: Decoder<Scan | Frame>;
  /** `idleMsUsual` without it */
  readonly idleMs?: number;
  readonly other?: (frame: Frame) => void;
  /** for lines, on which anything may speak: what it does not believe is `noise` and no scan */
  readonly doubt?: LineDoubt;
  /** called with each line, before it is told: what the doubt makes of all that came */
  readonly doubted?: (fault: LineFault | null) => void;
}

export interface ScanIntake {
  received(bytes: Uint8Array): void;
  /** The connection is gone: half a code is `incomplete`. */
  disconnected(): void;
}

/**
 * Makes the intake of one scanner.
 * @param options `idleMs` in milliseconds; see `ScanIntakeOptions`
 * @returns takes bytes, emits `scan` and `discarded`; never throws
 */
export function scanIntake<Frame extends { readonly type: string } = never>(
  options: ScanIntakeOptions<Frame>,
): ScanIntake {
  const { clock, scheduler, emit, decoder, doubt, idleMs = idleMsUsual } = options;
  let cancelIdle: Cancel = () => {};
  let cancelForgiving: Cancel = () => {};
  /** since the last line */
  let heardBytes = 0;

  const publish = (results: readonly (Scan | Frame | Discarded)[]): void => {
    const { monotonicMs } = clock.now();
    for (const result of results)
      if (isScan(result)) line(result, monotonicMs);
      else if (isDiscarded(result)) {
        if (result.why === 'oversized') doubt?.overlong();
        emit({ ...result, device: 'scanner', monotonicMs });
      } else options.other?.(result);
    watchForgiving();
  };

  const watchForgiving = (): void => {
    cancelForgiving();
    if (doubt === undefined || doubt.fault === null) return;
    cancelForgiving = scheduler.at(clock.now().monotonicMs + forgivenMs, () => {
      doubt.reset();
      options.doubted?.(doubt.fault);
    });
  };

  const line = (scan: Scan, monotonicMs: number): void => {
    const isBelieved = doubt?.line(scan.text) ?? true;
    const byteCount = heardBytes;
    heardBytes = 0;
    // First: whoever is told of the scan may ask whether the scanner is well.
    if (doubt !== undefined) options.doubted?.(doubt.fault);
    if (isBelieved) emit({ ...scan, monotonicMs });
    else emit({ type: 'discarded', device: 'scanner', why: 'noise', byteCount, monotonicMs });
  };

  const watchIdle = (): void => {
    cancelIdle();
    if (decoder.heldBytes === 0) return;
    const dueMs = clock.now().monotonicMs + idleMs;
    cancelIdle = scheduler.at(dueMs, () => {
      if (clock.now().monotonicMs - dueMs > lateMsMax) watchIdle();
      else publish(decoder.end());
    });
  };

  return {
    received(bytes) {
      heardBytes += bytes.length;
      doubt?.heard(bytes);
      publish(decoder.push(bytes));
      watchIdle();
    },
    disconnected() {
      cancelIdle();
      cancelForgiving();
      const { heldBytes: byteCount } = decoder;
      decoder.end();
      heardBytes = 0;
      doubt?.reset();
      if (byteCount === 0) return;
      const { monotonicMs } = clock.now();
      emit({ type: 'discarded', device: 'scanner', why: 'incomplete', byteCount, monotonicMs });
    },
  };
}

function isScan(result: { readonly type: string }): result is Scan {
  return result.type === 'scan';
}

function isDiscarded(result: { readonly type: string }): result is Discarded {
  return result.type === 'discarded';
}
