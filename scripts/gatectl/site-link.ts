/**
 * A look at a site through its broker, for as long as a command runs: what stands there, then what comes;
 * and publishing, again after every loss of the connection, until the broker has taken it.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { monotonicNowMs, systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import {
  type BrokerLink,
  connectBroker,
  type InMessage,
  type OutMessage,
  type PublishResult,
} from '../../kiosk/report/broker-link.js';
import { type BrokerAccess, downWords, unreachedWords } from './broker-options.js';

/** A broker that has not let us in by then does not know us, or is not there. */
const connectMs = 20_000;
/** An ACL may keep from us what shows the end: then what has come by then is all. */
const settleMs = 5_000;
/** A broker that ends the connection at a message so many times does not want it. */
const triesMax = 5;
const keepAliveSeconds = 30;
/** What a site's gates keep at the broker comes in one flood. */
const burst = 512;

export interface SiteLinkOptions {
  readonly broker: BrokerAccess;
  readonly site: string;
  readonly filters: readonly string[];
  /** left out where the broker refuses them */
  readonly wishes?: readonly string[];
  message(message: InMessage): void;
  /** The connection is lost: it will be tried again. */
  down?(why: string): void;
}

export interface SiteLink {
  /** QoS 1; waits for a connection where there is none. @returns taken, refused, or lost again and again */
  publish(message: OutMessage): Promise<PublishResult>;
  /** @returns true: all that stood at the broker has come; false: nobody can say, but time enough has gone by */
  settled(): Promise<boolean>;
  /** @returns whether `done` came true, asked after every message, before so many milliseconds were over */
  until(done: () => boolean, waitMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Said where `settled` answers no: what was heard so far may not be all. */
export const unsettledWords =
  'the broker has not said that this is all: gates may be missing here; its ACL must let this ' +
  'certificate write and read _all/settled (config/broker/acl, an admin’s block)';

/** Said where nothing was heard of a site: a name that was mistyped is heard nowhere. */
export function unheardWords(site: string): string {
  return `no gate of site ${site} is heard at this broker: is the name right?`;
}

export type SiteLinkResult =
  | { readonly ok: true; readonly link: SiteLink }
  | { readonly ok: false; readonly why: string };

/** Connects. @returns the link once the broker has let us in, or why it does not */
export async function openSiteLink(options: SiteLinkOptions): Promise<SiteLinkResult> {
  const whole = await open(options, [...options.filters, ...(options.wishes ?? [])]);
  const isRefused = !whole.ok && whole.why.startsWith('cannot subscribe');
  return isRefused && options.wishes !== undefined ? await open(options, options.filters) : whole;
}

function open(
  { broker, site, message, down }: SiteLinkOptions,
  filters: readonly string[],
): Promise<SiteLinkResult> {
  const scheduler = systemScheduler();
  const later = (ms: number, task: () => void) => scheduler.at(monotonicNowMs() + ms, task);
  const end = `gk/1/${site}/_all/settled/${randomBytes(8).toString('hex')}`;
  const unsent = new Set<() => void>();
  const waiting = new Set<() => void>();
  let ends = 0;

  return new Promise((resolve) => {
    let isOpen = false;
    const give = (result: SiteLinkResult): void => {
      isOpen = true;
      cancel();
      resolve(result);
    };
    const cancel = later(connectMs, () => {
      void link.close();
      give({ ok: false, why: `the broker does not answer; --broker is ${broker.url}` });
    });
    const link: BrokerLink = connectBroker(
      {
        ...broker,
        ...{ clientId: `gatectl-${randomBytes(6).toString('hex')}`, keepAliveSeconds, burst },
        ...{ sessionSeconds: 0, filters: [...filters, end] },
      },
      { clock: systemClock(), scheduler, chance: () => randomInt(2 ** 32) / 2 ** 32 },
      {
        up() {
          if (!isOpen) give({ ok: true, link: siteLink });
          for (const send of [...unsent]) send();
        },
        down(reason) {
          const why = downWords(reason, broker.protocol);
          // A command has somebody waiting: who is not let in at once is told so.
          if (isOpen) return down?.(why);
          void link.close();
          give({ ok: false, why: unreachedWords(why, broker.url) });
        },
        message(received, taken) {
          if (received.topic === end) ends += 1;
          else message(received);
          taken();
          for (const look of [...waiting]) look();
        },
      },
    );

    const siteLink: SiteLink = {
      publish: (out) =>
        new Promise((done) => {
          let tries = 0;
          const send = (): void => {
            unsent.delete(send);
            tries += 1;
            link.publish(out, (result) => {
              if (result.ok || result.why === 'refused' || tries === triesMax) return done(result);
              unsent.add(send);
            });
          };
          send();
        }),
      async settled() {
        const before = ends;
        const sent = siteLink.publish({ topic: end, payload: '', retain: false });
        const isHeard = await siteLink.until(() => ends > before, settleMs);
        void sent;
        return isHeard;
      },
      until: (isDone, waitMs) =>
        new Promise((done) => {
          const finish = (is: boolean): void => {
            waiting.delete(look);
            cancelWait();
            done(is);
          };
          const look = (): void => {
            if (isDone()) finish(true);
          };
          const cancelWait = later(waitMs, () => finish(isDone()));
          waiting.add(look);
          look();
        }),
      close: () => link.close(),
    };
  });
}
