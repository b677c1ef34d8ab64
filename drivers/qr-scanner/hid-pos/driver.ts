/** The HID point-of-sale scanner's session: reports to scans. */
import type { HidLink } from '../../../hardware/ports.js';
import type { Decoder } from '../../decoder.js';
import type { Driver } from '../../reading.js';
import { type DriverTools, session } from '../../session.js';
import type { Scan } from '../codec.js';
import { idleMsUsual, scanIntake } from '../scan-intake.js';
import { reportDecoder } from './codec.js';
import { reportLayout } from './report-layout.js';

/**
 * What was scanned while nobody read waits in the device and the kernel and comes at once after
 * opening: it is somebody's who may have gone.
 */
export const staleMsMax = 250;

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
  const { clock, link, emit } = options;
  let decoder = nothing;
  let openedAtMs = 0;
  /** what comes still belongs to what had waited; since when the last of it came */
  let isStale = false;
  let staleAtMs = 0;
  const intake = scanIntake({
    ...options,
    decoder: {
      push: (report) => decoder.push(report),
      end: () => decoder.end(),
      get heldBytes() {
        return decoder.heldBytes;
      },
    },
  });
  const base = session({
    ...options,
    device: 'scanner',
    connected() {
      openedAtMs = staleAtMs = clock.now().monotonicMs;
      isStale = true;
      const layout = reportLayout(link.reportDescriptor());
      decoder = layout === null ? nothing : reportDecoder(layout);
      base.setFault(layout === null ? 'wrong-device' : null);
    },
    received(report) {
      const { monotonicMs } = clock.now();
      // The rest of a code whose beginning had waited is no code.
      if (isStale && monotonicMs - staleAtMs >= idleMsUsual) decoder.end();
      if (monotonicMs - openedAtMs >= staleMsMax && decoder.heldBytes === 0) isStale = false;
      if (!isStale) {
        intake.received(report);
        return;
      }
      staleAtMs = monotonicMs;
      decoder.push(report);
      const byteCount = report.length;
      emit({ type: 'discarded', device: 'scanner', why: 'late', byteCount, monotonicMs });
    },
    disconnected: () => intake.disconnected(),
  });
  return base;
}
