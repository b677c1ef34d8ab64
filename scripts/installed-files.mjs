/**
 * What an installed gate consists of, one path of the checkout a line: the built files without their
 * tests, and the packages that it runs with. Plain JavaScript: `install.sh` asks before anything is
 * installed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = ['config', 'hardware', 'drivers', 'kiosk'];
/** Benches need packages of development. */
const notInstalled = ['bench'];

/** Packages of the lock file that are not for development alone, as far as this machine has them. */
function packages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path.startsWith('node_modules/') && dev !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(join(root, path)));
}

/** A package inside another one comes with it. */
function isOutermost(path, _index, all) {
  return !all.some((other) => path.startsWith(`${other}/`));
}

const files = [
  'package.json',
  'LICENSE',
  'README.md',
  ...readdirSync(join(root, 'dist'))
    .filter((name) => built.includes(name))
    .map((name) => `dist/${name}`),
  ...readdirSync(join(root, 'dist', 'scripts'))
    .filter((name) => !notInstalled.includes(name) && !name.endsWith('.map'))
    .map((name) => `dist/scripts/${name}`),
  ...packages().filter(isOutermost),
];
process.stdout.write(`${files.join('\n')}\n`);
