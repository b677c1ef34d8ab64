/** Ctrl-C while gatectl waits for gates: what has been published or sent already, somebody is told. */
import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readKeyFile, readNewPassphrase } from '../../../scripts/gatectl/key-files.js';
import { embeddedBroker } from '../../../scripts/simulated-board/embedded-broker.js';
import { site, threeAdmins } from './admins.js';
import { gatectl, testFolder } from './run-in-place.js';

const program = fileURLToPath(new URL('../../../scripts/gatectl/main.js', import.meta.url));

/** Runs it in a process, and interrupts it once it has said `sign`. */
async function interrupted(args: readonly string[], sign: string) {
  const child = spawn(process.execPath, [program, ...args]);
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  let err = '';
  const look = (text: string): void => {
    const before = said.includes(sign);
    said += text;
    if (!before && said.includes(sign)) child.kill('SIGINT');
  };
  child.stdout.setEncoding('utf8').on('data', look);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    look(text);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { code, err };
}

async function aStep() {
  const broker = await embeddedBroker();
  onTestFinished(() => broker.close());
  const folder = testFolder();
  const admins = threeAdmins(folder);
  const [body, out] = [folder.write('device.json', {}), folder.path('d1.json')];
  const words = ['--channel', 'device', '--body', body, '--out', out, '--seq', '1'];
  await gatectl(['config', 'new', ...words, '--site', site, '--reason', 'r']);
  const step = await admins.sign(out, 'ann', 'ben');
  return { admins, step, access: ['--broker', broker.url, '--protocol', '4'] };
}

test('a flash that is stopped says that the step stays where it is', async () => {
  const { step, access } = await aStep();
  const words = ['config', 'flash', step, ...access, '--to', 'gate-1'];
  const { code, err } = await interrupted(words, 'published device 1');
  expect(code).toBe(130);
  expect(err).toContain('gatectl config flash: stopped; what was published stays at the broker');
  expect(err).toContain('gatectl config status');
});

test('a command that is stopped says that it may have been done', async () => {
  const { admins, access } = await aStep();
  const place = ['--site', site, '--kiosk', 'gate-1', '--key', admins.keyOf('ann'), ...access];
  const { code, err } = await interrupted(
    ['command', 'lockdown', ...place],
    'is to be locked down',
  );
  expect(code).toBe(130);
  expect(err).toContain('gatectl command: stopped; it may have been done');
});

test('who gives up at a passphrase is not told to come to a terminal', async () => {
  const folder = testFolder();
  const words = folder.write('words', 'five words by chance: gate\n');
  chmodSync(words, 0o600);
  const file = folder.path('ann.json');
  await gatectl(['keys', 'new', '--encrypt', '--passphrase-file', words, '--out', file]);
  const givenUp = { ask: async () => ({ is: 'given-up' }) as const };
  await expect(readKeyFile(file, undefined, givenUp)).rejects.toThrow('stopped: nothing was done');
  await expect(readNewPassphrase(undefined, givenUp)).rejects.toThrow('stopped: nothing was done');
});
