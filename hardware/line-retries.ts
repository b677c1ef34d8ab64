/** How soon lines that cannot be had are asked for again. Pure; used by whoever keeps them open. */

const firstMs = 100;
/** A line is back within 2 s of its chip's return, the time to export them all by sysfs included. */
const longestMs = 500;

export interface LineRetries {
  /** They cannot be had for this reason; returns after how many milliseconds to ask again. */
  failed(why: string): number;
  /** They have been had: the next pause is the shortest again. */
  opened(): void;
}

/** Makes a growing pause. */
export function lineRetries(): LineRetries {
  let nextMs = firstMs;
  let last = '';
  return {
    failed(why) {
      // A chip that is back stands there for a moment before udev has given it to the service.
      if (why === 'denied' && last !== 'denied') nextMs = firstMs;
      last = why;
      const pauseMs = nextMs;
      nextMs = Math.min(nextMs * 2, longestMs);
      return pauseMs;
    },
    opened() {
      nextMs = firstMs;
      last = '';
    },
  };
}
