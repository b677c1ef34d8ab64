/**
 * The power lost at every step of keeping a step: what the disk holds after each operation on it, and what
 * the gate had said of it by then. One gate is started over each.
 */

/**
 * The power lost at every step of keeping a step: what the disk holds after each operation on it, and what
 * the gate had said of it by then. One gate is started over each.
 */
import fs, { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { ann, ben, cho, type DeskRig, startDesk } from '../kiosk/settings/desk-rig.js';

/** What the disk holds, and what the gate had said and done before the next operation. */
export interface PowerCut<Seen> {
  readonly folder: string;
  /** after which operation */
  readonly after: string;
  readonly seen: Seen;
}

/** Takes a way to be told of each operation; returns what ends the watching. */
function watchDisk(done: (operation: string) => void): () => void {
  const database = new Database(':memory:');
  const statements = Object.getPrototypeOf(database.prepare('select 1')) as {
    run: (...values: unknown[]) => unknown;
  };
  database.close();
  const { run } = statements;
  const { writeFileSync, renameSync } = fs;
  statements.run = function (this: { readonly source?: string }, ...values) {
    const result = run.apply(this, values);
    done(this.source ?? 'a statement');
    return result;
  };
  fs.writeFileSync = (path, text, options) => {
    writeFileSync(path, String(text).slice(0, String(text).length / 2), options);
    done('half a file written');
    writeFileSync(path, text, options);
    done('a file written');
  };
  fs.renameSync = (...values) => {
    renameSync(...values);
    done('a file renamed');
  };
  syncBuiltinESMExports();
  return () => {
    statements.run = run;
    Object.assign(fs, { writeFileSync, renameSync });
    syncBuiltinESMExports();
  };
}

/** Takes a gate, what is done with it and what is to be seen of it; returns what the disk held at every moment. */
async function cutsOf<Seen>(
  rig: DeskRig,
  work: () => Promise<void>,
  look: (rig: DeskRig) => Seen,
): Promise<readonly PowerCut<Seen>[]> {
  const cuts: PowerCut<Seen>[] = [];
  let last: { readonly folder: string; readonly after: string } | null = null;
  const complete = (): void => {
    if (last !== null) cuts.push({ ...last, seen: look(rig) });
    last = null;
  };
  const take = (after: string): void => {
    complete();
    const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-cut-'));
    cpSync(rig.folder, folder, { recursive: true });
    last = { folder, after };
  };
  const end = watchDisk(take);
  try {
    take('nothing');
    await work();
  } finally {
    complete();
    end();
  }
  return cuts;
}

/**
 * @param begun the gate before
 * @param work that keeps something
 * @param look what it has said and done by then
 * @param judge of a gate that has started again over what the disk held: null, or what is wrong
 * @param worse what else becomes of the disk before it starts
 * @returns the first that is wrong, or null
 */
export async function atEveryCut<Seen>(
  begun: DeskRig,
  work: () => Promise<void>,
  look: (rig: DeskRig) => Seen,
  judge: (again: DeskRig, seen: Seen) => Promise<string | null>,
  worse: (folder: string) => void = () => {},
): Promise<string | null> {
  const cuts = await cutsOf(begun, work, look);
  const operations = cuts.map(({ after }) => after);
  const isWatched = ['COMMIT', 'a file renamed'].every((it) => operations.includes(it));
  let found = isWatched ? null : `only ${operations.join(', ')} on the disk`;
  for (const { folder, after, seen } of cuts) {
    if (found === null) {
      worse(folder);
      const again = await startDesk([ann, ben, cho], { folder });
      try {
        const wrong = await judge(again, seen);
        if (wrong !== null) found = `after ${after}: ${wrong}`;
      } finally {
        again.close();
      }
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

/** Leaves nothing of the database in a state directory. */
export function loseDatabase(folder: string): void {
  for (const end of ['', '-wal', '-shm'])
    rmSync(join(folder, `settings.db${end}`), { force: true });
}
