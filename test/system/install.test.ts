/**
 * The installer. Always: is it sound sh, and does it say what it would do. In the long run also in root
 * file systems of Debian 12 and 13 made by debootstrap, kept in `.cache/roots/`: installed twice, booted, removed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const installer = 'scripts/install.sh';
const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const mayNotSkip = process.env['GATE_KIOSK_NO_SKIP'] === '1';
const noShellcheck = !mayNotSkip && spawnSync('shellcheck', ['--version']).status !== 0;

test.skipIf(noShellcheck)(
  `the scripts are sound sh${noShellcheck ? ' (skipped: no shellcheck)' : ''}`,
  () => {
    const scripts = [installer, 'scripts/broker-ca.sh', 'test/system/boot-root.sh'];
    const { status, stdout } = spawnSync('shellcheck', scripts, { encoding: 'utf8' });
    expect(status, stdout).toBe(0);
  },
);

test('wrong usage is answered with the usage, exit 2', () => {
  for (const words of [['--purge'], ['--what'], ['--root']]) {
    const { status, stderr } = spawnSync('sh', [installer, ...words], { encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 2 });
    expect(stderr).toMatch(/--dry-run/);
  }
});

test('a configuration with a USB scanner is told of the library that it needs, where that is not there', () => {
  const root = mkdtempSync(join(tmpdir(), 'gate-kiosk-hint-'));
  const hint = (): readonly string[] =>
    execFileSync('sh', [installer, '--dry-run', '--root', root], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .split('\n')
      .filter((line) => line.includes('libusb'));
  const config = { devices: { scanner: { driver: 'hid-pos', hid: {} } } };
  try {
    mkdirSync(join(root, 'etc/gate-kiosk'), { recursive: true });
    writeFileSync(join(root, 'etc/gate-kiosk/kiosk.json'), JSON.stringify(config));
    expect(hint()).toEqual([expect.stringContaining('apt-get install libusb-1.0-0')]);
    const folder = join(root, 'usr/lib/aarch64-linux-gnu');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'libusb-1.0.so.0'), '');
    expect(hint()).toEqual([]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

/** What an installed gate imports is among its files: nothing of it is for development alone. */
test('every package that the built files import is installed with them', () => {
  const files = execFileSync('node', ['scripts/installed-files.mjs'], { encoding: 'utf8' });
  const installed = new Set(files.split('\n'));
  const text = execFileSync(
    'grep',
    [
      '-rhoE',
      '--include=*.js',
      '--exclude-dir=public',
      `from '[^'.][^']*'`,
      ...builtFolders(files),
    ],
    { encoding: 'utf8' },
  );
  const packages = new Set(
    text
      .split('\n')
      .flatMap((line) => /from '(@[^/']+\/[^/']+|[^/']+)/.exec(line)?.[1] ?? [])
      .filter((name) => !name.startsWith('node:')),
  );
  expect(packages.size).toBeGreaterThan(4);
  for (const name of packages) expect(installed, name).toContain(`node_modules/${name}`);
  expect([...installed].filter((name) => name.startsWith('dist/test'))).toEqual([]);
});

function builtFolders(files: string): readonly string[] {
  return files.split('\n').filter((name) => name.startsWith('dist/'));
}

