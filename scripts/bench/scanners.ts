/**
 * From a scanner's bytes to evidence, through the real links and drivers: a code's bytes on a tty, and
 * its reports from a HID device, each beside a bare reader of the same bytes and one signature's check.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { generatePrivateKey, signBytes, verifyBytes } from '../../config/crypto/ed25519-key.js';
import { hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import { type ScannerDevice, scannerOf } from '../../drivers/qr-scanner/kinds.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { HidLink, LinkEvents } from '../../hardware/ports.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { evidenceDesk } from '../../kiosk/evidence/desk.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { openCampus } from '../simulated-board/papers.js';
import { shippedConfiguration } from '../simulated-board/shipped.js';
import type { Bench } from './harness.js';

const startWallMs = Date.parse('2020-02-12T08:00:00+08:00');
const baudRate = 115_200;
/** A credential's signed bytes are about this long (measured: 124 to 164). */
const signedByteCount = 160;
/** The first 250 ms after opening a HID device are dropped. */
const staleMs = 300;

/** @param folder for the names of ttys; without socat the serial one is left out */
export async function scannerBenches(folder: string): Promise<readonly Bench[]> {
  const hid = hidBench();
  if (spawnSync('socat', ['-V'], { stdio: 'ignore' }).status !== 0) {
    process.stderr.write('scanners: serial left out, there is no socat\n');
    return [hid];
  }
  return [await serialBench(folder), hid];
}

async function serialBench(folder: string): Promise<Bench> {
  const own = await ttyPair(join(folder, 'own'));
  const bare = await ttyPair(join(folder, 'bare'));
  const side = evidenceSide({
    driver: 'line',
    link: serialLink({ path: own.near, baudRate }),
    idleMs: 500,
  });
  await side.isOk;
  const ownEnd = openSync(own.far, 'r+');
  const bareEnd = openSync(bare.far, 'r+');
  const reader = new ReadStream(openSync(bare.near, 'r+'));
  let left = 0;
  let whole = (): void => {};
  reader.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left <= 0) whole();
  });
  const twin = scannerTwin('cr');
  let bytes = new Uint8Array();
  return {
    name: 'serial: a code’s bytes on the tty → evidence',
    floorName: 'the same bytes by a bare tty stream + Ed25519 verify',
    rounds: 1_000,
    async prepare(round) {
      bytes = Uint8Array.from(twin.scan(side.code(round)));
    },
    subject: () => side.shown(() => writeSync(ownEnd, bytes)),
    async floor() {
      left = bytes.length;
      await new Promise<void>((resolve) => {
        whole = resolve;
        writeSync(bareEnd, bytes);
      });
      side.verifyOne();
    },
    async close() {
      side.close();
      reader.destroy();
      for (const { socat } of [own, bare]) socat.kill('SIGTERM');
    },
  };
}

/** Without the kernel and node-hid, which `npm run test:board` has: a report there costs a read. */
function hidBench(): Bench {
  const twin = hidPosTwin();
  let events: LinkEvents | null = null;
  const link: HidLink = {
    open(next) {
      events = next;
      next.opened();
    },
    write: () => {},
    close: () => {},
    reportDescriptor: () => twin.descriptor,
  };
  const side = evidenceSide({ driver: 'hid-pos', link });
  side.skip(staleMs);
  let reports: Uint8Array[] = [];
  return {
    name: 'HID: a code’s reports → evidence',
    floorName: 'the same bytes copied + Ed25519 verify',
    rounds: 1_000,
    async prepare(round) {
      reports = twin.scan(side.code(round));
    },
    subject: () =>
      side.shown(() => {
        for (const report of reports) events?.data(report);
      }),
    async floor() {
      Buffer.concat(reports).toString('latin1');
      side.verifyOne();
    },
    close: async () => side.close(),
  };
}

/** A scanner's driver, and the desk that makes evidence of what it gives. */
function evidenceSide(device: ScannerDevice) {
  const clock = skippingClock({ wallMs: startWallMs });
  const { papers, verifier } = openCampus(clock, 480);
  const { config, policy } = shippedConfiguration();
  const desk = evidenceDesk({
    ticketsSeen: () => [],
    settings: gateSettings(config, policy),
    verifier,
    scheduler: clock,
    random: randomBytes,
    registryChanged: () => {},
  });
  const key = generatePrivateKey();
  const message = new Uint8Array(signedByteCount).fill(7);
  const signature = signBytes(key, message);
  let seen = (): void => {};
  let ok = (): void => {};
  const isOk = new Promise<void>((resolve) => {
    ok = resolve;
  });
  const driver = scannerOf(device, {
    clock,
    scheduler: clock,
    emit(reading) {
      if (reading.type === 'device' && reading.status === 'ok') ok();
      if (reading.type !== 'scan') return;
      const { monotonicMs, wallMs } = clock.now();
      const evidence = desk.scan(reading.text, { takenMs: monotonicMs, wallMs });
      if (evidence.type !== 'document') throw new Error(`the bench is refused: ${evidence.reason}`);
      seen();
    },
  });
  driver.start();
  return {
    isOk,
    code: (round: number) => papers.form(`2019${String(round).padStart(6, '0')}`),
    skip: (ms: number) => clock.skip(ms),
    shown: (show: () => void) =>
      new Promise<void>((resolve) => {
        seen = resolve;
        show();
      }),
    verifyOne() {
      if (!verifyBytes(key.publicKey, message, signature)) throw new Error('bad floor');
    },
    close() {
      driver.stop();
      clock.close();
    },
  };
}

interface TtyPair {
  readonly near: string;
  readonly far: string;
  readonly socat: ChildProcess;
}

/** Two ttys that are each other's far end. */
async function ttyPair(name: string): Promise<TtyPair> {
  const [near, far] = [`${name}-near`, `${name}-far`];
  const tty = (link: string): string => `pty,raw,echo=0,link=${link}`;
  const socat = spawn('socat', ['-d', '-d', tty(near), tty(far)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    socat.once('exit', () => reject(new Error(`socat ended: ${said}`)));
    socat.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
      if (said.includes('starting data transfer loop')) resolve();
    });
  });
  return { near, far, socat };
}
