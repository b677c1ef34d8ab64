/** The line-mode scanner's session: bytes to scans, and silence as the end of an unended line. */
import type { Cancel, Link } from '../../hardware/ports.js';
import type { Discarded } from '../decoder.js';
import type { Driver } from '../reading.js';
import { type DriverTools, session } from '../session.js';
import { type Scan, scanDecoder } from './codec.js';

/** Silence that ends a line: over ten byte times at 9600 baud, under what a person notices. */
export const idleMsMax = 60;
/**
 * A timer that comes this much late says that the whole process was held up, and that bytes may
 * lie unread behind it: the silence is then measured anew.
 */
const lateMsMax = 20;

export interface QrScannerOptions extends DriverTools {
  readonly link: Link;
}

/** Makes the driver of a scanner in line mode. Emits `scan`, `discarded` and `device`. */
export function qrScanner(options: QrScannerOptions): Driver {
  const { clock, scheduler, emit } = options;
  const decoder = scanDecoder();
  let cancelIdle: Cancel = () => {};

  const publish = (results: readonly (Scan | Discarded)[]): void => {
    const { monotonicMs } = clock.now();
    for (const result of results)
      if (result.type === 'scan') emit({ ...result, monotonicMs });
      else emit({ ...result, device: 'scanner', monotonicMs });
  };

  const watchIdle = (): void => {
    cancelIdle();
    if (decoder.heldBytes === 0) return;
    const dueMs = clock.now().monotonicMs + idleMsMax;
    cancelIdle = scheduler.at(dueMs, () => {
      if (clock.now().monotonicMs - dueMs > lateMsMax) watchIdle();
      else publish(decoder.end());
    });
  };

  return session({
    ...options,
    device: 'scanner',
    received(bytes) {
      publish(decoder.push(bytes));
      watchIdle();
    },
    disconnected() {
      cancelIdle();
      const { heldBytes } = decoder;
      decoder.end();
      if (heldBytes === 0) return;
      const { monotonicMs } = clock.now();
      emit({
        type: 'discarded',
        device: 'scanner',
        why: 'incomplete',
        byteCount: heldBytes,
        monotonicMs,
      });
    },
  });
}
