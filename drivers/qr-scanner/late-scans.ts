/**
 * What was scanned while nobody read waits in the device and the kernel, and comes at once after opening: it is
 * somebody's who may have gone, and whoever stands there now must not be let in by it (law 4).
 */
import type { Cancel } from '../../hardware/ports.js';
import type { Decoder } from '../decoder.js';
import type { DriverTools } from '../session.js';
import { idleMsUsual } from './scan-intake.js';

/** What comes this soon after opening had waited, milliseconds. */
export const staleMsMax = 250;

export interface LateScans {
  /** The device has just been opened: it is ready when what comes is somebody's who is there. */
  opened(): void;
  /** It is gone again. */
  closed(): void;
  /** @returns whether these bytes had waited, or are the rest of a code that had; then they are told as `late` */
  isLate(bytes: Uint8Array): boolean;
}

/**
 * @param decoder of the scanner: sees late bytes too, so that the end of their code is known
 * @param ready called `staleMsMax` after each opening
 * @returns judges what comes, by when it comes
 */
export function lateScans(
  { clock, scheduler, emit }: DriverTools,
  decoder: Decoder<unknown>,
  ready: () => void,
): LateScans {
  let openedAtMs = 0;
  /** what comes still belongs to what had waited; since when the last of it came */
  let isStale = false;
  let staleAtMs = 0;
  let cancel: Cancel = () => {};
  return {
    opened() {
      openedAtMs = staleAtMs = clock.now().monotonicMs;
      isStale = true;
      cancel = scheduler.at(openedAtMs + staleMsMax, ready);
    },
    closed: () => cancel(),
    isLate(bytes) {
      if (!isStale) return false;
      const { monotonicMs } = clock.now();
      // The rest of a code whose beginning had waited is no code.
      if (monotonicMs - staleAtMs >= idleMsUsual) decoder.end();
      if (monotonicMs - openedAtMs >= staleMsMax && decoder.heldBytes === 0) isStale = false;
      if (!isStale) return false;
      staleAtMs = monotonicMs;
      decoder.push(bytes);
      const { length: byteCount } = bytes;
      emit({ type: 'discarded', device: 'scanner', why: 'late', byteCount, monotonicMs });
      return true;
    },
  };
}
