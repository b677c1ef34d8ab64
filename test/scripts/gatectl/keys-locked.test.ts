/** Private keys that a passphrase locks, and admins on the trust list. */
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { parseKeyFile } from '../../../config/crypto/key-file.js';
import { formatLockedKeyFile, parseLockedKeyFile } from '../../../config/crypto/locked-key-file.js';
import { typedLine } from '../../../scripts/gatectl/ask-terminal.js';
import { readKeyFile, readNewPassphrase } from '../../../scripts/gatectl/key-files.js';
import { gatectl, testFolder } from './run-in-place.js';

const words = 'five words by chance: 校园 gate';

function withPassphrase(folder: ReturnType<typeof testFolder>, text = `${words}\n`): string {
  const file = folder.write('passphrase', text);
  chmodSync(file, 0o600);
  return file;
}

describe('keys new --encrypt', () => {
  test('makes a file of mode 0600 without the seed in it, which the passphrase opens and no other', async () => {
    const folder = testFolder();
    const file = folder.path('ann.json');
    const passphrase = withPassphrase(folder);
    const made = await gatectl([
      'keys',
      'new',
      '--encrypt',
      '--out',
      file,
      '--passphrase-file',
      passphrase,
      '--json',
    ]);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const read = parseLockedKeyFile(readFileSync(file));
    if (read?.ok !== true) throw new Error('no locked key');
    const key = read.file.open(words);
    expect(key?.publicKey.text).toBe(JSON.parse(made.out).publicKey);
    expect(read.file.open(`${words} `)).toBeNull();
    const seed = Buffer.from(key?.seed ?? []).toString('base64url');
    expect(readFileSync(file, 'utf8')).not.toContain(seed);
    // A gate starts with nobody there: it says what the matter is.
    expect(parseKeyFile(readFileSync(file))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('locked by a passphrase'),
    });
  });

  test('issues a paper by a locked key, and names it on a list without the passphrase', async () => {
    const folder = testFolder();
    const [key, list] = [folder.path('office.json'), folder.path('trust.json')];
    const passphrase = withPassphrase(folder);
    await gatectl(['keys', 'new', '--encrypt', '--out', key, '--passphrase-file', passphrase]);
    const trust = ['--list', list, '--name', 'office', '--key', key, '--kinds', 'guard-badge'];
    expect(await gatectl(['keys', 'trust', ...trust])).toMatchObject({ code: 0, err: '' });
    const badge = ['issue', 'guard-badge', '--sub', 'guard-7', '--key', key];
    const issued = await gatectl([...badge, '--passphrase-file', passphrase]);
    expect((await gatectl(['inspect', '--trust', list, issued.out.trim()])).code).toBe(0);
    const silent = await gatectl(badge);
    expect([silent.code, silent.err]).toEqual([2, expect.stringContaining('--passphrase-file')]);
    writeFileSync(passphrase, 'another one, as long\n');
    const other = await gatectl([...badge, '--passphrase-file', passphrase]);
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('does not open it')]);
  });

  test('asks twice for a new one, once for an old one; refuses a short one and two that differ', async () => {
    const folder = testFolder();
    const file = folder.write('locked.json', formatLockedKeyFile(generatePrivateKey(), words));
    const ask = (...answers: (string | null)[]) => ({ ask: async () => answers.shift() ?? null });
    expect((await readKeyFile(file, undefined, ask(words))).seed).toHaveLength(32);
    await expect(readKeyFile(file, undefined, ask(null))).rejects.toThrow('is locked');
    expect(await readNewPassphrase(undefined, ask(words, words))).toBe(words);
    await expect(readNewPassphrase(undefined, ask(words, `${words}.`))).rejects.toThrow(
      'not the same',
    );
    await expect(readNewPassphrase(undefined, ask('short', 'short'))).rejects.toThrow(
      '12 characters',
    );
    const open = folder.write('open', words);
    chmodSync(open, 0o644);
    await expect(readNewPassphrase(open, {})).rejects.toThrow('chmod 600');
  });

  test('a file that was changed in any place stays shut, or is no key file', () => {
    const text = formatLockedKeyFile(generatePrivateKey(), words);
    const changed = (change: (file: { x: string; locked: Record<string, unknown> }) => void) => {
      const file = JSON.parse(text);
      change(file);
      return parseLockedKeyFile(Buffer.from(JSON.stringify(file)));
    };
    const other = generatePrivateKey().publicKey.text;
    const renamed = changed((file) => {
      file.x = other;
    });
    expect(renamed?.ok === true && renamed.file.open(words)).toBeNull();
    for (const [name, value] of [
      ['n', 2 ** 30],
      ['n', 100_000],
      ['r', 64],
      ['kdf', 'none'],
      ['salt', 'AAAA'],
      ['d', 'AAAA'],
    ] as const) {
      const read = changed(({ locked }) => {
        locked[name] = value;
      });
      expect(read?.ok, name).toBe(false);
    }
  });
});

test('a line typed at the terminal: Backspace, Ctrl-U, Ctrl-C, and letters of any alphabet', () => {
  expect(typedLine('abc')).toEqual({ is: 'more' });
  expect(typedLine('ab\u007fc校\r')).toEqual({ is: 'line', line: 'ac校' });
  expect(typedLine('abc\u0015de\n')).toEqual({ is: 'line', line: 'de' });
  expect(typedLine('abc\u0003')).toEqual({ is: 'given-up' });
});

describe('keys admin', () => {
  test('adds an admin with roles, and how many must sign; says where too few can', async () => {
    const { path } = testFolder();
    const [list, key] = [path('trust.json'), path('ann.json')];
    await gatectl(['keys', 'new', '--out', key]);
    const words = ['keys', 'admin', '--list', list, '--name', 'ann', '--key', key];
    const made = await gatectl([...words, '--roles', 'trust,policy', '--threshold', 'policy=1']);
    expect([made.code, made.err]).toEqual([
      0,
      expect.stringContaining('trust: 2 must sign and 1 can'),
    ]);
    expect(made.out).toContain('policy     1 of 1 sign');
    expect(made.err).not.toContain('policy');
    expect(JSON.parse(readFileSync(list, 'utf8'))).toMatchObject({
      admins: [{ name: 'ann', roles: ['trust', 'policy'] }],
      thresholds: { policy: 1 },
    });
    const more = await gatectl([
      'keys',
      'admin',
      '--list',
      list,
      '--threshold',
      'trust=1,device=3',
    ]);
    expect(more.code).toBe(0);
    expect(JSON.parse(readFileSync(list, 'utf8')).thresholds).toEqual({
      ...{ policy: 1, trust: 1, device: 3 },
    });
  });

  test('refuses a word that is no role, a count that is none, and one without a role', async () => {
    const { path } = testFolder();
    const [list, key] = [path('trust.json'), path('ann.json')];
    await gatectl(['keys', 'new', '--out', key]);
    const words = ['keys', 'admin', '--list', list, '--name', 'ann', '--key', key];
    expect((await gatectl([...words, '--roles', 'pope'])).err).toContain('there are trust, policy');
    expect((await gatectl(words)).err).toContain('--roles is required');
    const count = await gatectl([...words, '--roles', 'trust', '--threshold', 'trust=99']);
    expect([count.code, count.err]).toEqual([2, expect.stringContaining('from 1 to 16')]);
    expect((await gatectl(['keys', 'admin', '--list', list])).code).toBe(2);
  });
});
