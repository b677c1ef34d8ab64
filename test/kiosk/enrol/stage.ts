/** A bare board for one test, and enrolments for it that need no broker and no openssl. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseKioskConfig } from '../../../config/kiosk-config-schema.js';
import type { Enrolment } from '../../../kiosk/enrol/enrolment.js';

export const issuedMs = Date.parse('2020-02-10T08:00:00Z');
export const expiresMs = issuedMs + 7 * 86_400_000;

const example: Record<string, unknown> = JSON.parse(
  readFileSync('config/kiosk.example.json', 'utf8'),
);

export interface BareBoard {
  readonly folder: string;
  readonly stateDirectory: string;
  readonly keys: string;
  readonly configPath: string;
}

/** Makes a board as `install.sh` leaves it: folders and nothing in them. */
export function bareBoard(): BareBoard {
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-board-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const stateDirectory = join(folder, 'state');
  const keys = join(stateDirectory, 'keys');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, 'etc'));
  return { folder, stateDirectory, keys, configPath: join(folder, 'etc', 'kiosk.json') };
}

/** @returns an enrolment for the board, with these members of its configuration replaced */
export function enrolmentFor(
  { stateDirectory }: Pick<BareBoard, 'stateDirectory'>,
  id: string,
  change: Readonly<Record<string, unknown>> = {},
): Enrolment {
  const parsed = parseKioskConfig({ ...example, stateDirectory, ...change });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const issuer = { name: 'office', publicKey: generatePrivateKey().publicKey.text, kinds: [4] };
  return {
    id: id.repeat(32),
    issuedMs,
    expiresMs,
    config: parsed.config,
    trustText: JSON.stringify({ issuers: [issuer] }),
    pepper: new Uint8Array(32).fill(Number.parseInt(id, 16)),
    broker: null,
  };
}

/** Every file below a folder with its text and mode, by its path in it. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    const { mode } = statSync(path);
    if (statSync(path).isDirectory())
      for (const [below, text] of filesBelow(path)) found.set(join(name, below), text);
    else found.set(name, `${(mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`);
  }
  return found;
}
