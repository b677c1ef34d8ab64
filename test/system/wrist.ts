/** A hand that goes from the phone to the sensor. */
import type { ThermometerTwin } from '../../drivers/thermometer/twin.js';
import { skinOf } from '../../drivers/thermometer/twin.js';
import type { TwinTools } from '../../drivers/twins.js';
import type { Cancel } from '../../hardware/ports.js';

/**
 * The wrist comes this long after a scan. Where the gate was slower than that it asks for the wrist to
 * be taken away and held again, and people do.
 */
const reachMs = 300;
const heldMs = 1_500;
const healthyCentidegrees = 3_650;

export interface Wrist {
  /** What it holds is taken away; a healthy wrist comes, and comes again. */
  reach(): void;
  /** It stays away. */
  rest(): void;
}

/** Makes a hand that rests. */
export function wrist({
  clock,
  scheduler,
  twin,
}: TwinTools & { readonly twin: ThermometerTwin }): Wrist {
  let cancel: Cancel = () => {};
  const after = (ms: number, change: () => void): void => {
    cancel = scheduler.at(clock.now().monotonicMs + ms, change);
  };
  const reach = (): void => {
    cancel();
    twin.clear();
    after(reachMs, hold);
  };
  const hold = (): void => {
    twin.present(skinOf(healthyCentidegrees));
    after(heldMs, reach);
  };
  return {
    reach,
    rest() {
      cancel();
      twin.clear();
    },
  };
}
