/**
 * What a board asks its admin for where no key is to travel: its public device key and a certificate
 * request, signed by the device key. No secret; the number that both sides show tells it from another
 * board's.
 */
import { createHash } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import {
  type PrivateKey,
  type PublicKey,
  signBytes,
  verifyBytes,
} from '../../config/crypto/ed25519-key.js';
import type { PlacedProblem } from '../../config/problems.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { KeyReader } from '../credential/key-reader.js';

export interface BoardRequest {
  readonly site: string;
  readonly kiosk: string;
  /** the device key's public half */
  readonly publicKey: PublicKey;
  /** PKCS#10 in PEM */
  readonly certificateRequest: string;
  /** 20 digits in groups of five: of everything in it */
  readonly checkNumber: string;
}

export type ReadRequest =
  | { readonly ok: true; readonly request: BoardRequest }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

const formNumber = 1;
const requestBytesMax = 4_096;
const signatureBytes = 64;
const checkDigits = 20;

type Said = Pick<BoardRequest, 'site' | 'kiosk' | 'publicKey' | 'certificateRequest'>;

/** Takes who the board is to be, its device key and the certificate request; returns the file's text. */
export function formatRequest(names: Omit<Said, 'publicKey'>, key: PrivateKey): string {
  const { site, kiosk, certificateRequest } = names;
  const { publicKey } = key;
  const sig = encodeBase64url(signBytes(key, signedText({ ...names, publicKey })));
  const file = {
    form: formNumber,
    site,
    kiosk,
    publicKey: publicKey.text,
    certificateRequest,
    sig,
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Takes a file's bytes; returns the request in it, or every problem. Never throws. */
export function readRequest(bytes: Uint8Array): ReadRequest {
  const json = parseStrictJsonBytes(bytes, requestBytesMax);
  if (!json.ok) return json;
  const reader = new KeyReader();
  const names = ['form', 'site', 'kiosk', 'publicKey', 'certificateRequest', 'sig'];
  const members = reader.object(json.value, '', names);
  if (members === null) return { ok: false, problems: reader.problems };
  const text = (name: string): string =>
    members.read(name, (item, place) => {
      if (typeof item === 'string') return item;
      reader.fail(place, 'must be a text');
      return '';
    }) ?? '';
  members.read('form', (item, place) => reader.oneOf(item, place, [formNumber]));
  const publicKey = reader.key(members);
  const said = {
    site: text('site'),
    kiosk: text('kiosk'),
    certificateRequest: text('certificateRequest'),
  };
  const signature = decodeBase64url(text('sig'));
  if (publicKey === null || reader.problems.length > 0)
    return { ok: false, problems: reader.problems };
  const message = signedText({ ...said, publicKey });
  const holds = signature?.length === signatureBytes && verifyBytes(publicKey, message, signature);
  if (!holds)
    return { ok: false, problems: [{ place: 'sig', problem: 'is not of this request’s key' }] };
  return { ok: true, request: { ...said, publicKey, checkNumber: checkNumberOf(message) } };
}

/** What is signed: every part on lines of its own, with what it is for before it. */
function signedText({ site, kiosk, publicKey, certificateRequest }: Said): Uint8Array {
  const lines = ['gk-enrol-request-1', site, kiosk, publicKey.text, certificateRequest];
  return Buffer.from(JSON.stringify(lines), 'utf8');
}

/** 66 bits: no other board's keys are found that give the same. */
function checkNumberOf(message: Uint8Array): string {
  const digest = createHash('sha256').update(message).digest('hex');
  const digits = String(BigInt(`0x${digest}`) % 10n ** BigInt(checkDigits));
  return (digits.padStart(checkDigits, '0').match(/.{5}/g) ?? []).join(' ');
}
