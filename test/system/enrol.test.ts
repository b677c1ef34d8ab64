/** From the admin's command to a gate that lets people pass: enrolled at a terminal, by one file. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../kiosk/doctor/finding.js';
import { makePassphrase } from '../../kiosk/enrol/passphrase.js';
import { canMakeCertificates, whyNoCertificates } from '../certificates.js';
import { gatectl } from '../scripts/gatectl/run-in-place.js';
import { gateKiosk, runChild } from './child.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { withoutSocat } from './pty.js';
import { isMeasured, makeRig, type Rig } from './rig.js';
import { shippedConfiguration } from './shipped-broker.js';

const isBrokerMissing = isMosquittoMissing || !canMakeCertificates;
const whyNoBroker = isMosquittoMissing ? ' (skipped: no mosquitto)' : whyNoCertificates;

let rig: Rig;
const path = (name: string): string => join(rig.site.folder, name);
beforeAll(async () => {
  rig = await makeRig();
  // The admin's copies; the board is made bare.
  copyFileSync(rig.site.configPath, path('base.json'));
  copyFileSync(rig.site.trustPath, path('trust.json'));
  copyFileSync(rig.site.pepperPath, path('admins-pepper'));
  rmSync(rig.site.configPath);
  rmSync(rig.site.stateDirectory, { recursive: true });
});
afterAll(() => rig.close());

/** The admin makes a file; returns its passphrase. */
async function admin(out: string, words: readonly string[] = []): Promise<string> {
  const who = ['--site', 'test-campus', '--kiosk', 'gate-1', '--zone', 'north-gate:campus-gate'];
  const files = ['--trust', path('trust.json'), '--pepper', path('admins-pepper')];
  const from = ['--direction', 'in', '--base', path('base.json'), '--out', path(out)];
  const ran = await gatectl(['enrol', ...who, ...files, ...from, ...words, '--json']);
  expect(ran.err).toBe('');
  return (JSON.parse(ran.out) as { readonly passphrase: string }).passphrase;
}

const enrolWords = (file: string): readonly string[] => [
  ...[gateKiosk, 'enrol', '--file', path(file), '--config', rig.site.configPath],
];

/** The same with the passphrase from a file, as a script does it. */
async function enrol(file: string, passphrase: string, words: readonly string[] = []) {
  writeFileSync(path('typed'), passphrase, { mode: 0o600 });
  return await runChild([...enrolWords(file), '--passphrase-file', path('typed'), ...words]);
}

/** A person at a terminal, who types this one after the other, each when it is asked for. */
function atTerminal(file: string, typed: readonly string[]) {
  const command = [process.execPath, ...enrolWords(file)].join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: 'pipe' });
  const left = [...typed];
  let shown = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (!shown.slice(seen).includes('\n> ')) return;
    seen = shown.length;
    child.stdin.write(`${left.shift() ?? '\u0003'}\r`);
  });
  return new Promise<{ readonly code: number | null; readonly shown: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, shown }));
  });
}

async function failures(): Promise<readonly string[]> {
  const words = [gateKiosk, 'doctor', '--config', rig.site.configPath, '--json'];
  const { findings } = JSON.parse((await runChild(words)).stdout) as {
    readonly findings: readonly Finding[];
  };
  return findings.filter(({ verdict }) => verdict === 'failed').map(({ part }) => part);
}

async function someonePasses(): Promise<void> {
  const gate = await rig.start();
  await gate.view(({ mode }) => mode === 'idle');
  rig.scan(rig.site.papers.form('2009120045'));
  await gate.view(isMeasured);
  rig.scan(rig.site.papers.code('2009120045'));
  await gate.view(({ mode }) => mode === 'go');
  gate.kill('SIGTERM');
  const { code, stderr } = await gate.ended;
  expect(code).toBe(0);
  expect(stderr).not.toContain('the journal is not signed');
  await rig.scanner.plug();
  await rig.thermometer.plug();
}

if (withoutSocat !== null && process.env['GATE_KIOSK_NO_SKIP'] !== undefined)
  throw new Error(withoutSocat);

