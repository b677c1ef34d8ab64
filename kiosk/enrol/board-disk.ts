/** The few things that an enrolment does to a board's files, each of them durable when it returns. */
import {
  chmodSync,
  chownSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Who a board's files belong to; null: whoever runs this. */
export type Owner = { readonly uid: number; readonly gid: number } | null;

/** Every call throws the file system's errors. A test counts them, and stops after any. */
export interface BoardDisk {
  /** A folder for the owner alone; one that is there stays as it is. */
  makeFolder(path: string, owner: Owner): void;
  /** A new file, synced. */
  writeFile(path: string, text: string, mode: number, owner: Owner): void;
  /** Into the same folder or beside it; what is there gives way, if it is a file or an empty folder. */
  rename(from: string, to: string): void;
  /** A file or a folder with all in it; nothing where there is none. */
  remove(path: string): void;
}

export const boardDisk: BoardDisk = {
  makeFolder(path, owner) {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    if (made === undefined) return;
    chmodSync(path, 0o700);
    if (owner !== null) chownSync(path, owner.uid, owner.gid);
    syncFolder(dirname(path));
  },
  writeFile(path, text, mode, owner) {
    const descriptor = openSync(path, 'wx', 0o600);
    try {
      const bytes = Buffer.from(text, 'utf8');
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      if (owner !== null) fchownSync(descriptor, owner.uid, owner.gid);
      // Not at its making: there the process's umask takes bits away.
      fchmodSync(descriptor, mode);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    syncFolder(dirname(path));
  },
  rename(from, to) {
    renameSync(from, to);
    syncFolder(dirname(to));
  },
  remove(path) {
    rmSync(path, { recursive: true, force: true });
    syncFolder(dirname(path));
  },
};

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
