/** Started drivers on real ttys, and the device's side of them. */
import type { Driver, Reading } from '../../drivers/reading.js';
import type { DriverTools } from '../../drivers/session.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { Link } from '../../hardware/ports.js';
import { type PtyPair, ptyPair } from './pty.js';

type Cleanup = () => Promise<void> | void;

export const tools = { clock: systemClock(), scheduler: systemScheduler() };

/** A tty's own name as a link. */
export const onPath = (path: string): Link => serialLink({ path, baudRate: 115_200 });

/** @param cleanups what is to be undone after the test, the last first */
export function ttyRig(cleanups: Cleanup[]) {
  return {
    /** A pair of ttys through which bytes pass. */
    async plugged(): Promise<PtyPair> {
      const pair = ptyPair();
      cleanups.push(() => pair.close());
      await pair.plug();
      return pair;
    },

    /** A started driver whose readings are awaited; those before the awaited one are passed over. */
    started(make: (tools: DriverTools) => Driver) {
      const readings: Reading[] = [];
      let wake = (): void => {};
      const emit = (reading: Reading): void => {
        readings.push(reading);
        wake();
      };
      const driver = make({ ...tools, emit });
      driver.start();
      cleanups.push(() => driver.stop());
      const next = async (fits: (reading: Reading) => boolean): Promise<Reading> => {
        for (;;) {
          const reading = readings.shift();
          if (reading === undefined)
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          else if (fits(reading)) return reading;
        }
      };
      /** The next change of its state, in words. */
      const state = async (): Promise<string> => {
        const reading = await next(({ type }) => type === 'device');
        return reading.type === 'device' ? `${reading.status} ${reading.why}`.trim() : '';
      };
      return { next, state };
    },

    /** The device's side of a pair: its bytes both ways. */
    async farEnd({ farPath }: PtyPair) {
      const link = onPath(farPath);
      cleanups.push(() => link.close());
      const listeners = new Set<(bytes: Uint8Array) => void>();
      await new Promise<void>((resolve, reject) => {
        link.open({
          opened: resolve,
          data(bytes) {
            for (const listener of listeners) listener(bytes);
          },
          closed: (why) => reject(new Error(why)),
        });
      });
      return {
        write: link.write,
        onData(listener: (bytes: Uint8Array) => void) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      };
    },
  };
}
