/**
 * From a scanner's bytes to evidence, through the real links and drivers: a code's bytes on a tty, and
 * its reports from a HID device, each beside a bare reader of the same bytes and one signature's check.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import { scannerTwin } from '../../drivers/qr-scanner/twin.js';
import { serialLink } from '../../hardware/linux/serial-link.js';
import type { HidLink, LinkEvents } from '../../hardware/ports.js';
import { evidenceSide } from './evidence-side.js';
import type { Bench } from './harness.js';

const baudRate = 115_200;
/** For what was written to a tty to be read at its other end. */
const settleMs = 5;
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
  let come = (): void => {};
  reader.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left <= 0) come();
  });
  /** Writes to the bare line; resolves when it has been read. */
  const bareRead = (bytes: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      left = bytes.length;
      come = resolve;
      writeSync(bareEnd, bytes);
    });
  const twin = scannerTwin('cr');
  let last = new Uint8Array();
  return {
    name: 'serial: last byte of a code on the tty → evidence',
    floorName: 'the same byte by a bare tty stream + Ed25519 verify',
    rounds: 1_000,
    async prepare(round) {
      const bytes = Uint8Array.from(twin.scan(side.code(round)));
      last = bytes.slice(-1);
      writeSync(ownEnd, bytes.subarray(0, -1));
      await bareRead(bytes.subarray(0, -1));
      // The other line was written before and is read by then; its silence limit is far off.
      await new Promise((resolve) => setTimeout(resolve, settleMs));
    },
    subject: () => side.shown(() => writeSync(ownEnd, last)),
    async floor() {
      await bareRead(last);
      side.verifyOne();
    },
    async close() {
      side.close();
      reader.destroy();
      for (const { socat } of [own, bare]) socat.kill('SIGTERM');
    },
  };
}

/** Without the kernel and node-hid: with them it is measured on the virtual board (`board`). */
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
