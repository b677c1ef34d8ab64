/**
 * Reads a gate's configuration with everything it points at, and lists every problem it can find
 * in one go: the file, the place, what to do. Reads files and does nothing else.
 */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Board, readBoard } from './board.js';
import { type BoothFiles, noBooth, readBoothFiles } from './booth-files.js';
import type { PrivateKey } from './crypto/ed25519-key.js';
import { isAbsolutePath, type KioskConfig } from './kiosk-config.js';
import { parseKioskConfig } from './kiosk-config-schema.js';
import type { Language } from './language.js';
import { readLanguages } from './language-files.js';
import { type MqttFiles, readDeviceKey, readMqttFiles } from './mqtt-files.js';
import type { Policy } from './policy.js';
import { loadPolicy } from './policy-schema.js';
import type { PlacedProblem, Problem } from './problems.js';
import { fileBytesMax, fileProblem, readSmallFile } from './read-file.js';
import {
  decodeSecret,
  groupOrOthersAnything,
  groupOrOthersWrite,
  secretProblem,
} from './secret.js';
import { parseStrictJsonBytes } from './strict-json.js';
import { decodeUtf8 } from './utf8.js';

export type LoadedKiosk =
  | { readonly ok: true; readonly config: KioskConfig; readonly files: KioskFiles }
  | {
      readonly ok: false;
      readonly problems: readonly Problem[];
      /** null where it cannot be found or read: `problems` says so */
      readonly trust: TrustFile | null;
    };

/** The trust list as it was read; its contents are for `kiosk/credential` to judge. */
export interface TrustFile {
  readonly trustPath: string;
  /** UTF-8 */
  readonly trustText: string;
}

/** What the configuration points at, read once. */
export interface KioskFiles extends TrustFile {
  /** secret: 32 bytes, never logged */
  readonly pepper: Uint8Array;
  readonly policyPath: string;
  readonly policy: Policy;
  readonly booth: BoothFiles;
  /** the gate's lines; null where they are simulated without a map */
  readonly board: Board | null;
  /** null where the gate does not report */
  readonly mqtt: MqttFiles | null;
  /** secret: signs the journal; null where there is none, and then nobody signs it */
  readonly deviceKey: PrivateKey | null;
  /** of the person's screen, in their order */
  readonly languages: readonly Language[];
}

/** The policy of notice No. 8 as shipped. */
export const shippedPolicyPath = fileURLToPath(new URL('./policy/notice-8.json', import.meta.url));

/** Where a state directory keeps the trust list and the pepper. */
export function keyPaths(stateDirectory: string): { trust: string; pepper: string } {
  return {
    trust: join(stateDirectory, 'keys', 'trust.json'),
    pepper: join(stateDirectory, 'keys', 'pepper'),
  };
}

/**
 * Loads `kiosk.json` at `path`, the policy it names (the shipped one by default) and the files
 * under `<stateDirectory>/keys/`. Never throws; a refused file does not hide the problems of
 * the others, as far as it still tells where they are; for the same reason the trust list is
 * handed out even then.
 */
export function loadKioskConfig(path: string): LoadedKiosk {
  const read = readJson(path);
  if (!read.ok) return { ok: false, problems: read.problems, trust: null };
  const parsed = parseKioskConfig(read.value);
  const problems: Problem[] = parsed.ok ? [] : [...inFile(path, parsed.problems)];

  const policyPath = pathAt(read.value, 'policy') ?? shippedPolicyPath;
  const policy = collect(problems, readPolicyFile(policyPath));
  const stateDirectory = pathAt(read.value, 'stateDirectory');
  if (stateDirectory === null) return { ok: false, problems, trust: null };
  const paths = keyPaths(stateDirectory);
  problems.push(...folderProblems(dirname(paths.trust)));
  const trustText = collect(problems, readTrust(paths.trust));
  const pepper = collect(problems, readPepper(paths.pepper));

  const booth = readBoothFiles(parsed.ok ? parsed.config.booth : noBooth);
  problems.push(...booth.problems);
  const languages = readLanguages(parsed.ok ? parsed.config.screen.languages : []);
  problems.push(...languages.problems);

  const board = parsed.ok ? readBoard(parsed.config, path) : { board: null, problems: [] };
  problems.push(...board.problems);

  const mqtt =
    parsed.ok && parsed.config.mqtt !== undefined
      ? readMqttFiles(parsed.config.mqtt, stateDirectory)
      : { files: null, problems: [] };
  problems.push(...mqtt.problems);
  const device =
    parsed.ok && parsed.config.mqtt === undefined
      ? readDeviceKey(stateDirectory)
      : { key: mqtt.files?.deviceKey ?? null, problems: [] };
  problems.push(...device.problems);

  const trust = trustText === null ? null : { trustPath: paths.trust, trustText };
  if (!parsed.ok || policy === null || trust === null || pepper === null || problems.length > 0)
    return { ok: false, problems, trust };
  const files = {
    ...trust,
    pepper,
    policyPath,
    policy,
    booth: booth.files,
    board: board.board,
    mqtt: mqtt.files,
    deviceKey: device.key,
    languages: languages.languages,
  };
  return { ok: true, config: parsed.config, files };
}