describe.skipIf(withoutSocat !== null)(
  `a board${withoutSocat === null ? '' : `: skipped, ${withoutSocat}`}`,
  () => {
    test('is enrolled at a terminal: slips are forgiven, nothing typed is shown, and a code is there to photograph', async () => {
      const passphrase = await admin('first.enrol');
      const other = makePassphrase((bytes) => new Uint8Array(bytes));
      const slip = passphrase.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
      const { code, shown } = await atTerminal('first.enrol', [slip, other, passphrase]);
      expect(shown).toMatch(
        /mistyped.*not the passphrase of this file.*Enrolled: test-campus\/gate-1/s,
      );
      expect(code).toBe(0);
      for (const typed of [passphrase, slip]) {
        expect(shown).not.toContain(typed);
        expect(shown).not.toContain(typed.replaceAll(' ', ''));
      }
      expect(shown).toContain('▄');
      expect(shown).toMatch(
        /gatectl keys kiosk --list trust\.json --id gate-1 --public-key [\w-]{43}/,
      );
      expect(shown).not.toContain(readFileSync(rig.site.pepperPath, 'latin1').trim());
      for (const name of ['device.json', 'pepper', 'trust.json'])
        expect(statSync(join(rig.site.stateDirectory, 'keys', name)).mode & 0o777).toBe(0o600);
    });

    test('is a gate then: the doctor is content, and a member of staff passes', async () => {
      expect(await failures()).toEqual([]);
      await someonePasses();
      const grants = rig.site.records().filter(({ outcome }) => outcome === 'grant');
      expect(grants).toMatchObject([{ rule: 'duty-staff', zone: 'north-gate' }]);
    });

    test('given up at the terminal stays as it is, and so does one by a wrong passphrase', async () => {
      const before = readFileSync(rig.site.configPath);
      await admin('second.enrol');
      const { code, shown } = await atTerminal('second.enrol', []);
      expect([code, shown]).toEqual([1, expect.stringContaining('nothing was written')]);
      const wrong = await enrol(
        'second.enrol',
        makePassphrase((bytes) => new Uint8Array(bytes)),
        ['--replace'],
      );
      expect(wrong).toMatchObject({ code: 1, stdout: '' });
      expect(readFileSync(rig.site.configPath)).toEqual(before);
    });

    test('whose passphrase file others may read, or that has no terminal, is not enrolled', async () => {
      const passphrase = await admin('third.enrol');
      writeFileSync(path('open'), passphrase, { mode: 0o644 });
      const words = [...enrolWords('third.enrol'), '--replace'];
      const open = await runChild([...words, '--passphrase-file', path('open')]);
      expect([open.code, open.stderr]).toEqual([1, expect.stringContaining('chmod 600')]);
      expect(await runChild(words)).toMatchObject({ code: 2, stdout: '' });
      expect(await runChild([gateKiosk, 'enrol'])).toMatchObject({ code: 2, stdout: '' });
    });

    test.skipIf(isBrokerMissing)(
      `is replaced with a broker's certificate, keeps its journal, and is believed once its key is listed${whyNoBroker}`,
      async () => {
        const broker = await startMosquitto({ config: (place) => shippedConfiguration(place, []) });
        try {
          const url = `mqtts://127.0.0.1:${broker.port}`;
          const passphrase = await admin('broker.enrol', ['--broker', url, '--ca', broker.folder]);
          const refused = await enrol('broker.enrol', passphrase);
          expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--replace')]);
          const { stdout, stderr } = await enrol('broker.enrol', passphrase, [
            '--replace',
            '--json',
          ]);
          expect(stderr).toBe('');
          const { how, publicKey } = JSON.parse(stdout) as Record<string, string>;
          expect(how).toBe('replaced');
          expect(existsSync(rig.site.journalPath)).toBe(true);
          expect(await failures()).toEqual(['device-key']);

          const list = ['--list', path('trust.json'), '--id', 'gate-1'];
          await gatectl(['keys', 'kiosk', ...list, '--public-key', publicKey ?? '']);
          copyFileSync(path('trust.json'), rig.site.trustPath);
          expect(await failures()).toEqual([]);
          await someonePasses();
          expect(broker.log()).toContain("u'gate-1'");

          // The other way: the board asks first, no key travels, and the list is right at once.
          const names = ['--site', 'test-campus', '--kiosk', 'gate-1'];
          const state = ['--state', rig.site.stateDirectory];
          const request = ['--request', path('request'), ...names, ...state];
          const asked = await runChild([gateKiosk, 'enrol', ...request]);
          expect([asked.code, asked.stderr]).toEqual([0, '']);
          const words = ['--broker', url, '--ca', broker.folder, '--request', path('request')];
          const typed = await admin('answer.enrol', words);
          expect(await enrol('answer.enrol', typed, ['--replace'])).toMatchObject({ code: 0 });
          expect(await failures()).toEqual([]);
        } finally {
          await broker.close();
        }
      },
    );
  },
);
