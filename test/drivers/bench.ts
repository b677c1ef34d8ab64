/** A virtual-time bench for one driver: its readings, the clock, and the tools every driver takes. */
import type { Reading } from '../../drivers/reading.js';
import { type VirtualClock, virtualClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { simulatedWire, type WireFaults } from '../../hardware/simulated/wire.js';

export interface Bench {
  readonly clock: VirtualClock;
  readonly tools: {
    readonly clock: VirtualClock;
    readonly scheduler: VirtualClock;
    readonly emit: (reading: Reading) => void;
  };
  readonly readings: Reading[];
  /** The readings of one type so far. */
  of<Type extends Reading['type']>(type: Type): Extract<Reading, { type: Type }>[];
  /** `status why` of each device reading so far. */
  states(): string[];
}

export function bench(): Bench {
  const clock = virtualClock();
  const readings: Reading[] = [];
  const of = <Type extends Reading['type']>(type: Type): Extract<Reading, { type: Type }>[] =>
    readings.filter(
      (reading): reading is Extract<Reading, { type: Type }> => reading.type === type,
    );
  return {
    clock,
    tools: { clock, scheduler: clock, emit: (reading) => void readings.push(reading) },
    readings,
    of,
    states: () => of('device').map(({ status, why }) => `${status} ${why}`.trim()),
  };
}

/** A wire on the bench's clock, faults and all reproducible from `seed`. */
export function benchWire({ clock }: Bench, seed = 1, faults: Partial<WireFaults> = {}) {
  return simulatedWire({
    clock,
    scheduler: clock,
    random: random(seed),
    baudRate: 115_200,
    faults,
  });
}
