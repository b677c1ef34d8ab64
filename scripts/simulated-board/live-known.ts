/** What a gate of `npm start` hears of elsewhere: of the other gate over the broker, as gates do; and of an office. */
import type { KnownPort } from '../../kiosk/gate-ports.js';

/**
 * @param gates the other gates, as the daemon hears them
 * @param office tells who is in isolation, over no network
 * @returns both; what this gate tells goes to the gates
 */
export function withOffice(gates: KnownPort, office: Pick<KnownPort, 'subscribe'>): KnownPort {
  return {
    ...gates,
    subscribe(listener) {
      const cancels = [gates.subscribe(listener), office.subscribe(listener)];
      return () => {
        for (const cancel of cancels) cancel();
      };
    },
  };
}