/** One line for each problem: `file: place: problem`. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  return problems.map(({ file, place, problem }) =>
    [file, place, problem].filter((part) => part !== '').join(': '),
  );
}

type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

function collect<T>(problems: Problem[], outcome: Outcome<T>): T | null {
  if (outcome.ok) return outcome.value;
  problems.push(...outcome.problems);
  return null;
}

function whole<T>(file: string, problem: string): Outcome<T> {
  return { ok: false, problems: [{ file, place: '', problem }] };
}

function readJson(file: string): Outcome<unknown> {
  const read = readSmallFile(file);
  if (!read.ok) return whole(file, read.problem);
  const json = parseStrictJsonBytes(read.bytes, fileBytesMax);
  return json.ok ? json : { ok: false, problems: inFile(file, json.problems) };
}

function inFile(file: string, problems: readonly PlacedProblem[]): readonly Problem[] {
  return problems.map((problem) => ({ file, ...problem }));
}

/** A path that stands in a value which may be refused otherwise; null where there is none. */
function pathAt(value: unknown, key: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const member: unknown = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  return typeof member === 'string' && isAbsolutePath(member) ? member : null;
}

/** Takes a policy's file; returns the policy, or every problem with its place. Never throws. */
export function readPolicyFile(file: string): Outcome<Policy> {
  const read = readJson(file);
  if (!read.ok) return read;
  const loaded = loadPolicy(read.value);
  if (loaded.ok) return { ok: true, value: loaded.policy };
  return { ok: false, problems: inFile(file, loaded.problems) };
}

/** Whoever may write the folder may replace the keys in it. */
function folderProblems(folder: string): readonly Problem[] {
  try {
    const { mode } = statSync(folder);
    if ((mode & groupOrOthersWrite) === 0) return [];
    return [{ file: folder, place: '', problem: `others may write it: run chmod 700 '${folder}'` }];
  } catch (error) {
    // A missing folder shows in the files that are missing in it.
    const problem = fileProblem(error);
    return problem === 'does not exist' ? [] : [{ file: folder, place: '', problem }];
  }
}

function readTrust(file: string): Outcome<string> {
  const read = readSmallFile(file);
  if (!read.ok)
    return whole(
      file,
      `the trust list ${read.problem}: put the site's there (gatectl keys trust makes one)`,
    );
  if ((read.mode & groupOrOthersWrite) !== 0)
    return whole(file, `others may write it: run chmod 600 '${file}'`);
  const text = decodeUtf8(read.bytes);
  if (text === null) return whole(file, 'is not UTF-8: save it as UTF-8');
  if (text.trim() === '') return whole(file, "is empty: put the site's list there");
  return { ok: true, value: text };
}

function readPepper(file: string): Outcome<Uint8Array> {
  const read = readSmallFile(file);
  if (!read.ok)
    return whole(
      file,
      `the pepper ${read.problem}: put the site's there (gatectl keys pepper makes one)`,
    );
  if ((read.mode & groupOrOthersAnything) !== 0)
    return whole(file, `others than its owner may use it: run chmod 600 '${file}'`);
  const pepper = decodeSecret(read.bytes);
  return pepper === null ? whole(file, secretProblem) : { ok: true, value: pepper };
}
