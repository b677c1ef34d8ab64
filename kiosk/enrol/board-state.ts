/** What an enrolment finds on a board before it writes anything. Reads files and does nothing else. */
import { existsSync, readdirSync } from 'node:fs';
import { parseKeyFile } from '../../config/crypto/key-file.js';
import { fileBytesMax, readSmallFile } from '../../config/read-file.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { namesOf } from '../history/marks.js';
import { openDatabaseSource } from '../journal/database-source.js';
import { type BoardPaths, keyNames } from './board-paths.js';

/** What a board was before. */
export interface Former {
  readonly site: string | null;
  readonly kiosk: string | null;
  readonly stateDirectory: string | null;
}

export interface BoardState {
  /** of the folder of keys; null: it is of none, or not there */
  readonly enrolmentId: string | null;
  /** the folder of keys is there and something is in it */
  readonly hasKeys: boolean;
  readonly hasConfig: boolean;
  readonly hasJournal: boolean;
  /** the public half of the device key that is in its place */
  readonly publicKey: string | null;
  /** of `kiosk.json`, or of what an interrupted enrolment has laid aside; null: of neither */
  readonly former: Former | null;
  /** whose journal is here, by its own checkpoints, where `former` does not say; null: nobody knows */
  readonly journalOf: Pick<Former, 'site' | 'kiosk'> | null;
}

/** Takes the paths; returns what is there. What cannot be read counts as there, and as unknown. */
export function lookAtBoard(paths: BoardPaths): BoardState {
  const device = readSmallFile(`${paths.keys}/${keyNames.device}`);
  const key = device.ok ? parseKeyFile(device.bytes) : null;
  const former = formerOf(paths.config) ?? formerOf(paths.configReplaced);
  return {
    enrolmentId: textOf(readJson(`${paths.keys}/${keyNames.enrolment}`), 'id'),
    hasKeys: hasEntries(paths.keys),
    hasConfig: existsSync(paths.config),
    hasJournal: existsSync(paths.journal),
    publicKey: key?.ok ? key.key.publicKey.text : null,
    former,
    journalOf: former === null ? ownerOfJournal(paths.journal) : null,
  };
}

function ownerOfJournal(file: string): BoardState['journalOf'] {
  const opened = existsSync(file) ? openDatabaseSource(file) : null;
  if (opened?.ok !== true) return null;
  const names = namesOf(opened.source);
  opened.source.close();
  return names.kiosk === null ? null : names;
}

function formerOf(file: string): Former | null {
  const value = readJson(file);
  if (value === null) return null;
  return {
    site: textOf(value, 'site'),
    kiosk: textOf(value, 'kiosk'),
    stateDirectory: textOf(value, 'stateDirectory'),
  };
}

function hasEntries(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return existsSync(folder);
  }
}

function readJson(file: string): object | null {
  const read = readSmallFile(file);
  const json = read.ok ? parseStrictJsonBytes(read.bytes, fileBytesMax) : null;
  return json?.ok && typeof json.value === 'object' ? json.value : null;
}

function textOf(value: object | null, member: string): string | null {
  const found: unknown =
    value !== null && Object.hasOwn(value, member) ? Reflect.get(value, member) : null;
  return typeof found === 'string' ? found : null;
}
