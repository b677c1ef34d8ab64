/** A bare board for one test, and enrolments for it that need no broker and no openssl. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseKioskConfig } from '../../../config/kiosk-config-schema.js';
import { type BoardDisk, boardDisk } from '../../../kiosk/enrol/board-disk.js';
import type { Enrolment } from '../../../kiosk/enrol/enrolment.js';
import { requestEnrolment } from '../../../kiosk/enrol/request.js';
import { readRequest } from '../../../kiosk/enrol/request-file.js';

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
    device: null,
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

/** How a call of the disk is cut off: not done, half done, or done and nothing after it. */
export const cuts = ['before', 'halfway', 'after'] as const;

/** @returns a disk that is cut off after so many calls */
export function cutDisk(count: number, cut: (typeof cuts)[number]): BoardDisk {
  let calls = 0;
  const cutting = (act: () => void, half: () => void): void => {
    calls += 1;
    if (calls <= count) return act();
    if (cut === 'after') act();
    if (cut === 'halfway') half();
    throw new Error('the power is cut');
  };
  return {
    makeFolder: (path, owner) =>
      cutting(
        () => boardDisk.makeFolder(path, owner),
        () => {},
      ),
    writeFile: (path, text, mode, owner) =>
      cutting(
        () => boardDisk.writeFile(path, text, mode, owner),
        () => writeFileSync(path, text.slice(0, text.length / 2), { mode: 0o600 }),
      ),
    // The kernel's own is all or nothing.
    rename: (from, to) =>
      cutting(
        () => boardDisk.rename(from, to),
        () => {},
      ),
    remove: (path) =>
      cutting(
        () => boardDisk.remove(path),
        () => {
          const [first] = existsSync(path) ? [path].filter((it) => /keys/.test(it)) : [];
          const [entry] = first === undefined ? [] : readdirSync(first);
          if (entry !== undefined) rmSync(`${path}/${entry}`);
        },
      ),
  };
}

/** A board makes its keys and asks; returns its file, its check number and the public device key. */
export function ask(
  { stateDirectory }: BareBoard,
  kiosk = 'north-gate-in-1',
): { readonly text: string; readonly checkNumber: string; readonly publicKey: string } {
  const tools = { disk: boardDisk, owner: null, makeKey: generatePrivateKey };
  const requested = requestEnrolment({ site: 'main-campus', kiosk, stateDirectory, ...tools });
  if (!requested.ok) throw new Error(JSON.stringify(requested));
  const { text, checkNumber } = requested;
  const read = readRequest(Buffer.from(text));
  return { text, checkNumber, publicKey: read.ok ? read.request.publicKey.text : '' };
}
