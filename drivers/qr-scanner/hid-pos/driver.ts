/** The HID point-of-sale scanner's session: reports to scans. */
import type { HidLink } from '../../../hardware/ports.js';
import type { Decoder } from '../../decoder.js';
import type { Driver } from '../../reading.js';
import { type DriverTools, session } from '../../session.js';
import type { Scan } from '../codec.js';
import { lateScans } from '../late-scans.js';
import { scanIntake } from '../scan-intake.js';
import { reportDecoder } from './codec.js';
import { reportLayout } from './report-layout.js';

/** What came before the device was understood, or what it sends if it is not. */
const nothing: Decoder<Scan> = { push: () => [], end: () => [], heldBytes: 0 };

export interface HidPosScannerOptions extends DriverTools {
  readonly link: HidLink;
}

/**
 * Makes the driver of a HID point-of-sale scanner.
 * @param options the link, whose device tells its own report layout
 * @returns emits `scan`, `discarded` (`late` for what had waited before the opening) and `device`:
 *   `degraded` with `wrong-device` where the descriptor has no report for scanned data
 */
export function hidPosScanner(options: HidPosScannerOptions): Driver {
  const { link } = options;
  let decoder = nothing;
  const current: Decoder<Scan> = {
    push: (report) => decoder.push(report),
    end: () => decoder.end(),
    get heldBytes() {
      return decoder.heldBytes;
    },
  };
  const intake = scanIntake({ ...options, decoder: current });
  const late = lateScans(options, current, () => base.proveAlive());
  const base = session({
    ...options,
    device: 'scanner',
    isReadyLater: true,
    connected() {
      late.opened();
      const layout = reportLayout(link.reportDescriptor());
      decoder = layout === null ? nothing : reportDecoder(layout);
      base.setFault(layout === null ? 'wrong-device' : null);
    },
    received(report) {
      if (!late.isLate(report)) intake.received(report);
    },
    disconnected() {
      late.closed();
      intake.disconnected();
    },
  });
  return base;
}
