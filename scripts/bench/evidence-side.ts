/** The way from a scanner's link to evidence, for the benches of scanners; and a bare check beside it. */
import { randomBytes } from 'node:crypto';
import { generatePrivateKey, signBytes, verifyBytes } from '../../config/crypto/ed25519-key.js';
import { type ScannerDevice, scannerOf } from '../../drivers/qr-scanner/kinds.js';
import { skippingClock } from '../../hardware/simulated/clock.js';
import { evidenceDesk } from '../../kiosk/evidence/desk.js';
import { gateSettings } from '../../kiosk/settings/gate-settings.js';
import { openCampus } from '../simulated-board/papers.js';
import { shippedConfiguration } from '../simulated-board/shipped.js';

const startWallMs = Date.parse('2020-02-12T08:00:00+08:00');
/** A credential's signed bytes are about this long (measured: 124 to 164). */
const signedByteCount = 160;

/**
 * A scanner's driver, started, and the desk that makes evidence of what it gives.
 * @param device with its link
 * @returns codes to show, a wait for the evidence of one, and the verification of one signature alone
 */
export function evidenceSide(device: ScannerDevice) {
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
