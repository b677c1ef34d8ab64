/**
 * Puts an enrolment's files in their places so that a board whose power is cut at any moment has either
 * the old files whole, or the new ones whole, or no `kiosk.json` at all: then the gate does not start,
 * and the same command goes on from there.
 */
import type { BoardDisk, Owner } from './board-disk.js';
import type { BoardPaths } from './board-paths.js';
import type { BoardState } from './board-state.js';

export interface NewFiles {
  /** names and texts in the folder of keys; null: the enrolment's folder is in its place already */
  readonly keys: Readonly<Record<string, string>> | null;
  /** the text of `kiosk.json` */
  readonly config: string;
  /** the keys of a request have come to their place: they are not kept twice */
  readonly isAnswer: boolean;
}

const secretMode = 0o600;
/** No secret is in it, and the service's user reads it in a folder of root's. */
const configMode = 0o644;

/**
 * Takes the way to the disk, the paths, what is there and what is to be; returns when all of it is.
 * Throws the file system's errors, after which the same call with a new look at the board goes on.
 */
export function putOnBoard(
  disk: BoardDisk,
  paths: BoardPaths,
  { hasKeys, hasConfig }: Pick<BoardState, 'hasKeys' | 'hasConfig'>,
  { keys, config, isAnswer }: NewFiles,
  owner: Owner,
): void {
  disk.makeFolder(paths.stateDirectory, owner);
  if (keys !== null) {
    disk.remove(paths.keysStaged);
    disk.makeFolder(paths.keysStaged, owner);
    for (const [name, text] of Object.entries(keys))
      disk.writeFile(`${paths.keysStaged}/${name}`, text, secretMode, owner);
  }
  disk.remove(paths.configStaged);
  disk.writeFile(paths.configStaged, config, configMode, null);
  // From here on: without kiosk.json no gate starts with half of the one and half of the other.
  if (hasConfig) disk.rename(paths.config, paths.configReplaced);
  if (keys !== null) {
    if (hasKeys) {
      disk.remove(paths.keysReplaced);
      disk.rename(paths.keys, paths.keysReplaced);
    }
    disk.rename(paths.keysStaged, paths.keys);
  }
  // The enrolment is the root from now on: what was accepted on top of another one comes anew.
  for (const path of paths.accepted) disk.remove(path);
  disk.rename(paths.configStaged, paths.config);
  clearLeftovers(disk, paths, isAnswer);
}

/** Takes the same; removes old secrets and what an interruption has left. */
export function clearLeftovers(disk: BoardDisk, paths: BoardPaths, isAnswer: boolean): void {
  disk.remove(paths.keysReplaced);
  disk.remove(paths.keysStaged);
  disk.remove(paths.configStaged);
  if (isAnswer) disk.remove(paths.keysRequested);
}
