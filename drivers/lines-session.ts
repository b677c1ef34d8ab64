/** A driver on lines that may be gone: it runs while they are there. */
import type { DeviceName } from '../config/vocabulary.js';
import type { Cancel, InputLines, OutputLines } from '../hardware/ports.js';
import type { Driver } from './reading.js';
import type { DriverTools } from './session.js';

interface OnLinesOptions extends Pick<DriverTools, 'clock' | 'emit'> {
  readonly lines: Pick<InputLines | OutputLines, 'status'>;
  /** reported as `lost` with the lines' word while they are not there; null: nothing is said */
  readonly device: DeviceName | null;
}

/**
 * Wraps a driver of contacts or lamps. Started, it begins with what the lines are then, as often as
 * they come back: what changed in between is nothing that anybody did.
 */
export function onLines({ lines, device, clock, emit }: OnLinesOptions, driver: Driver): Driver {
  let cancel: Cancel | null = null;
  return {
    start() {
      if (cancel !== null) return;
      if (lines.status === undefined) {
        cancel = () => {};
        return driver.start();
      }
      cancel = lines.status((why) => {
        if (why === '') return driver.start();
        driver.stop();
        if (device === null) return;
        const { monotonicMs } = clock.now();
        emit({ type: 'device', device, status: 'lost', why, monotonicMs });
      });
    },
    stop() {
      cancel?.();
      cancel = null;
      driver.stop();
    },
  };
}
