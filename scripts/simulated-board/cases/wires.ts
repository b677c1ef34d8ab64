/** What comes over the wires: every reason of the credentials' profile, and noise. */
import { decodeBase45, encodeBase45 } from '../../../kiosk/credential/base45.js';
import type { Case } from './case.js';
import { hasExpired, healthy, silentMs, staffIsGranted } from './shows.js';

const wire = { rule: 'wire', clause: '身份必问', gate: 'in' } as const;
const granted = 'grant duty-staff, passed';
const prefixLength = 'GK1:'.length;

export const wireCases: readonly Case[] = [
  {
    ...wire,
    name: 'a text of 4,000 characters',
    expected: 'deny too-long',
    play: ({ in: gate }) => gate.scanBytes(Buffer.from(`GK1:${'A'.repeat(4_000)}\r\n`)),
  },
  {
    ...wire,
    name: 'a payment code from another world',
    expected: 'deny bad-prefix',
    play: ({ in: gate }) => gate.scan('https://example.com/pay?id=8841&名=张'),
  },
  {
    ...wire,
    name: 'a code in small letters',
    expected: 'deny bad-base45',
    play: ({ in: gate }, { campusId }) =>
      gate.scan(`GK1:${gate.papers.form(campusId).slice(prefixLength).toLowerCase()}`),
  },
  {
    ...wire,
    name: 'a code cut short',
    expected: 'deny bad-structure',
    play: ({ in: gate }, { campusId }) => gate.scan(cutShort(gate.papers.form(campusId))),
  },
  {
    ...wire,
    name: 'a form that says it is signed by another algorithm',
    expected: 'deny bad-algorithm',
    play: ({ in: gate }, { campusId }) => gate.scan(otherAlgorithm(gate.papers.form(campusId))),
  },
  {
    ...wire,
    name: 'a form signed by a stranger',
    expected: 'deny unknown-key',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.forgedForm(campusId)),
  },
  {
    ...wire,
    name: 'a code with one character changed',
    expected: 'deny bad-signature',
    play: ({ in: gate }, { campusId }) => gate.scan(swapLast(gate.papers.form(campusId))),
  },
  {
    ...wire,
    name: 'a form whose claims are none of the profile’s',
    expected: 'deny bad-claims',
    play: ({ in: gate }) => gate.scan(gate.papers.emptyForm()),
  },
  {
    ...wire,
    name: 'a code signed by an office for a kind that is not its own',
    expected: 'deny kind-not-allowed',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.overreachingCode(campusId)),
  },
  {
    ...wire,
    name: 'a form issued for tomorrow',
    expected: 'deny not-yet-valid',
    play: ({ in: gate }, { campusId }) =>
      gate.scan(gate.papers.form(campusId, { from: 86_400, until: 2 * 86_400 })),
  },
  {
    ...wire,
    name: 'a form that has run out',
    expected: 'deny expired',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.form(campusId, hasExpired)),
  },
  {
    ...wire,
    name: 'a form that was revoked',
    expected: 'deny revoked',
    play: ({ in: gate }, { campusId }) => gate.scan(gate.papers.revokedForm(campusId)),
  },
  {
    ...wire,
    name: 'bytes one by one, frames doubled on the line',
    expected: 'grant duty-staff, scan ignored, passed',
    async play({ in: gate }, { campusId }) {
      gate.board.scannerWire.setFaults({ splitChunk: 1, duplicateChunk: 1 });
      await staffIsGranted(gate, campusId);
      gate.board.scannerWire.setFaults({ splitChunk: 0, duplicateChunk: 0 });
      await gate.walk();
    },
  },
  {
    ...wire,
    name: 'one byte in fifty of the thermometer’s corrupted',
    expected: granted,
    async play({ in: gate }, { campusId }) {
      gate.board.thermometerWire.setFaults({ corruptByte: 0.02 });
      await staffIsGranted(gate, campusId);
      gate.board.thermometerWire.setFaults({ corruptByte: 0 });
      await gate.walk();
    },
  },
  {
    ...wire,
    name: 'air of 10 °C at the sensor is no reading',
    expected: 'no reading ambient, deny incomplete',
    async play({ in: gate }, { campusId }) {
      const { thermometer } = gate.board;
      thermometer.setAmbient(1_000);
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(healthy);
      await gate.pause(silentMs);
      thermometer.setAmbient(2_200);
      await gate.pause(1_000);
    },
  },
  {
    ...wire,
    name: 'a hot cup, a cold wrist, and then the person',
    expected: 'no reading too-hot, no reading too-cold, grant duty-staff, passed',
    async play({ in: gate }, { campusId }) {
      await gate.scan(gate.papers.form(campusId));
      await gate.scan(gate.papers.code(campusId));
      await gate.measure(45);
      await gate.measure(33);
      await gate.measure(healthy);
      await gate.walk();
    },
  },
];

/** The protected header says ES256 where it said EdDSA: the first bytes of its map. */
function otherAlgorithm(text: string): string {
  const bytes = Buffer.from(decodeBase45(text, prefixLength) ?? []);
  const at = bytes.indexOf(Buffer.of(0xa2, 0x01, 0x27));
  bytes[at + 2] = 0x26;
  return text.slice(0, prefixLength) + encodeBase45(bytes);
}

/** Leaves whole groups of three, so that the base45 itself stays well formed. */
function cutShort(text: string): string {
  const groups = Math.floor((text.length - prefixLength) / 3) - 10;
  return text.slice(0, prefixLength + groups * 3);
}

/** Changes the last base45 character but one to another that keeps the text well formed. */
function swapLast(text: string): string {
  const at = text.length - 3;
  const changed = text[at] === '0' ? '1' : '0';
  return text.slice(0, at) + changed + text.slice(at + 1);
}
