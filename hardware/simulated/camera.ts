/** A camera without a lens: what is held before it is said instead of shown. */
import type { Camera, CameraEvents, Cancel, Clock, Scheduler } from '../ports.js';

export interface SimulatedCamera {
  readonly camera: Camera;
  /** From now on these codes are in view; none takes away what is there. */
  hold(...texts: readonly string[]): void;
  /** The program goes on and no frame comes any more, until it is opened anew. */
  stall(): void;
  /** Unplugs: an open camera closes with this reason, and opening fails with it. */
  cut(why: string): void;
  mend(): void;
  readonly isOpen: boolean;
}

export interface SimulatedCameraOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** between two frames; 100 without it */
  readonly frameMs?: number;
}

/** Makes a camera with an empty view. */
export function simulatedCamera(options: SimulatedCameraOptions): SimulatedCamera {
  const { clock, scheduler, frameMs = 100 } = options;
  let events: CameraEvents | null = null;
  let inView: readonly string[] = [];
  let missing: string | null = null;
  let cancel: Cancel = () => {};

  const after = (ms: number, task: () => void): void => {
    cancel();
    cancel = scheduler.at(clock.now().monotonicMs + ms, task);
  };
  const show = (): void => {
    after(frameMs, show);
    events?.looked(inView);
  };
  const end = (why: string): void => {
    cancel();
    const told = events;
    events = null;
    told?.closed(why);
  };

  return {
    camera: {
      open(next) {
        events = next;
        after(0, () => {
          if (missing !== null) {
            end(missing);
            return;
          }
          after(frameMs, show);
          next.opened();
        });
      },
      close() {
        cancel();
        events = null;
      },
    },
    hold(...texts) {
      inView = texts;
    },
    stall: () => cancel(),
    cut(why) {
      missing = why;
      if (events !== null) end(why);
    },
    mend() {
      missing = null;
    },
    get isOpen() {
      return events !== null;
    },
  };
}
