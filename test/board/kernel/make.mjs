/**
 * Makes the virtual board's kernel where it is not there yet: a User Mode Linux kernel with the
 * options of `uml.config`, in `.cache/board/`. A ready one beside the checkout is taken if it has
 * them; otherwise it is built from Debian's own kernel sources, in about five minutes. Exits 1 where
 * neither can be done: the tests of the board then say that they are skipped, and why.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fail, root, run, say } from '../../../scripts/toolchain.mjs';

const folder = join(root, '.cache', 'board');
const kernel = join(folder, 'linux');
/** What the kernel was made with: the tests compare it with the options wanted. */
const madeWith = join(folder, 'uml.config');
const wanted = join(root, 'test', 'board', 'kernel', 'uml.config');
const ready = join(root, '..', 'shared', 'virtual-board', 'uml');

/** Of a build, beside a C compiler and make: each package with a file that tells that it is there. */
const buildPackages = [
  ['gcc', '/usr/bin/gcc'],
  ['make', '/usr/bin/make'],
  ['libc6-dev', '/usr/include/stdlib.h'],
  ['flex', '/usr/bin/flex'],
  ['bison', '/usr/bin/bison'],
  ['bc', '/usr/bin/bc'],
  ['xz-utils', '/usr/bin/xz'],
];

/** `--build` asks for a build, whatever is there. */
const isForced = process.argv.includes('--build');
if (!isForced && isMade() && whyNotRun(kernel) === null) process.exit(0);
if (process.arch !== 'x64' || process.platform !== 'linux')
  fail('no kernel for the virtual board: User Mode Linux runs on x86-64 Linux only');
mkdirSync(folder, { recursive: true });
if (!isForced && takeReady()) process.exit(0);
try {
  build();
} catch (error) {
  fail(`no kernel for the virtual board: ${error.message}`);
}

function isMade() {
  return existsSync(kernel) && existsSync(madeWith) && optionsOf(madeWith) === optionsOf(wanted);
}

function optionsOf(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines
    .filter((line) => line.startsWith('CONFIG_'))
    .sort()
    .join('\n');
}

/** A packed kernel with the options that it was made with beside it. */
function takeReady() {
  const packed = join(ready, 'linux.xz');
  const options = join(ready, 'uml.config');
  if (!existsSync(packed) || !existsSync(options)) return false;
  const has = new Set(optionsOf(options).split('\n'));
  if (
    !optionsOf(wanted)
      .split('\n')
      .every((option) => has.has(option))
  )
    return false;
  const unpacked = spawnSync('xz', ['-dc', packed], { maxBuffer: 256 * 1024 * 1024 });
  if (unpacked.status !== 0) return false;
  const unpackedFile = `${kernel}.new`;
  writeFileSync(unpackedFile, unpacked.stdout, { mode: 0o755 });
  const isRunning = whyNotRun(unpackedFile) === null;
  if (isRunning) keep(unpackedFile);
  else rmSync(unpackedFile);
  return isRunning;
}