// Not a skipped test of the short run: it takes minutes, and a mirror of Debian's.
if (isLong) {
  const missing = ['debootstrap', 'unshare', 'script'].filter(
    (name) => spawnSync('which', [name]).status !== 0,
  );
  if (process.getuid?.() !== 0) missing.push('root');
  const without = mayNotSkip || missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')})`;

  describe.skipIf(without !== '').each([
    { version: 13, name: 'trixie', verifiesRules: true },
    // Its udevadm has no such command.
    { version: 12, name: 'bookworm', verifiesRules: false },
  ])(`in a root file system of Debian $version${without}`, ({ name, verifiesRules }) => {
    let folder = '';
    let root = '';
    let before = '';
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-root-'));
      root = join(folder, 'root');
      execFileSync('cp', ['-a', freshRoot(name), root]);
      // The newest that serves: Debian's own may be older or not there.
      cpSync(process.execPath, join(root, 'usr/local/bin/node'), { dereference: true });
      before = picture(root);
    }, 900_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const install = (...words: readonly string[]): string =>
      execFileSync('sh', [installer, '--root', root, ...words], { encoding: 'utf8' });

    test('a dry run says all that a run does, and does nothing', () => {
      const dry = install('--dry-run').split('\n');
      expect(picture(root)).toBe(before);
      const real = install().split('\n');
      expect(real.filter((line) => !/done|and:|keys, then/.test(line))).toEqual(dry);
    });

    test('a second run changes nothing', () => {
      const installed = picture(root);
      expect(install()).toBe('install: everything is as it should be\n');
      expect(picture(root)).toBe(installed);
    });

    test('unit and rules are understood by the systemd there, and the gate by its Node', () => {
      const inRoot = (...words: readonly string[]): string =>
        execFileSync('chroot', [root, ...words], { encoding: 'utf8', stdio: 'pipe' });
      expect(inRoot('systemd-analyze', 'verify', '/etc/systemd/system/gate-kiosk.service')).toBe(
        '',
      );
      const rules = '/etc/udev/rules.d/70-gate-kiosk.rules';
      if (verifiesRules) expect(inRoot('udevadm', 'verify', rules)).toMatch(/Fail: +0/);
      expect(inRoot('gate-kiosk', 'run', '--help')).toMatch(/^Usage/);
      expect(inRoot('gatectl', '--help')).toMatch(/^Usage/);
      expect(inRoot('id', '-nG', 'gate-kiosk').trim().split(' ').sort()).toEqual([
        'dialout',
        'gate-kiosk',
        'gpio',
        'video',
      ]);
    });

    test('the service lives under a real systemd: user, sandbox, watchdog, restarts, out of service', () => {
      const space = [
        '--pid',
        '--fork',
        '--kill-child',
        '--mount',
        '--uts',
        '--ipc',
        '--cgroup',
        '--net',
      ];
      const boot = `unshare ${space.join(' ')} sh test/system/boot-root.sh ${root} test/system/service-life.sh`;
      spawnSync('script', ['-qfc', boot, '/dev/null'], { stdio: 'ignore', timeout: 400_000 });
      const said = readFileSync(join(root, 'root/said'), 'utf8');
      expect(said).toMatch(/== done\n$/);
      for (const name of ['said', 'code', 'script']) rmSync(join(root, 'root', name));
    }, 450_000);

    test('an uninstall keeps the state and a purge leaves nothing', () => {
      install('--uninstall');
      expect(existsSync(join(root, 'var/lib/gate-kiosk/keys'))).toBe(true);
      expect(existsSync(join(root, 'etc/systemd/system/gate-kiosk.service'))).toBe(false);
      install('--uninstall', '--purge');
      expect(picture(root)).toBe(before);
      expect(install('--uninstall', '--purge')).toMatch(/nothing is installed/);
    });
  });
}

/** Makes a release's root file system once; about a minute and 100 MB of packages. */
function freshRoot(name: string): string {
  const kept = join('.cache', 'roots', name);
  if (existsSync(kept)) return kept;
  mkdirSync(join('.cache', 'roots'), { recursive: true });
  const making = `${kept}.new`;
  rmSync(making, { recursive: true, force: true });
  const words = ['--variant=minbase', '--include=systemd,udev,passwd', name, making];
  execFileSync('debootstrap', [...words, 'http://deb.debian.org/debian'], { stdio: 'ignore' });
  renameSync(making, kept);
  return kept;
}

/** Every path with its mode, owner and contents, but for what running and booting leave anywhere. */
function picture(root: string): string {
  const leave =
    'proc sys dev run tmp root var/log var/tmp var/cache var/lib/systemd var/lib/private';
  const pruned = leave.split(' ').map((path) => `-path ./${path}`);
  const paths = String.raw`find . \( ${pruned.join(' -o ')} \) -prune -o -printf '%p %m %U:%G %y %l\n'`;
  // passwd(5) and group(5) keep their last version beside them.
  const contents = `find etc opt usr/local -type f ! -name '*-' ! -name machine-id ! -name .updated -print0 | sort -z | xargs -0 sha256sum`;
  const script = `cd '${root}' && (${paths}) | grep -vE '^./(etc/([^ ]*-|machine-id|.pwd.lock)|(etc|var)/.updated) ' | sort && ${contents}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8', maxBuffer: 64_000_000 });
}
