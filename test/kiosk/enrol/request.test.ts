/** A board that asks: its keys are made there and stay, and only the answer to them is taken. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { boardDisk } from '../../../kiosk/enrol/board-disk.js';
import { certificateRequest } from '../../../kiosk/enrol/certificate-request.js';
import { placeEnrolment } from '../../../kiosk/enrol/enrol.js';
import type { Enrolment } from '../../../kiosk/enrol/enrolment.js';
import { requestEnrolment } from '../../../kiosk/enrol/request.js';
import { readRequest } from '../../../kiosk/enrol/request-file.js';
import { canMakeCertificates, whyNoCertificates } from '../../certificates.js';
import {
  ask,
  type BareBoard,
  bareBoard,
  cutDisk,
  cuts,
  enrolmentFor,
  filesBelow,
} from './stage.js';

function place(board: BareBoard, enrolment: Enrolment) {
  const { configPath } = board;
  const tools = { disk: boardDisk, owner: () => null, makeKey: generatePrivateKey };
  return placeEnrolment({ configPath, replace: false, ...tools }, enrolment);
}

test.skipIf(!canMakeCertificates)(
  `openssl reads the certificate request, its name and its signature${whyNoCertificates}`,
  () => {
    for (const name of ['g', 'north-gate-in-1', 'a'.repeat(32)]) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const input = certificateRequest(name, privateKey);
      const words = ['req', '-verify', '-noout', '-subject', '-nameopt', 'RFC2253', '-pubkey'];
      const stdio = ['pipe', 'pipe', 'ignore'] as const;
      const out = execFileSync('openssl', words, { input, encoding: 'utf8', stdio: [...stdio] });
      expect(out).toContain(`subject=CN=${name}\n`);
      const [, ...foreign] = input.split('\n');
      expect(foreign.every((line) => line.length <= 64)).toBe(true);
    }
  },
);

test('the file says who asks, shows no secret, and with any byte changed is none', () => {
  const board = bareBoard();
  const { text, checkNumber } = ask(board);
  expect(checkNumber).toMatch(/^\d{5}( \d{5}){3}$/);
  const read = readRequest(Buffer.from(text));
  expect(read).toMatchObject({ ok: true, request: { kiosk: 'north-gate-in-1', checkNumber } });
  for (const file of filesBelow(board.folder).values()) {
    const secret = /"d": "([\w-]+)"|(MIG[\w+/]+)/.exec(file)?.slice(1).find(Boolean);
    if (secret !== undefined) expect(text).not.toContain(secret);
  }
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(readRequest(changed).ok, `byte ${at}`).toBe(false);
  }
});

test('the same is asked for with the same keys, another gate or another board with others', () => {
  const board = bareBoard();
  const first = ask(board);
  expect(ask(board)).toEqual(first);
  expect(ask(bareBoard()).checkNumber).not.toBe(first.checkNumber);
  const other = ask(board, 'south-gate-in-1');
  expect(other.checkNumber).not.toBe(first.checkNumber);
  expect(readRequest(Buffer.from(other.text))).toMatchObject({
    request: { kiosk: 'south-gate-in-1' },
  });
});

test('a name that is none is asked for by nobody', () => {
  const board = bareBoard();
  const { stateDirectory } = board;
  const tools = { disk: boardDisk, owner: null, makeKey: generatePrivateKey };
  const names = { site: 'main-campus', kiosk: 'North Gate', stateDirectory };
  expect(requestEnrolment({ ...names, ...tools }).ok).toBe(false);
  expect(filesBelow(board.folder).size).toBe(0);
});

test.each(cuts)('cut off %s any step, it has all keys of a request or none that count', (cut) => {
  let steps = 0;
  for (let isCut = true; isCut; steps += 1) {
    const board = bareBoard();
    const { stateDirectory } = board;
    const names = { site: 'main-campus', kiosk: 'north-gate-in-1', stateDirectory };
    const tools = { owner: null, makeKey: generatePrivateKey };
    const made = requestEnrolment({ ...names, ...tools, disk: cutDisk(steps, cut) });
    isCut = !made.ok;
    const { text, publicKey } = ask(board);
    if (made.ok) expect(text).toBe(made.text);
    expect(place(board, { ...enrolmentFor(board, '1'), device: publicKey }).ok).toBe(true);
  }
  expect(steps).toBeGreaterThan(6);
});

describe('the answer', () => {
  test('brings the keys that waited for it to their place, and leaves none of them elsewhere', () => {
    const board = bareBoard();
    const { publicKey } = ask(board);
    const placed = place(board, { ...enrolmentFor(board, '1'), device: publicKey });
    expect(placed).toMatchObject({ ok: true, how: 'enrolled', publicKey, isListed: true });
    expect(readFileSync(`${board.keys}/device.json`, 'utf8')).toContain(publicKey);
    expect(existsSync(`${board.keys}.requested`)).toBe(false);
  });

  test('to another board, or to keys that are gone, is not taken, and nothing is written', () => {
    const [board, other] = [bareBoard(), bareBoard()];
    const enrolment = enrolmentFor(board, '1');
    const before = filesBelow(board.folder);
    for (const device of [ask(other).publicKey, generatePrivateKey().publicKey.text])
      expect(place(board, { ...enrolment, device })).toMatchObject({
        ok: false,
        why: { en: expect.stringContaining('another request') },
      });
    expect(filesBelow(board.folder)).toEqual(before);
    ask(board);
    expect(place(board, { ...enrolment, device: ask(other).publicKey }).ok).toBe(false);
  });
});
