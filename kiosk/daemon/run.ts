/** `gate-kiosk run`: one gate on the devices that its configuration names. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { type KioskFiles, loadKioskConfig, problemLines } from '../../config/load.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { linkTo } from '../../hardware/linux/link.js';
import { workerRelay } from '../../hardware/relay.js';
import { simulatedLines } from '../../hardware/simulated/lines.js';
import { simulatedRelayLines } from '../../hardware/simulated/relay-lines.js';
import { noRevocations } from '../credential/revocations.js';
import { parseTrustListBytes, type TrustList } from '../credential/trust.js';
import { openJournal } from '../journal/journal.js';
import { openLog } from '../log.js';
import { createGate } from '../main.js';
import { startScreen } from '../screen/server.js';
import { gateSettings } from '../settings/gate-settings.js';

/** Exit codes of the daemon; the supervisor reads them. */
export const exitCodes = {
  fine: 0,
  cannotStart: 1,
  wrongConfiguration: 2,
  /** EX_SOFTWARE of sysexits(3) */
  brokenLaw: 70,
} as const;

export interface RunOptions {
  readonly configPath: string;
  readonly logLevel: string;
  /** one line for the person who started it */
  tell(line: string): void;
}

/**
 * Runs until SIGINT or SIGTERM.
 * @returns the exit code; every problem of the configuration has been told with its place
 */
export async function runGate({ configPath, logLevel, tell }: RunOptions): Promise<number> {
  const loaded = loadKioskConfig(configPath);
  const problems = loaded.ok ? [] : [...loaded.problems];
  const trust = loaded.ok ? readTrust(loaded.files, tell) : null;
  for (const line of problemLines(problems)) tell(line);
  if (!loaded.ok || trust === null) return exitCodes.wrongConfiguration;
  return await runOn(loaded.config, loaded.files, trust, { logLevel, tell });
}

async function runOn(
  config: KioskConfig,
  files: KioskFiles,
  trust: TrustList,
  { logLevel, tell }: Pick<RunOptions, 'logLevel' | 'tell'>,
): Promise<number> {
  const log = openLog({ level: logLevel });
  const clock = systemClock({ markFile: config.clock.synchronizedMark });
  const scheduler = systemScheduler();
  const bootId = randomBytes(8).toString('hex');
  const opened = await openJournal({
    file: join(config.stateDirectory, 'journal.db'),
    bootId,
    at: new Date(clock.now().wallMs).toISOString(),
    newJournalId: randomBytes(16).toString('hex'),
    previous: null,
  });
  if (!opened.ok) {
    tell(`the journal cannot be opened: ${opened.why}: ${opened.detail}`);
    return exitCodes.cannotStart;
  }
  const { journal, restored } = opened;
  const screen = await startScreen({ port: config.screen.port, clock, scheduler }).catch(
    (error: Error) => error,
  );
  if (screen instanceof Error) {
    tell(screen.message);
    await journal.close();
    return exitCodes.cannotStart;
  }
  const lines = simulatedLines({ clock });
  const relay = workerRelay({ lines: simulatedRelayLines().description, clock });
  let end: (code: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const { scanner, thermometer } = config.devices;
  const gate = createGate(
    {
      clock,
      scheduler,
      devices: {
        scanner: { driver: scanner.driver, link: linkTo(scanner.link) },
        thermometer: { driver: thermometer.driver, link: linkTo(thermometer.link) },
        turnstile: { driver: 'contact', lines },
        panel: { driver: 'contacts', lines },
      },
      relay,
      journal,
      // Other gates are heard over MQTT only.
      known: { publish: () => {}, subscribe: () => () => {} },
      log,
    },
    {
      settings: gateSettings(config, files.policy),
      verifier: { trust, revocations: noRevocations, pepper: files.pepper },
      restored,
      version: packageVersion(),
      show: screen.publish,
      broken: () => end(exitCodes.brokenLaw),
    },
  );
  screen.publish(gate.view());
  tell(`${config.kiosk}: the person's screen is at http://127.0.0.1:${screen.port}/`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => end(exitCodes.fine));
  const code = await ended;
  gate.stop();
  await relay.close();
  await journal.close();
  await screen.close();
  return code;
}

function readTrust(files: KioskFiles, tell: (line: string) => void): TrustList | null {
  const parsed = parseTrustListBytes(Buffer.from(files.trustText, 'utf8'));
  if (parsed.ok) return parsed.trust;
  for (const { place, problem } of parsed.problems)
    tell(`${files.trustPath}: ${place === '' ? '' : `${place}: `}${problem}`);
  return null;
}

function packageVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
