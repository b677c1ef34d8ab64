/** A private key's file: a JWK of type OKP (RFC 8037 §2), as `gatectl keys new` writes it. */
import { parseStrictJsonBytes } from '../strict-json.js';
import { decodeBase64url, encodeBase64url } from './base64url.js';
import { type PrivateKey, privateKeyFromSeed } from './ed25519-key.js';

const keyFileBytesMax = 4096;
const jwkMembers = ['kty', 'crv', 'd', 'x'];
const seedBytes = 32;

export type KeyFile =
  | { readonly ok: true; readonly key: PrivateKey }
  | { readonly ok: false; readonly problem: string };

/** Takes a private key; returns the text of its file. */
export function formatKeyFile(key: PrivateKey): string {
  const d = encodeBase64url(key.seed);
  const jwk = { kty: 'OKP', crv: 'Ed25519', d, x: key.publicKey.text };
  return `${JSON.stringify(jwk, null, 2)}\n`;
}

/**
 * Takes a file's bytes; returns the private key in it, or what is wrong: no JWK of an Ed25519 key, one
 * that a passphrase locks (`locked-key-file.ts`), or two halves that do not belong together. Never throws, and says nothing of the secret.
 */
export function parseKeyFile(bytes: Uint8Array): KeyFile {
  const fault = (problem: string): KeyFile => ({ ok: false, problem });
  const json = parseStrictJsonBytes(bytes, keyFileBytesMax);
  if (!json.ok) return fault(json.problems[0].problem);
  if (typeof json.value !== 'object' || json.value === null) return fault('no key file');
  const members = new Map<string, unknown>(Object.entries(json.value));
  const word = (name: string): string => {
    const value = members.get(name);
    return typeof value === 'string' ? value : '';
  };
  if (members.has('locked'))
    return fault('is locked by a passphrase, and nobody is here to say it: use a key without one');
  if (members.size !== jwkMembers.length || !jwkMembers.every((name) => members.has(name)))
    return fault(`a private key file has the members ${jwkMembers.join(', ')}`);
  if (word('kty') !== 'OKP' || word('crv') !== 'Ed25519') return fault('no Ed25519 key');
  const seed = decodeBase64url(word('d'));
  if (seed?.length !== seedBytes) return fault(`d is not ${seedBytes} bytes of base64url`);
  const key = privateKeyFromSeed(seed);
  return key.publicKey.text === word('x')
    ? { ok: true, key }
    : fault('x is not the public key of d');
}
