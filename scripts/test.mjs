/**
 * `npm test`: installs what is missing, builds, checks, runs every suite with its time, and ends
 * with `N passed, N failed, N skipped`. `--long` runs the long ones instead, `--crash` those of
 * crashes alone and at length, `--board` those on the virtual board, `--browser` those in a browser,
 * `--attacks` those of attackers.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import {
  build,
  checks,
  installPackages,
  requireNode,
  root,
  run,
  say,
  suiteWords,
} from './toolchain.mjs';

/** System packages that tests use, each with a file that tells that it is there. */
const systemPackages = [
  { name: 'socat', files: ['/usr/bin/socat'] },
  { name: 'mosquitto', files: ['/usr/sbin/mosquitto'] },
  {
    name: 'python3-cryptography',
    files: ['/usr/lib/python3/dist-packages/cryptography/__init__.py'],
  },
  { name: 'openssl', files: ['/usr/bin/openssl'] },
  { name: 'chromium', files: ['/usr/bin/chromium', process.env.CHROMIUM] },
  { name: 'fonts-noto-cjk', files: ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'] },
  { name: 'dmsetup', files: ['/usr/sbin/dmsetup', '/sbin/dmsetup'] },
  { name: 'e2fsprogs', files: ['/usr/sbin/mkfs.ext4', '/sbin/mkfs.ext4'] },
  // node-hid's prebuilt binary asks for it, though it speaks to hidraw.
  { name: 'libusb-1.0-0', files: libraryPaths('libusb-1.0.so.0') },
  { name: 'xz-utils', files: ['/usr/bin/xz'] },
  { name: 'systemd', files: ['/usr/bin/systemd-analyze'] },
  { name: 'udev', files: ['/usr/bin/udevadm', '/bin/udevadm'] },
  { name: 'shellcheck', files: ['/usr/bin/shellcheck'] },
];
/** Lines of a failed test's reason that are said once more at the end. */
const LONGEST_REASON_LINES = 20;
const isCrash = process.argv.includes('--crash');
const isLong = isCrash || process.argv.includes('--long');
const isBrowser = process.argv.includes('--browser');
const isBoard = process.argv.includes('--board');
const isAttacks = process.argv.includes('--attacks');
/** Beside each other: the first of the two mostly computes, the other mostly waits. */
const lanes = isCrash
  ? [['crash', 'board']]
  : isBoard
    ? [['board']]
    : isLong
      ? [['simulation', 'system', 'attacks']]
      : isBrowser
        ? [['browser']]
        : isAttacks
          ? [['attacks']]
          : [
              ['unit', 'simulation', 'browser', 'attacks', 'crash'],
              ['system', 'board'],
            ];
const mayNotSkip = process.env.GATE_KIOSK_NO_SKIP === '1';

requireNode();
installSystemPackages();
installPackages();
build();
const kernel = lanes.flat().includes('board') ? startKernel() : null;

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
const failures = [];
if (!isLong && !isBrowser && !isBoard && !isAttacks)
  for (const { name, words } of checks) check(name, words);
await Promise.all(
  lanes.map(async (suites) => {
    for (const suite of suites) {
      if (suite === 'board') await kernel;
      await vitest(suite);
    }
  }),
);

for (const failure of failures) process.stdout.write(`${failure}\n`);
for (const line of lines) process.stdout.write(`${line}\n`);
const skipFails = mayNotSkip && total.skipped > 0;
if (skipFails) say('a test was skipped, and here none may be: see its reason above');
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exit(total.failed > 0 || skipFails ? 1 : 0);

/**
 * Makes the board's kernel while others wait for their devices. It says by itself what it lacks: the
 * tests of the board are skipped then.
 */
function startKernel() {
  const making = spawn(process.execPath, ['test/board/kernel/make.mjs'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  setPriority(making.pid, constants.priority.PRIORITY_LOW);
  return new Promise((resolve) => making.once('exit', resolve));
}

/** A check counts as one test. */
function check(name, words) {
  const began = Date.now();
  const code = run(process.execPath, words);
  total[code === 0 ? 'passed' : 'failed'] += 1;
  note(name, began, code === 0 ? 'ok' : 'FAILED');
}

async function vitest(suite) {
  const began = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-test-'));
  const report = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runBeside(suite, [...suiteWords(suite), ...reporters]);
  const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null;
  rmSync(folder, { recursive: true });
  failures.push(...failuresOf(suite, result));
  const passed = result?.numPassedTests ?? 0;
  const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0);
  // A file that does not load fails without a failed test in it.
  const failed = Math.max(result?.numFailedTests ?? 0, code === 0 ? 0 : 1);
  total.passed += passed;
  total.skipped += skipped;
  total.failed += failed;
  note(suite, began, `${passed} passed, ${failed} failed, ${skipped} skipped`);
}

/** What failed, and why, once more at the end: what is above it may be long, or cut off. */
function failuresOf(suite, report) {
  return (report?.testResults ?? []).flatMap(({ name, message, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const file = relative(root, name);
    if (failed.length === 0) return status === 'failed' ? [failure(suite, file, message)] : [];
    return failed.map((test) =>
      failure(suite, `${file}: ${test.fullName}`, test.failureMessages.join('\n')),
    );
  });
}

function failure(suite, what, why) {
  const reason = why.split('\n').slice(0, LONGEST_REASON_LINES).join('\n    ');
  return `FAILED ${suite}: ${what}\n    ${reason}`;
}

/** Runs a suite; each of its lines says whose it is, for another speaks at the same time. */
async function runBeside(suite, words) {
  const more = { GATE_KIOSK_LONG: isLong, GATE_KIOSK_BOARD: isBoard };
  const asked = Object.entries(more).flatMap(([name, is]) => (is ? [[name, '1']] : []));
  const env = { ...process.env, ...Object.fromEntries(asked) };
  const child = spawn(process.execPath, words, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) =>
    child.once('close', (code, signal) => resolve(signal === null ? code : 1)),
  );
  const label = `${suite.padEnd(10)} | `;
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) =>
      process.stderr.write(`${label}${line}\n`),
    );
  return await ended;
}

function note(name, began, text) {
  const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
  lines.push(`${seconds} s  ${name}: ${text}`);
}

/** Where Debian keeps a shared library, by architecture. */
function libraryPaths(name) {
  return ['x86_64-linux-gnu', 'aarch64-linux-gnu', 'arm-linux-gnueabihf'].map(
    (folder) => `/usr/lib/${folder}/${name}`,
  );
}

function installSystemPackages() {
  const missing = systemPackages
    .filter(({ files }) => !files.some((file) => file !== undefined && existsSync(file)))
    .map(({ name }) => name);
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || spawnSync('which', ['apt-get']).status !== 0) {
    say(`missing for some tests, which are skipped without: sudo ${command}`);
    return;
  }
  say(`installing ${missing.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { quiet: true, env });
  const words = ['install', '-y', '-qq', '--no-install-recommends', ...missing];
  if (run('apt-get', words, { quiet: true, env }) !== 0)
    say(`apt-get failed: the tests that need ${missing.join(', ')} are skipped`);
}
