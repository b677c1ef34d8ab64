/** What the daemon cannot start with: told in words that say what to do, and nothing touched. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Child, gateKiosk, runChild, startChild } from './child.js';
import { makeSite, type Site } from './site.js';

let site: Site;
const cleanups: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  site = makeSite();
  cleanups.push(() => site.remove());
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const words = () => [gateKiosk, 'run', '--config', site.configPath];

/** The lines of a run that was refused; each begins with the program's name. */
async function refused(code: number): Promise<string[]> {
  const ended = await runChild(words());
  expect(ended).toMatchObject({ code, stdout: '' });
  return ended.stderr.trimEnd().split('\n');
}

async function running(): Promise<Child> {
  const gate = startChild(words());
  cleanups.push(() => gate.close());
  await gate.line(/screen is at/);
  return gate;
}

describe('a configuration', () => {
  test('with problems in every file lists all of them with their places, exit 2', async () => {
    const policy = join(site.folder, 'policy.json');
    writeFileSync(policy, '{"policy": "other", "version": 1}');
    site.configure({ policy, site: 'Main', extra: 1, screen: { port: 'x' } });
    const issuers = [{ name: 'a', publicKey: 'AAAA', kinds: [9] }];
    writeFileSync(site.trustPath, JSON.stringify({ issuers, more: 1 }));
    writeFileSync(site.pepperPath, 'short');
    const lines = await refused(2);
    for (const start of [
      `${site.configPath}: site: `,
      `${site.configPath}: extra: unknown key`,
      `${site.configPath}: screen.port: `,
      `${policy}: policy: `,
      `${policy}: rules: `,
      `${site.trustPath}: issuers[0].publicKey: `,
      `${site.trustPath}: issuers[0].kinds[0]: `,
      `${site.trustPath}: more: `,
      `${site.pepperPath}: must be 32 bytes`,
    ])
      expect(lines).toContainEqual(expect.stringContaining(`gate-kiosk: ${start}`));
    expect(existsSync(site.journalPath)).toBe(false);
  });

  test.each([
    ['is not there', () => rmSync(site.configPath), 'kiosk.json: does not exist'],
    ['is no JSON', () => writeFileSync(site.configPath, '{"site": }'), 'line 1, column 10'],
    ['has no pepper', () => rmSync(site.pepperPath), 'the pepper does not exist'],
    ['has no trust list', () => rmSync(site.trustPath), 'the trust list does not exist'],
    [
      'has a trust list that does not parse',
      () => writeFileSync(site.trustPath, '{"issuers": 1}'),
      'trust.json: issuers: ',
    ],
  ])('that %s is refused with one line, exit 2', async (_what, spoil, problem) => {
    spoil();
    expect(await refused(2)).toEqual([expect.stringContaining(problem)]);
  });
});

test('wrong usage is answered with the usage, exit 2', async () => {
  const wrong = [
    [],
    ['walk'],
    ['run'],
    ['run', '--config', ''],
    ['run', 'now', '--config', 'kiosk.json'],
    ['run', '--config', 'kiosk.json', '--verbose'],
    ['run', '--config', 'kiosk.json', '--log-level', 'loud'],
  ];
  for (const ended of wrong.map((given) => runChild([gateKiosk, ...given])))
    expect(await ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^gate-kiosk: .+\nUsage: gate-kiosk run --config FILE/,
      ) as string,
    });
});

test('help goes to standard output, exit 0', async () => {
  const { code, stdout, stderr } = await runChild([gateKiosk, 'run', '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('Exit codes');
});

describe('a gate that cannot start says why without a word of usage, exit 1', () => {
  test('on a port in use, and leaves the journal alone', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    cleanups.push(() => new Promise((resolve) => server.close(() => resolve())));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    site.configure({ screen: { port } });
    const lines = (await refused(1)).filter((line) => !line.startsWith('{'));
    expect(lines).toEqual([expect.stringMatching(`port ${port} .* in use: .*screen\\.port`)]);
    expect(existsSync(site.journalPath)).toBe(false);
  });

  test('beside another gate on the same journal, which goes on', async () => {
    const first = await running();
    const lines = (await refused(1)).filter((line) => !line.startsWith('{'));
    expect(lines).toEqual([expect.stringMatching(/journal\.db .*\(locked\).*End that one/)]);
    first.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ code: 0 });
  });
});
