/**
 * `gate-kiosk enrol --request`: makes a board's keys before anybody has said what it is to be, and asks
 * the admin for the rest. What runs on this board goes on running.
 */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatKeyFile, parseKeyFile } from '../../config/crypto/key-file.js';
import type { Phrase } from '../../config/policy.js';
import { readSmallFile } from '../../config/read-file.js';
import type { BoardDisk, Owner } from './board-disk.js';
import { type BoardPaths, boardPaths, keyNames } from './board-paths.js';
import { certificateRequest } from './certificate-request.js';
import { formatRequest, readRequest } from './request-file.js';
import { enrolWords } from './words.js';

/** As `config/kiosk-config-schema.ts` has it. */
const idShape = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Keys that wait in `keys.requested`. */
export interface RequestedKeys {
  readonly device: PrivateKey;
  /** secret: PEM */
  readonly certificateKey: string;
  /** the text of the request's file */
  readonly requestText: string;
}

/**
 * Takes the paths; returns the keys that wait there, or null where there are none that belong together.
 * Never throws.
 */
export function requestedKeys({ keysRequested }: BoardPaths): RequestedKeys | null {
  const read = (name: string): Uint8Array | null => {
    const file = readSmallFile(`${keysRequested}/${name}`);
    return file.ok ? file.bytes : null;
  };
  const [device, key, request] = [
    read(keyNames.device),
    read(keyNames.certificateKey),
    read(keyNames.request),
  ];
  if (device === null || key === null || request === null) return null;
  const parsed = parseKeyFile(device);
  const said = readRequest(request);
  if (!parsed.ok || !said.ok || said.request.publicKey.text !== parsed.key.publicKey.text)
    return null;
  const certificateKey = Buffer.from(key).toString('latin1');
  if (!isKey(certificateKey)) return null;
  const requestText = Buffer.from(request).toString('utf8');
  return { device: parsed.key, certificateKey, requestText };
}

export interface RequestOptions {
  readonly disk: BoardDisk;
  readonly site: string;
  readonly kiosk: string;
  readonly stateDirectory: string;
  /** whose the files become */
  readonly owner: Owner;
  makeKey(): PrivateKey;
}

export type Requested =
  | { readonly ok: true; readonly text: string; readonly checkNumber: string }
  | { readonly ok: false; readonly why: Phrase; readonly details: readonly string[] };

/**
 * Takes who the board is to be and where; returns the text of the file for the admin, the same again where
 * its keys wait already. Never throws for a disk.
 */
export function requestEnrolment(options: RequestOptions): Requested {
  const refuse = (why: Phrase, details: readonly string[]): Requested => ({
    ok: false,
    why,
    details,
  });
  const { site, kiosk } = options;
  if (!idShape.test(site) || !idShape.test(kiosk))
    return refuse(enrolWords.badNames, [`${site}/${kiosk}`]);
  try {
    const { requestText: text } = makeKeys(options);
    const read = readRequest(Buffer.from(text, 'utf8'));
    return { ok: true, text, checkNumber: read.ok ? read.request.checkNumber : '' };
  } catch (error) {
    return refuse(enrolWords.diskFailed, [error instanceof Error ? error.message : '']);
  }
}

/** All of them or none. */
function makeKeys(options: RequestOptions): RequestedKeys {
  const { disk, owner, makeKey, site, kiosk } = options;
  const names = { site, kiosk };
  // Where kiosk.json is to be plays no part in it.
  const paths = boardPaths('', options.stateDirectory);
  const waiting = requestedKeys(paths);
  if (waiting !== null && isOf(waiting, names)) return waiting;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const certificateKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const device = makeKey();
  const request = certificateRequest(names.kiosk, privateKey);
  const requestText = formatRequest({ ...names, certificateRequest: request }, device);
  const staged = `${paths.keysRequested}.new`;
  disk.makeFolder(paths.stateDirectory, owner);
  disk.remove(staged);
  disk.makeFolder(staged, owner);
  disk.writeFile(`${staged}/${keyNames.device}`, formatKeyFile(device), 0o600, owner);
  disk.writeFile(`${staged}/${keyNames.certificateKey}`, certificateKey, 0o600, owner);
  disk.writeFile(`${staged}/${keyNames.request}`, requestText, 0o600, owner);
  // Of another request: its answer, if one is under way, is of no use any more.
  disk.remove(paths.keysRequested);
  disk.rename(staged, paths.keysRequested);
  return { device, certificateKey, requestText };
}

function isOf(
  { requestText }: RequestedKeys,
  names: { readonly site: string; readonly kiosk: string },
): boolean {
  const read = readRequest(Buffer.from(requestText, 'utf8'));
  return read.ok && read.request.site === names.site && read.request.kiosk === names.kiosk;
}

function isKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}
