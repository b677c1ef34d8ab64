/** One client of a broker that tries what it may and what it may not, and remembers what it got. */
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { type BrokerLink, connectBroker, type OutMessage } from '../../kiosk/report/broker-link.js';
import type { BrokerAccess } from './broker-options.js';

/** A broker that has not let somebody in by then does not. */
const connectMs = 20_000;
const keepAliveSeconds = 30;
const burst = 512;
/** A canary is some fifty bytes, and there are some hundred: a broker may send anything else, and without end. */
const heardLimits = { bytesMax: 256, countMax: 4_096 } as const;

export interface CanaryClient {
  /** payloads that came, as text */
  readonly heard: ReadonlySet<string>;
  /** @returns what the broker says, which proves nothing: `taken`, `refused`, or it ends the connection */
  publish(message: OutMessage): Promise<'taken' | 'refused' | 'cut'>;
  /** @returns whether a payload has come, before so many milliseconds were over */
  until(payload: string, waitMs: number): Promise<boolean>;
  /** Is gone, as a cable that is pulled: the broker publishes the will. */
  vanish(): void;
  close(): Promise<void>;
}

export type CanaryClientResult =
  | { readonly ok: true; readonly client: CanaryClient }
  | { readonly ok: false; readonly why: string };

/**
 * @param broker how it is reached under that name
 * @param name the certificate's
 * @param filterLists tried one after the other, until the broker does not refuse one: the widest first
 * @param will of the client, or null
 * @param mark that stands in every payload of this trial: what is without it is not kept
 * @returns the client once the broker has let it in
 */
export async function canaryClient(
  broker: BrokerAccess,
  name: string,
  filterLists: readonly (readonly string[])[],
  will: OutMessage | null,
  mark: string,
): Promise<CanaryClientResult> {
  let why = 'the broker does not answer';
  for (const filters of filterLists) {
    const opened = await open(broker, name, filters, will, mark);
    if (opened.ok) return opened;
    why = opened.why;
    if (!why.startsWith('cannot subscribe')) break;
  }
  return { ok: false, why };
}

function open(
  broker: BrokerAccess,
  clientId: string,
  filters: readonly string[],
  will: OutMessage | null,
  mark: string,
): Promise<CanaryClientResult> {
  const scheduler = systemScheduler();
  const later = (ms: number, task: () => void) => scheduler.at(monotonicNowMs() + ms, task);
  const heard = new Set<string>();
  const waiting = new Set<() => void>();
  let isUp = false;
  const wake = (): void => {
    for (const look of [...waiting]) look();
  };
  const wait = (isDone: () => boolean, waitMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const finish = (is: boolean): void => {
        waiting.delete(look);
        cancel();
        resolve(is);
      };
      const look = (): void => {
        if (isDone()) finish(true);
      };
      const cancel = later(waitMs, () => finish(isDone()));
      waiting.add(look);
      look();
    });

  return new Promise((resolve) => {
    const link: BrokerLink = connectBroker(
      {
        ...{ ...broker, clientId, filters, keepAliveSeconds, burst, sessionSeconds: 0 },
        ...(will === null ? {} : { will: () => will }),
      },
      { clock: systemClock(), scheduler, chance: () => 0 },
      {
        up() {
          isUp = true;
          resolve({ ok: true, client });
          wake();
        },
        down(why) {
          const hasCome = isUp;
          isUp = false;
          if (hasCome) return;
          // One who was in before comes back; one who was never let in does not try again.
          resolve({ ok: false, why });
          void link.close();
        },
        message({ payload }, taken) {
          const text = payload.length > heardLimits.bytesMax ? '' : Buffer.from(payload).toString();
          if (text.includes(mark) && heard.size < heardLimits.countMax) heard.add(text);
          taken();
          wake();
        },
      },
    );
    const client: CanaryClient = {
      heard,
      async publish(message) {
        // Some brokers end the connection of whoever tries what it may not.
        if (!(await wait(() => isUp, connectMs))) return 'cut';
        return await new Promise((done) => {
          link.publish(message, (result) => {
            done(result.ok ? 'taken' : result.why === 'refused' ? 'refused' : 'cut');
          });
        });
      },
      until: (payload, waitMs) => wait(() => heard.has(payload), waitMs),
      vanish: () => link.drop('the cable is pulled'),
      close: () => link.close(),
    };
  });
}
