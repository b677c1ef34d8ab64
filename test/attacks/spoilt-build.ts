/**
 * A build with a check removed: the compiled files once more, one of them changed. They lie in another
 * folder, so that whatever is imported from there is another module than the honest one.
 */
import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Edit } from './attack.js';

const dist = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const root = dirname(dist);
/** What attacks are made of, and what they are made against. */
const folders = ['config', 'hardware', 'drivers', 'kiosk', 'scripts', 'test/attacks', 'test/kiosk'];
const files = ['admin-steps.js', 'vectors/raw.js', 'drivers/wire-fuzz.js'].map(
  (name) => `test/${name}`,
);
const wanted = /(?<!\.test)\.(js|json)$/;

export interface SpoiltBuild {
  /** @returns what a file below `dist/` exports in this build */
  load(file: string): Promise<unknown>;
  remove(): void;
}

/**
 * @param edits that take a check away
 * @returns the build
 * @throws where what is to be changed does not stand exactly once in its file
 */
export function spoiltBuild(edits: readonly Edit[]): SpoiltBuild {
  const under = join(root, '.cache', 'attacks');
  mkdirSync(under, { recursive: true });
  const folder = mkdtempSync(join(under, 'build-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    for (const file of builtFiles()) place(file, folder);
    for (const edit of edits) spoil(folder, edit);
  } catch (error) {
    remove();
    throw error;
  }
  return { load: (file) => import(pathToFileURL(join(folder, file)).href), remove };
}

let built: readonly string[] | null = null;

function builtFiles(): readonly string[] {
  built ??= [
    ...folders.flatMap((folder) =>
      readdirSync(join(dist, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && wanted.test(entry.name))
        .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1)),
    ),
    ...files,
  ];
  return built;
}

function place(file: string, folder: string): void {
  const to = join(folder, file);
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(join(dist, file), to);
  } catch {
    // A file system without links.
    copyFileSync(join(dist, file), to);
  }
}

function spoil(folder: string, { file, find, put }: Edit): void {
  const path = join(folder, file);
  const [head = '', tail, ...more] = readFileSync(path, 'utf8').split(find);
  if (tail === undefined || more.length > 0)
    throw new Error(`${file} does not have this exactly once: ${find}`);
  // Away first: what is linked would be changed in the honest build too.
  rmSync(path);
  writeFileSync(path, `${head}${put}${tail}`);
}
