/** The gate as a service: what its supervisor hears, bad ends counted over processes, unit and rules. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gateKiosk, startChild } from './child.js';
import { withoutSocat } from './pty.js';
import { makeSite, type Site } from './site.js';

const unit = 'hardware/systemd/gate-kiosk.service';
const rules = 'hardware/udev/70-gate-kiosk.rules';
const mayNotSkip = process.env['GATE_KIOSK_NO_SKIP'] === '1';
const isMissing = (command: string): boolean =>
  !mayNotSkip && spawnSync(command, ['--version']).status !== 0;

let site: Site;
let folder: string;
beforeEach(() => {
  site = makeSite();
  folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-service-'));
});
afterEach(() => {
  site.remove();
  rmSync(folder, { recursive: true });
});

/** A daemon with these in its environment, as a supervisor starts it. */
const supervised = (...environment: readonly string[]) =>
  startChild([gateKiosk, 'run', '--config', site.configPath], ['env', ...environment]);

/** Who listens where the datagrams go, as text that grows. */
async function listener(address: string) {
  const child = spawn('socat', ['-d', '-d', '-u', address, '-'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let wake = (): void => {};
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    wake();
  });
  // Before its socket is there nobody hears what is told once.
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.once('exit', () => reject(new Error(`socat ended: ${said}`)));
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      said = (said + more).slice(-2_000);
      if (said.includes('starting data transfer loop')) resolve();
    });
  });
  return {
    /** Waits until what was heard fits. */
    async heard(fits: RegExp): Promise<string> {
      while (!fits.test(text))
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return text;
    },
    async close() {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
    },
  };
}

const isDeaf = withoutSocat !== null && !mayNotSkip;
const whyDeaf = isDeaf ? ` (skipped: ${withoutSocat})` : '';

test.skipIf(isDeaf)(
  `the supervisor hears that the gate is ready, how it is, that it lives, and that it stops${whyDeaf}`,
  async () => {
    const socket = join(folder, 'notify');
    const ear = await listener(`UNIX-RECV:${socket}`);
    const gate = supervised(`NOTIFY_SOCKET=${socket}`, 'WATCHDOG_USEC=1500000');
    try {
      await ear.heard(/^READY=1\nSTATUS=not ready: /);
      const text = await ear.heard(/(WATCHDOG=1\nSTATUS=[^W]*){3}/);
      expect(text).not.toMatch(/STOPPING/);
      expect(text).toMatch(/scanner lost/);
      gate.kill('SIGTERM');
      await ear.heard(/STOPPING=1$/);
      expect(await gate.ended).toMatchObject({ code: 0 });
    } finally {
      await gate.close();
      await ear.close();
    }
  },
);

test.skipIf(isDeaf)(
  `an abstract address is served; a watchdog that is meant for another process is not fed${whyDeaf}`,
  async () => {
    const name = `gate-kiosk-${process.pid}`;
    const ear = await listener(`ABSTRACT-RECV:${name}`);
    const gate = supervised(`NOTIFY_SOCKET=@${name}`, 'WATCHDOG_USEC=300000', 'WATCHDOG_PID=1');
    try {
      await ear.heard(/^READY=1/);
      gate.kill('SIGTERM');
      expect(await ear.heard(/STOPPING=1$/)).not.toMatch(/WATCHDOG/);
    } finally {
      await gate.close();
      await ear.close();
    }
  },
);

test('three bad ends are out of service: the panel works, nothing that brings evidence is opened; a stop ends it', async () => {
  const environment = `RUNTIME_DIRECTORY=${folder}`;
  for (let end = 0; end < 3; end += 1) {
    const gate = supervised(environment);
    await gate.line(/"device":"scanner","status":"lost","why":"(?!out-of-service)/);
    await gate.close();
  }
  const gate = supervised(environment);
  try {
    const page = await gate.line(/screen is at http:/);
    const { port } = new URL(/http:\S+/.exec(page)?.[0] ?? '');
    expect(await readiness(Number(port))).toMatch(/not ready: .*scanner lost/);
    gate.kill('SIGTERM');
    const { code, stderr } = await gate.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/"alarm":"out-of-service"/);
    for (const device of ['scanner', 'thermometer', 'id-card-reader'])
      expect(stderr).toMatch(`"device":"${device}","status":"lost","why":"out-of-service"`);
    for (const device of ['panel', 'turnstile'])
      expect(stderr).toMatch(`"device":"${device}","msg":"device ok"`);
  } finally {
    await gate.close();
  }
  const next = supervised(environment);
  await next.line(/"device":"scanner","status":"lost","why":"(?!out-of-service)/);
  next.kill('SIGTERM');
  expect((await next.ended).stderr).not.toMatch(/out-of-service/);
});

function readiness(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/readyz' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('end', () => resolve(text));
    }).once('error', reject);
  });
}

const noAnalyze = isMissing('systemd-analyze');
describe.skipIf(noAnalyze)(`the unit${noAnalyze ? ' (skipped: no systemd-analyze)' : ''}`, () => {
  test('is understood whole', () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit], {
      encoding: 'utf8',
    });
    expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
  });

  test('leaves the gate little to do harm with: an exposure of 2.0 of 10 at most', () => {
    const words = ['security', '--offline=yes', '--threshold=20', '--no-pager', unit];
    const { status, stdout } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    expect(stdout).toMatch(/Overall exposure level/);
    expect(status, stdout.split('\n').slice(-3).join('\n')).toBe(0);
  });
});

describe('the udev rules', () => {
  // `verify` came with systemd 254; the installer's test has a later one in its root file system.
  const version = Number(
    /\d+/.exec(spawnSync('udevadm', ['--version']).stdout?.toString() ?? '')?.[0],
  );
  test('are understood whole, where udev can tell', () => {
    if (!(version >= 254)) return;
    expect(spawnSync('udevadm', ['verify', rules]).status).toBe(0);
  });

  test('know a scanner in POS mode by its report descriptor, and no keyboard', () => {
    const program = /PROGRAM=="([^"]*)"/.exec(readFileSync(rules, 'utf8'))?.[1] ?? '';
    const file = join(folder, 'report_descriptor');
    const isScanner = (bytes: readonly number[]): boolean => {
      writeFileSync(file, Buffer.from(bytes));
      const words = program.replace('/sys%p/device/report_descriptor', file);
      return spawnSync('sh', ['-c', words]).status === 0;
    };
    const short = [0x05, 0x8c, 0x09, 0x02, 0xa1, 0x01];
    const long = [0x06, 0x8c, 0x00, 0x09, 0x02, 0xa1, 0x01];
    const keyboard = [0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07];
    expect([short, long, [...keyboard, 0x0a, ...short]].map(isScanner)).toEqual([true, true, true]);
    // Usage 0x06 of the same page is a badge reader's.
    expect([keyboard, [0x05, 0x8c, 0x09, 0x06], []].map(isScanner)).toEqual([false, false, false]);
  });
});
