/** On the board: a daemon's screen, followed by people who do not wait for ever. */
import type { PageView } from '../../kiosk/screen/words.js';
import type { Gate } from '../system/rig.js';
import { nowMs, pause } from './daemon-time.js';

export interface Screen {
  /** The next picture that fits, those before it passed over; null: it has not come by then. */
  until(fits: (view: PageView) => boolean, limitMs: number): Promise<PageView | null>;
}

/** Between two looks; the board has one processor for all. */
const lookMs = 10;

/** Nobody else may ask this gate for its views then. */
export function followScreen(gate: Gate): Screen {
  const views: PageView[] = [];
  const follow = async (): Promise<never> => {
    for (;;) views.push(await gate.view(() => true));
  };
  // It ends with the gate.
  follow().catch(() => {});
  return {
    async until(fits, limitMs) {
      const endMs = nowMs() + limitMs;
      for (;;) {
        const view = views.shift();
        if (view !== undefined && fits(view)) return view;
        if (view !== undefined) continue;
        if (nowMs() > endMs) return null;
        await pause(lookMs);
      }
    },
  };
}
