/**
 * On the board: the built daemon on real kernel devices, the twins and the people at their far ends, and
 * an eye on the lines that it drives.
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { idCardReaderTwin } from '../../drivers/id-card-reader/twin.js';
import { hidPosTwin } from '../../drivers/qr-scanner/hid-pos/twin.js';
import { staleMsMax } from '../../drivers/qr-scanner/late-scans.js';
import { thermometerTwin } from '../../drivers/thermometer/twin.js';
import { runIdCardReader, runThermometer } from '../../drivers/twins.js';
import type { Cancel } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { registryPublicKey } from '../../kiosk/evidence/seal.js';
import { gateKiosk } from '../system/child.js';
import { type Gate, startGate } from '../system/rig.js';
import { makeSite } from '../system/site.js';
import { wrist } from '../system/wrist.js';
import { watchLine } from './daemon-look.js';
import { followScreen, type Screen } from './daemon-screen.js';
import { asService, pulseMs, serviceUser, type Way } from './daemon-setup.js';
import { pause, tools } from './daemon-time.js';
import { drive, plugChip, unplugChip } from './gpio-sim.js';
import { type UhidDevice, uhidDevice } from './uhid.js';
import { usbSerial } from './usb-serial.js';

/** BCM numbers of the shipped map */
const offsets = { grant: 17, passage: 5, next: 9, open: 4, refuse: 7 } as const;
const restingHigh = [4, 5, 7, 8, 9, 10, 11] as const;
/** Normally closed, to ground. */
const emergency = 12;
/** What can be pulled out and put back; `lines` are all of the header's. */
export type Part = 'scanner' | 'thermometer' | 'id-card-reader' | 'lines';
interface Pluggable {
  /** Resolves when the kernel has it again. */
  plug(): Promise<void>;
  unplug(): Promise<void>;
}

/** A scanner that has just been opened is not believed yet; and whoever is next is some steps away. */
const comesMs = 2 * staleMsMax;

/** On a crowded machine. */
const startMsMax = 90_000;

/** Plugs everything in, for a gate of this direction; nothing is started yet. */
export async function boardGate(way: Way, direction: 'in' | 'out' = 'in') {
  const site = makeSite({ direction });
  const dice = random(20_200_210);
  const thermometerSerial = usbSerial(0, 'thermometer');
  const readerSerial = usbSerial(1, 'id-card-reader');
  const thermometer = thermometerTwin({ random: dice });
  const reader = idCardReaderTwin({ random: dice });
  const hand = wrist({ ...tools, twin: thermometer });
  let hid: UhidDevice | null = null;
  let stopThermometer: Cancel = () => {};
  let stopReader: Cancel = () => {};

  const parts: Readonly<Record<Part, Pluggable>> = {
    scanner: {
      async plug() {
        const { descriptor } = hidPosTwin();
        hid = uhidDevice({ descriptor, vendorId: 0x0c2e, productId: 0x0b61, serial: 'A1' });
      },
      async unplug() {
        hid?.unplug();
        hid = null;
      },
    },
    thermometer: {
      async plug() {
        const far = await thermometerSerial.plug();
        stopThermometer = runThermometer({ ...tools, twin: thermometer, ...far });
      },
      async unplug() {
        stopThermometer();
        await thermometerSerial.unplug();
      },
    },
    'id-card-reader': {
      async plug() {
        reader.restart();
        stopReader = runIdCardReader({ ...tools, twin: reader, ...(await readerSerial.plug()) });
      },
      async unplug() {
        stopReader();
        await readerSerial.unplug();
      },
    },
    lines: {
      async plug() {
        plugChip();
        rest();
      },
      async unplug() {
        unplugChip();
      },
    },
  };

  rest();
  for (const name of ['scanner', 'thermometer', 'id-card-reader'] as const)
    await parts[name].plug();
  site.configure({
    devices: {
      scanner: { driver: 'hid-pos', hid: {} },
      thermometer: {
        driver: 'gy-614v3',
        link: { path: thermometerSerial.nearPath, baudRate: 9_600 },
      },
      idCardReader: { driver: 'sam-v', link: { path: readerSerial.nearPath, baudRate: 115_200 } },
      turnstile: { pulseMs, passageSensor: true },
      panel: {},
      signals: {},
    },
    gpio: {
      backend: way === 'sysfs' ? 'sysfs' : 'auto',
      board: 'raspberry-pi-4',
      // A pull asked for is all that drives a line here; a closed contact to ground is stronger.
      lines: { emergency: { bias: 'none' } },
    },
  });
  const { issuers } = JSON.parse(readFileSync(site.trustPath, 'utf8')) as { issuers: unknown };
  const publicKey = encodeBase64url(registryPublicKey(randomBytes(32)));
  const registry = [{ publicKey, notBefore: '2020-01-23T00:00:00+08:00' }];
  writeFileSync(site.trustPath, JSON.stringify({ issuers, registry }));
  spawnSync('chown', ['-R', serviceUser, site.folder]);

  return {
    site,
    parts,
    hand,
    reader,
    grantLine: watchLine(offsets.grant),
    /** Resolves when it says that it is ready, and whoever is next has come. */
    async start(): Promise<Gate & { readonly screen: Screen }> {
      const words = [gateKiosk, 'run', '--config', site.configPath];
      const gate = await startGate(words, way === 'sysfs' ? [] : asService);
      const screen = followScreen(gate);
      const idle = await screen.until(({ mode }) => mode === 'idle', startMsMax);
      await pause(comesMs);
      if (idle !== null) return { ...gate, screen };
      gate.kill('SIGTERM');
      throw new Error(`it is not ready:\n${(await gate.ended).stderr}`);
    },
    comes: (): Promise<void> => pause(comesMs),
    scan(text: string): void {
      for (const report of hidPosTwin().scan(text)) hid?.report(report);
    },
    /** Somebody goes through the arm. */
    async walk(): Promise<void> {
      // By sysfs what came and went while nobody looked is not kept: people go slowly there.
      await hold('passage', way === 'sysfs' ? 4_000 : 300);
    },
    hold,
    /** A contact is closed until what is returned is called. */
    press(name: keyof typeof offsets): () => void {
      drive(offsets[name], false);
      return () => drive(offsets[name], true);
    },
    /** For the host: journal and all, of a gate that has ended. */
    keep: (folder: string): void => cpSync(site.stateDirectory, folder, { recursive: true }),
  };
}

/** A contact is closed for a while. */
async function hold(name: keyof typeof offsets, ms: number): Promise<void> {
  drive(offsets[name], false);
  await pause(ms);
  drive(offsets[name], true);
}

/** Nobody touches anything. */
function rest(): void {
  for (const offset of restingHigh) drive(offset, true);
  drive(emergency, false);
}
