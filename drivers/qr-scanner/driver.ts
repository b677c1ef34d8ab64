/** The line-mode scanner's session: bytes to scans, and silence as the end of an unended line. */
import type { Link } from '../../hardware/ports.js';
import type { Driver } from '../reading.js';
import { type DriverTools, session } from '../session.js';
import { scanDecoder } from './codec.js';
import { lateScans } from './late-scans.js';
import { lineDoubt } from './line-doubt.js';
import { scanIntake } from './scan-intake.js';

export interface QrScannerOptions extends DriverTools {
  readonly link: Link;
  /** silence that ends a line without an end, milliseconds */
  readonly idleMs?: number;
}

/**
 * Makes the driver of a scanner in line mode.
 * @param options the link to it, and the silence that ends a line
 * @returns emits `scan`, `discarded` (`late` for what had waited before the opening) and `device`: `degraded`
 *   with a `LineFault` until a code's text comes
 */
export function qrScanner(options: QrScannerOptions): Driver {
  const { idleMs } = options;
  const decoder = scanDecoder();
  const intake = scanIntake({
    ...options,
    decoder,
    doubt: lineDoubt(),
    doubted: (fault) => base.setFault(fault),
    ...(idleMs !== undefined && { idleMs }),
  });
  const late = lateScans(options, decoder, () => base.proveAlive());
  const base = session({
    ...options,
    device: 'scanner',
    isReadyLater: true,
    connected: late.opened,
    received(bytes) {
      if (!late.isLate(bytes)) intake.received(bytes);
    },
    disconnected() {
      late.closed();
      intake.disconnected();
    },
  });
  return base;
}
