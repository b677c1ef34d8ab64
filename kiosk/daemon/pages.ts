/** The two pages of a run, each on a listener of its own: the person's screen and the guard's booth. */
import type { Logger } from 'pino';
import type { KioskConfig } from '../../config/kiosk-config.js';
import type { Clock, Scheduler } from '../../hardware/ports.js';
import { type Booth, startBooth } from '../booth/server.js';
import type { Gate } from '../gate.js';
import { PageStartError } from '../page-server/listen.js';
import { type Health, type Screen, startScreen } from '../screen/server.js';
import type { Configuration } from './configuration.js';
import { screenLanguages } from './screen-languages.js';

export interface PagesOptions {
  readonly configuration: Pick<Configuration, 'config' | 'booth' | 'languages'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Logger;
  /** one line for the person who started it */
  tell(line: string): void;
  readonly health: Health;
  /** the pages are there before the gate: what is pressed until then is lost */
  gate(): Gate | null;
}

export interface Pages {
  readonly screen: Screen;
  readonly booth: Booth;
  /** a line for each: where a browser finds it */
  readonly addresses: readonly string[];
  /** The screen says everything in the languages of this configuration from now on. */
  speak(config: Pick<KioskConfig, 'screen'>): void;
  /** The booth first: nothing is pressed any more. */
  close(): Promise<void>;
}

/** Opens both; null where one cannot listen, which has been told. */
export async function openPages(options: PagesOptions): Promise<Pages | null> {
  const { configuration, clock, scheduler, log, tell, gate } = options;
  const { config, booth: files, languages } = configuration;
  const tools = { clock, scheduler, log: (message: string) => log.warn(message) };
  const { health } = options;
  const screen = await opened(
    startScreen({ port: config.screen.port, languages, health, ...tools }),
    tell,
  );
  if (screen === null) return null;
  const { port, host } = config.booth;
  const booth = await opened(
    startBooth({
      port,
      host,
      ...files,
      ...tools,
      gateWallMs: () => (gate()?.now() ?? clock.now()).wallMs,
      onPress: (button, event) => gate()?.press(button, event),
      onDetails: (details) => gate()?.details(details) ?? [],
    }),
    tell,
  );
  if (booth === null) {
    await screen.close();
    return null;
  }
  const { kiosk } = config;
  const languagesOf = screenLanguages(configuration);
  return {
    screen,
    booth,
    addresses: [
      `${kiosk}: the person's screen is at http://127.0.0.1:${screen.port}/`,
      `${kiosk}: the guard's page is at ${booth.address}`,
    ],
    speak(next) {
      const spoken = languagesOf(next);
      if (spoken !== null) return screen.speak(spoken);
      const { languages: missing } = next.screen;
      log.error({ languages: missing }, 'a language of the screen cannot be read: it is not set');
    },
    async close() {
      await booth.close();
      await screen.close();
    },
  };
}

async function opened<T>(starting: Promise<T>, tell: (line: string) => void): Promise<T | null> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof PageStartError)) throw error;
    tell(error.message);
    return null;
  }
}
