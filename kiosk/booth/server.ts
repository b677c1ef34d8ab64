/**
 * The booth's page on a listener of its own: the page, the newest view as server-sent events, and
 * what comes back: keys that stand for buttons, and details. Nothing of the public screen leads here.
 */
import { isLoopback, loopbackHost } from '../../config/kiosk-config.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { PanelButton } from '../../config/vocabulary.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import type { DetailProblem, DetailsInput } from '../evidence/details.js';
import { editionOf } from '../page-server/answers.js';
import { listen, type TlsFiles } from '../page-server/listen.js';
import { createStreams } from '../page-server/streams.js';
import { accessGuard } from './access.js';
import { trackHolds } from './holds.js';
import { boothRoutes, readBoothPage } from './routes.js';
import { openSessions } from './session.js';
import { boothTakers } from './takers.js';
import type { BoothView } from './view.js';

/** Pages at a time: the booth's, a second one, a technician's, and connections not yet found dead. */
export const boothClientsMax = 8;
/** Sockets at a time: the streams, and twice as many fetching the page or sending. */
const connectionsMax = 3 * boothClientsMax;
/** Of one address: its pages, and as many fetching or sending; so one computer alone shuts nobody out. */
const connectionsPerAddressMax = 2 * boothClientsMax;

export interface BoothOptions {
  /** 0 takes any free port */
  readonly port: number;
  /** IP address; default: loopback only */
  readonly host?: string | undefined;
  /** needed off loopback, as is the token */
  readonly tls?: TlsFiles | null;
  /** 32 bytes */
  readonly token?: Uint8Array | null;
  /** a page on another port may link to it: the simulated board's */
  readonly isLinked?: boolean;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** the time that the gate goes by, which the page counts by too; default: the clock's */
  gateWallMs?(): number;
  /** a key that stands for a button */
  onPress(button: PanelButton, event: 'pressed' | 'released' | 'long'): void;
  /** what the guard has entered, which is private; returns what is wrong with it */
  onDetails(details: DetailsInput): readonly DetailProblem[];
  readonly log?: (message: string) => void;
}

export interface Booth {
  /** Shows a view on every connected page; a view equal to the last one is not sent again. */
  publish(view: BoothView): void;
  readonly port: number;
  /** where a browser finds it */
  readonly address: string;
  /** Lets go of held keys, ends every stream and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts the booth's server. Rejects with `PageStartError` where it cannot listen, and with a
 * `RangeError` off loopback without TLS and a token: the configuration refuses that first.
 */
export async function startBooth(options: BoothOptions): Promise<Booth> {
  const { host = loopbackHost, tls = null, token = null, clock, scheduler, log } = options;
  if (!isLoopback(host) && (tls === null || token === null))
    throw new RangeError('off loopback the booth needs TLS and a token');
  const { onPress, onDetails } = options;
  let newest: BoothView | null = null;
  const sessions = openSessions({ token, isSecure: tls !== null, clock });
  const holds = trackHolds({ clock, scheduler, tell: onPress });
  const files = readBoothPage();
  const streams = createStreams<BoothView>({
    name: 'booth',
    edition: editionOf(files),
    clientsMax: boothClientsMax,
    clock,
    scheduler,
    log,
    beat: () => formatRfc3339(options.gateWallMs?.() ?? clock.now().wallMs),
    // Whose key it was is not known: what another page holds is pressed again, and nothing stays down.
    gone: holds.releaseAll,
  });
  const listener = await listen({
    port: options.port,
    host,
    name: 'booth',
    connectionsMax,
    connectionsPerAddressMax,
    tls,
    answer: boothRoutes({
      files,
      sessions,
      streams,
      takers: boothTakers({ holds, sessions, newest: () => newest, onDetails, log }),
      faultOf: accessGuard({
        host,
        certificate: tls?.certificate ?? null,
        isLinked: options.isLinked,
      }),
    }),
    failed: (message) => log?.(message),
  });
  streams.start();
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return {
    port: listener.port,
    address: `${tls === null ? 'http' : 'https'}://${shownHost}:${listener.port}/`,
    publish(view) {
      newest = view;
      streams.publish(view);
    },
    close() {
      holds.releaseAll();
      streams.stop();
      return listener.close();
    },
  };
}