function build() {
  say("building the virtual board's kernel (once, about five minutes) …");
  const missing = buildPackages.filter(([, file]) => !existsSync(file)).map(([name]) => name);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const isRoot = process.getuid?.() === 0;
  if (isRoot) run('apt-get', ['update', '-qq'], { quiet: true, env });
  if (missing.length > 0) {
    const words = ['install', '-y', '-qq', '--no-install-recommends', ...missing];
    if (!isRoot || run('apt-get', words, { quiet: true, env }) !== 0)
      throw new Error(`its build needs ${missing.join(' ')}`);
  }
  const began = Date.now();
  const work = mkdtempSync(join(folder, 'build-'));
  try {
    const source = unpackSource(work);
    holdWideRegisters(source);
    const out = join(work, 'out');
    mkdirSync(out);
    const words = ['-s', '-C', source, 'ARCH=um', `O=${out}`];
    must('make', [...words, `KCONFIG_ALLCONFIG=${wanted}`, 'allnoconfig'], work);
    refuseLost(join(out, '.config'));
    must('make', [...words, `-j${availableParallelism()}`, 'linux'], work);
    must('strip', ['-o', join(work, 'linux'), join(out, 'linux')], work);
    const why = whyNotRun(join(work, 'linux'));
    if (why !== null) throw new Error(`it has been built, and does not run here: ${why}`);
    keep(join(work, 'linux'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  say(`the kernel is ready: ${Math.round((Date.now() - began) / 1000)} s`);
}

/** Starts a kernel whose first process ends at once; returns what it says where that one did not. */
function whyNotRun(file) {
  const disk = ['root=/dev/root', 'rootfstype=hostfs', 'rootflags=/', 'ro', 'quiet', 'panic=-1'];
  const words = ['mem=128M', ...disk, 'con=null', 'con0=null,fd:1', 'ssl=null', 'init=/bin/true'];
  const tried = spawnSync(file, words, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const said = `${tried.stdout ?? ''}${tried.stderr ?? ''}`.trim();
  // A kernel panics at its first process's end, and names the code.
  if (said.includes('exitcode=0x00000000')) return null;
  return said.split('\n').slice(-3).join('; ') || (tried.error?.message ?? 'it says nothing');
}

/** Downloads and unpacks Debian's newest kernel sources; returns their folder. */
function unpackSource(work) {
  const search = ['search', '--names-only', '^linux-source-[0-9.]+$'];
  const found = spawnSync('apt-cache', search, { encoding: 'utf8' });
  const version = (name) => name.slice('linux-source-'.length).split('.').map(Number);
  const name = (found.stdout ?? '')
    .split('\n')
    .map((line) => line.split(' ')[0])
    .filter((word) => word.startsWith('linux-source-'))
    .sort((left, right) => {
      const [a, b] = [version(left), version(right)];
      return b[0] - a[0] || b[1] - a[1];
    })[0];
  if (name === undefined) throw new Error('no package linux-source-* is to be had here');
  must('apt-get', ['download', name], work);
  const file = readdirSync(work).find((entry) => entry.endsWith('.deb'));
  must('dpkg-deb', ['-x', file, 'package'], work);
  const sources = join(work, 'package', 'usr', 'src');
  const archive = readdirSync(sources).find((entry) => entry.endsWith('.tar.xz'));
  must('tar', ['-xf', join(sources, archive)], work);
  return join(work, archive.slice(0, -'.tar.xz'.length));
}

/**
 * Kernels before 6.13 set aside 2,696 bytes for a process's floating-point registers, and a processor
 * with AMX has 11,008, which Linux takes whole or not at all (ptrace(2), NT_X86_XSTATE): the first
 * process could not be started. Later ones ask the processor.
 */
function holdWideRegisters(source) {
  const file = join(source, 'arch', 'x86', 'um', 'user-offsets.c');
  const text = readFileSync(file, 'utf8');
  const wide = text.replace('(HOST_FP_SIZE, 2696)', '(HOST_FP_SIZE, 12288)');
  if (wide === text && text.includes('HOST_FP_SIZE, 2'))
    throw new Error('these sources set aside another number of bytes for registers');
  writeFileSync(file, wide);
}

/** An option that needs another one, which is not set, silently falls away. */
function refuseLost(made) {
  const has = new Set(readFileSync(made, 'utf8').split('\n'));
  const lost = optionsOf(wanted)
    .split('\n')
    .filter((option) => !has.has(option));
  if (lost.length > 0) throw new Error(`these sources lack ${lost.join(' ')}`);
}

function must(command, words, cwd) {
  const result = spawnSync(command, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  if (result.status === 0) return;
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.slice(-4_000);
  process.stderr.write(said);
  throw new Error(`${command} failed`);
}

function keep(file) {
  chmodSync(file, 0o755);
  renameSync(file, kernel);
  copyFileSync(wanted, madeWith);
}
