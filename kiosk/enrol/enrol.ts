/**
 * `gate-kiosk enrol`: makes a bare board the gate that an enrolment file says, or takes the place of a
 * dead one. Everything is checked before anything is written; the device key is made here and stays.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { Phrase } from '../../config/policy.js';
import { readSmallFile } from '../../config/read-file.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { BoardDisk, Owner } from './board-disk.js';
import { boardPaths } from './board-paths.js';
import { type BoardState, lookAtBoard } from './board-state.js';
import { type Enrolment, readEnrolment } from './enrolment.js';
import { keyFiles, ownKeys } from './key-files.js';
import { readPassphrase } from './passphrase.js';
import { clearLeftovers, putOnBoard } from './put-on-board.js';
import { isEnrolmentFile, openFile } from './sealed-file.js';
import { enrolWords, lostWords } from './words.js';

export interface EnrolOptions {
  readonly file: string;
  /** of `kiosk.json` */
  readonly configPath: string;
  /** what is on this board already may go */
  readonly replace: boolean;
  /** milliseconds since 1970, by the board's clock */
  readonly wallMs: number;
  readonly disk: BoardDisk;
  /** whose the files become */
  owner(stateDirectory: string): Owner;
  makeKey(): PrivateKey;
  /**
   * Asks the person; may be asked again after a slip.
   * @param before why it is asked again; null: for the first time
   * @returns what was typed; null: nobody types any more
   */
  passphrase(before: Phrase | null): Promise<string | null>;
}

export type Enrolled =
  | {
      readonly ok: true;
      readonly how: 'enrolled' | 'replaced' | 'already';
      readonly site: string;
      readonly kiosk: string;
      readonly publicKey: string;
      /** the admin has put it on the trust list before the board had anything of it */
      readonly isListed: boolean;
      /** what the person and the admin should know of it */
      readonly notes: readonly Phrase[];
    }
  | { readonly ok: false; readonly why: Phrase; readonly details: readonly string[] };

/** Slips that a person is forgiven in one run. */
const attemptsMax = 3;

/** Takes the options; returns what became of the board. Never throws for a file, a board or a disk. */
export async function enrolBoard(options: EnrolOptions): Promise<Enrolled> {
  const read = readSmallFile(options.file);
  if (!read.ok) return refused(enrolWords.unreadable, [`${options.file}: ${read.problem}`]);
  if (!isEnrolmentFile(read.bytes)) return refused(enrolWords.noEnrolmentFile, [options.file]);
  const content = await unlock(options, read.bytes);
  if (content === null) return refused(enrolWords.notUnlocked);
  const judged = readEnrolment(content, options.wallMs);
  if (!judged.ok) {
    const lines = judged.problems.map(({ place, problem }) => `${place}: ${problem}`);
    const now = formatRfc3339(options.wallMs);
    return refused(enrolWords[judged.why], judged.why === 'unsound' ? lines : [now]);
  }
  return placeEnrolment(options, judged.enrolment);
}

/** @returns what is inside, or null where nobody could say the passphrase */
async function unlock(options: EnrolOptions, bytes: Uint8Array): Promise<Uint8Array | null> {
  let before: Phrase | null = null;
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const typed = await options.passphrase(before);
    if (typed === null) return null;
    const passphrase = readPassphrase(typed);
    if (!passphrase.ok) {
      before = enrolWords[passphrase.why];
      continue;
    }
    const opened = openFile(bytes, passphrase.digits);
    if (opened.ok) return opened.content;
    before = enrolWords.wrongPassphrase;
  }
  return null;
}

/**
 * Takes where to and whether over what is there, and a judged enrolment; returns what became of the
 * board. Never throws for a board or a disk.
 */
export function placeEnrolment(
  options: Omit<EnrolOptions, 'file' | 'wallMs' | 'passphrase'>,
  enrolment: Enrolment,
): Enrolled {
  const { configPath, replace, disk } = options;
  const { config } = enrolment;
  const paths = boardPaths(configPath, config.stateDirectory);
  if (!existsSync(dirname(configPath)))
    return refused(enrolWords.notInstalled, [dirname(configPath)]);
  const board = lookAtBoard(paths);
  const isOurs = board.enrolmentId === enrolment.id && board.publicKey !== null;
  const foreign = foreignGate(board, enrolment);
  if (foreign !== null) return foreign;
  const isOccupied = !isOurs && (board.hasKeys || board.hasConfig || board.former !== null);
  if (isOccupied && !replace) return refused(enrolWords.occupied, lostLines(board));

  const configText = `${JSON.stringify(config, null, 2)}\n`;
  const isConfigKept = isOurs && board.hasConfig && !replace;
  const isConfigSame = board.hasConfig && readIfThere(configPath) === configText;
  const owner = options.owner(config.stateDirectory);
  const own = isOurs ? null : ownKeys(enrolment, paths, options.makeKey);
  if (!isOurs && own === null) return refused(enrolWords.noRequest, [paths.keysRequested]);
  const keys = own === null ? null : keyFiles(enrolment, own);
  const isAnswer = enrolment.device !== null;
  try {
    if (isOurs && (isConfigKept || isConfigSame)) clearLeftovers(disk, paths, isAnswer);
    else putOnBoard(disk, paths, board, { keys, config: configText, isAnswer }, owner);
  } catch (error) {
    return refused(enrolWords.diskFailed, [error instanceof Error ? error.message : '']);
  }
  const publicKey = own?.device.publicKey.text ?? board.publicKey ?? '';
  const { site, kiosk } = config;
  const how = isOccupied ? 'replaced' : keys === null && board.hasConfig ? 'already' : 'enrolled';
  const notes = [
    ...(isConfigKept && !isConfigSame ? [enrolWords.configKept] : []),
    ...(how === 'replaced' ? [enrolWords.wasReplaced] : []),
    ...(board.hasJournal ? [enrolWords.journalKept] : []),
  ];
  return { ok: true, how, site, kiosk, publicKey, isListed: isAnswer, notes };
}

/** A journal stays with its gate: under another name its records would be another gate's. */
function foreignGate(board: BoardState, { config }: Enrolment): Enrolled | null {
  const { former, hasJournal, journalOf } = board;
  const stateDirectory = former?.stateDirectory ?? config.stateDirectory;
  if (stateDirectory !== config.stateDirectory)
    return refused(enrolWords.otherStateDirectory, [
      `${stateDirectory} -> ${config.stateDirectory}`,
    ]);
  // A kiosk.json may be gone, and the journal it was for still be there.
  const names = former ?? journalOf;
  if (names === null) return null;
  const was = `${names.site ?? '?'}/${names.kiosk ?? '?'}`;
  const becomes = `${config.site}/${config.kiosk}`;
  if (!hasJournal || was === becomes) return null;
  return refused(enrolWords.foreignJournal, [`${was} -> ${becomes}`]);
}

/** What `--replace` would take away, in words and names that are no secret. */
function lostLines(board: BoardState): readonly string[] {
  const { former, publicKey, hasKeys, hasConfig, hasJournal } = board;
  return lostWords({
    gate: former === null ? null : `${former.site ?? '?'}/${former.kiosk ?? '?'}`,
    publicKey,
    hasKeys,
    hasConfig,
    hasJournal,
  });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function refused(why: Phrase, details: readonly string[] = []): Enrolled {
  return { ok: false, why, details };
}
