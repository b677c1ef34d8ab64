/**
 * What the commands begin with, before anything is installed: plain JavaScript, Node only.
 * Finds out what is missing, installs it, builds; says what it does while it does it.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestNode = [20, 19];
/** Folders of the product; what is not TypeScript in them is copied beside the compiled files. */
const sources = ['config', 'hardware', 'drivers', 'kiosk', 'scripts', 'test'];
const copied = /\.(json|html|css|svg|woff2)$|[/\\]public[/\\][^/\\]+\.js$/;
const binaries = ['dist/scripts/gate-kiosk.js', 'dist/scripts/gatectl/main.js'];

/** What `npm run check` and `npm test` look at beside the tests. */
export const checks = [
  { name: 'format and lint', words: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  {
    name: 'import direction',
    words: [
      'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
      ...sources,
    ],
  },
  {
    name: 'unused code',
    words: ['node_modules/knip/bin/knip.js', '--config', '.knip.json', '--no-config-hints'],
  },
];

/** @returns what runs one suite of the tests, without Node itself; so many files at a time */
export function suiteWords(suite, workers = 1) {
  const words = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.mjs'];
  return [...words, '--project', suite, `--maxWorkers=${workers}`];
}

/** Prints one line of progress to stderr, so that stdout stays the command's own. */
export function say(text) {
  process.stderr.write(`gate-kiosk: ${text}\n`);
}

/** Ends the process with an error that says what to do next. */
export function fail(text, code = 1) {
  say(text);
  process.exit(code);
}

/** Runs a command in the checkout; returns its exit code. Output goes to stderr unless `quiet`. */
export function run(command, args, { quiet = false, env = {} } = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
  });
  if (quiet && result.status !== 0)
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  return result.status ?? 1;
}

/** Refuses a Node that is too old for what is used. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    fail(`Node ${oldestNode.join('.')} or later is needed, this is ${process.versions.node}`, 2);
}

/** Installs the packages of the lock file where they are missing or from another lock file. */
export function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.versions.modules)
    .digest('hex');
  const mark = join(root, 'node_modules', '.gate-kiosk-lock');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === lock) return;
  say(
    'installing packages (native ones compile where no prebuilt binary is to be had, 1-4 minutes) …',
  );
  const began = Date.now();
  // Not `npm ci`: it refuses a lock file that lacks the packages of platforms we do not serve.
  const code = run('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error']);
  if (code !== 0)
    fail(
      'npm install failed. A C++ toolchain is needed: apt-get install build-essential python3; then run the command again.',
    );
  writeFileSync(mark, lock);
  say(`packages installed in ${Math.round((Date.now() - began) / 1000)} s`);
}

/** Compiles to `dist/` (incremental), copies data beside the code, removes what has no source. */
export function build() {
  const began = Date.now();
  dropOrphans();
  const code = run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], {});
  if (code !== 0) fail('the build failed: see the errors above');
  for (const folder of sources)
    for (const file of filesBelow(join(root, folder))) {
      if (!copied.test(file)) continue;
      const target = join(root, 'dist', relative(root, file));
      mkdirSync(dirname(target), { recursive: true });
      cpSync(file, target);
    }
  for (const binary of binaries) {
    const path = join(root, binary);
    if (existsSync(path)) chmodSync(path, 0o755);
  }
  const seconds = (Date.now() - began) / 1000;
  if (seconds > 2) say(`built in ${seconds.toFixed(1)} s`);
}

/** A deleted source must not live on in `dist/`, where tests and the daemon would still find it. */
function dropOrphans() {
  const dist = join(root, 'dist');
  for (const file of filesBelow(dist)) {
    if (!file.endsWith('.js')) continue;
    const source = join(root, relative(dist, file));
    if (existsSync(source) || existsSync(source.replace(/\.js$/, '.ts'))) continue;
    rmSync(file);
    rmSync(`${file}.map`, { force: true });
  }
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}
