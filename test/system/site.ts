/** A site made up for one test: keys, papers, the files of a kiosk, and its journal read from outside. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock } from '../../hardware/linux/clock.js';
import { openCampus, type Papers } from '../../scripts/simulated-board/papers.js';

/** Any record of the journal; fields by their names in RECORDS.md. */
export type JournalRecord = Readonly<Record<string, unknown>> & { readonly type: string };

export interface Site {
  readonly folder: string;
  readonly configPath: string;
  readonly stateDirectory: string;
  readonly trustPath: string;
  readonly pepperPath: string;
  readonly journalPath: string;
  readonly papers: Papers;
  /** Writes kiosk.json: a sound one, with these members replaced. */
  configure(change?: Readonly<Record<string, unknown>>): void;
  /** The journal's records, oldest first; only while no gate has it open. */
  records(): readonly JournalRecord[];
  remove(): void;
}

export interface SiteOptions {
  readonly direction?: 'in' | 'out';
  readonly scannerPath?: string;
  readonly thermometerPath?: string;
}

/** Makes a site with a clock that is taken as synchronized. */
export function makeSite(options: SiteOptions = {}): Site {
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-site-'));
  const stateDirectory = join(folder, 'state');
  const configPath = join(folder, 'kiosk.json');
  const mark = join(folder, 'synchronized');
  const trustPath = join(stateDirectory, 'keys', 'trust.json');
  const pepperPath = join(stateDirectory, 'keys', 'pepper');
  const journalPath = join(stateDirectory, 'journal.db');
  mkdirSync(join(stateDirectory, 'keys'), { recursive: true, mode: 0o700 });
  writeFileSync(mark, '');

  const { papers, verifier } = openCampus(systemClock({ markFile: mark }), 480);
  const issuers = [...verifier.trust.issuers.values()].map(({ name, key, kinds }) => ({
    name,
    publicKey: key.text,
    kinds: [...kinds],
  }));
  writeFileSync(trustPath, JSON.stringify({ issuers }), { mode: 0o600 });
  const pepper = Buffer.from(verifier.peppers[0]).toString('base64url');
  writeFileSync(pepperPath, `${pepper}\n`, { mode: 0o600 });

  const site: Site = {
    folder,
    configPath,
    stateDirectory,
    trustPath,
    pepperPath,
    journalPath,
    papers,
    configure(change = {}) {
      const path = (name: string): string => join(folder, `no-${name}`);
      const config = {
        site: 'test-campus',
        kiosk: 'gate-1',
        timeZone: '+08:00',
        zone: { name: 'north-gate', kind: 'campus-gate' },
        direction: options.direction ?? 'in',
        groups: [],
        devices: {
          scanner: {
            driver: 'line',
            link: { path: options.scannerPath ?? path('scanner'), baudRate: 115_200 },
          },
          thermometer: {
            driver: 'gy-614v3',
            link: { path: options.thermometerPath ?? path('thermometer'), baudRate: 9_600 },
          },
          turnstile: { pulseMs: 1_000, passageSensor: true },
          panel: {},
        },
        gpio: { backend: 'simulated' },
        clock: { synchronizedMark: mark },
        screen: { port: 0 },
        booth: { port: 0 },
        stateDirectory,
      };
      writeFileSync(configPath, JSON.stringify({ ...config, ...change }));
    },
    records() {
      const database = new Database(journalPath, { readonly: true, fileMustExist: true });
      try {
        return database
          .prepare<[], { readonly bytes: Uint8Array }>('SELECT bytes FROM records ORDER BY seq')
          .all()
          .map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as JournalRecord);
      } finally {
        database.close();
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  site.configure();
  return site;
}
