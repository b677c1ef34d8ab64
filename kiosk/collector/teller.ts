/**
 * Tells of what happened, but of one gate no more than a person can read: the rest is counted and told
 * as a sum. What is stored is none of its business.
 */
import type { Cancel, Clock, Scheduler } from '../../hardware/ports.js';
import type { CollectorEvent } from './events.js';

export const tellLimits = {
  /** of one gate within a window */
  toldMax: 5,
  windowMs: 10_000,
} as const;

export interface Teller {
  tell(event: CollectorEvent): void;
  /** Tells what has not been told yet. */
  stop(): void;
}

interface Told {
  told: number;
  left: number;
}

/**
 * @param observe gets what is told; a batch without a fault always, for whoever counts records
 * @param tools clock and scheduler
 * @returns the teller
 */
export function startTeller(
  observe: (event: CollectorEvent) => void,
  { clock, scheduler }: { readonly clock: Pick<Clock, 'now'>; readonly scheduler: Scheduler },
): Teller {
  const gates = new Map<string, Told>();
  let cancel: Cancel | null = null;

  const end = (): void => {
    cancel?.();
    cancel = null;
    const all = [...gates];
    gates.clear();
    for (const [kiosk, { left }] of all)
      if (left > 0) observe({ is: 'untold', kiosk, count: left });
  };
  /** Whether that many more lines of this gate are told; counts them. */
  const mayTell = (kiosk: string, count: number): boolean => {
    cancel ??= scheduler.at(clock.now().monotonicMs + tellLimits.windowMs, end);
    const it = gates.get(kiosk) ?? { told: 0, left: 0 };
    gates.set(kiosk, it);
    const isTold = it.told + count <= tellLimits.toldMax;
    if (isTold) it.told += count;
    else it.left += count;
    return isTold;
  };

  return {
    tell(event) {
      if (event.is === 'batch' || event.is === 'checkpoint') {
        const { faults, kiosk } = event;
        if (faults.length === 0 || mayTell(kiosk, faults.length)) return observe(event);
        return event.is === 'batch' ? observe({ ...event, faults: [] }) : undefined;
      }
      const isOfGate = event.is === 'gate' || event.is === 'refused' || event.is === 'defect';
      const isRepeated = isOfGate || event.is === 'publish-refused';
      const kiosk = isOfGate ? (event.kiosk ?? '') : '';
      if (!isRepeated || mayTell(kiosk, 1)) observe(event);
    },
    stop: end,
  };
}
