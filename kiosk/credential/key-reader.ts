/** Reads the keys of a list: each strict, strong, and there only once, whoever owns it. */
import { decodeBase64url } from '../../config/crypto/base64url.js';
import {
  type KeyProblem,
  type KeyResult,
  type PublicKey,
  parsePublicKey,
} from '../../config/crypto/ed25519-key.js';
import { judgeExchangeKey } from '../../config/crypto/edwards25519.js';
import { ListReader, type Members } from './list-reader.js';

/** What is wrong with a key, in words that follow its place. */
export const keyProblems: Readonly<Record<KeyProblem, string>> = {
  'bad-base64url': 'must be strict base64url without padding',
  'wrong-size': 'must be 32 bytes',
  'non-canonical': 'is not the canonical form of a key',
  'small-order': 'is a point of small order: anybody could sign for it',
  'not-on-curve': 'is no Ed25519 key: no point of the curve',
};

export class KeyReader extends ListReader {
  /** place of each key's first use, by its text */
  readonly #keyPlaces = new Map<string, string>();

  /** Takes an object's members; returns its Ed25519 `publicKey`, loaded, or null. */
  key(members: Members): PublicKey | null {
    return members.read('publicKey', (value, place) => {
      const result: KeyResult =
        typeof value === 'string' ? parsePublicKey(value) : { ok: false, problem: 'bad-base64url' };
      if (!result.ok) {
        this.fail(place, keyProblems[result.problem]);
        return null;
      }
      this.#refuseTwice(result.key.text, place);
      return result.key;
    });
  }

  /** The same for an X25519 key, to which something is sealed; returns its raw bytes. */
  exchangeKey(members: Members): Uint8Array | null {
    return members.read('publicKey', (value, place) => {
      const text = typeof value === 'string' ? value : '';
      const raw = decodeBase64url(text);
      const problem = raw === null ? 'bad-base64url' : judgeExchangeKey(raw);
      if (problem !== null) {
        this.fail(place, keyProblems[problem]);
        return null;
      }
      this.#refuseTwice(text, place);
      return raw;
    });
  }

  /** A key of two owners would make their signatures one another's. */
  #refuseTwice(text: string, place: string): void {
    const first = this.#keyPlaces.get(text);
    if (first !== undefined) this.fail(place, `the same key as ${first}`);
    else this.#keyPlaces.set(text, place);
  }
}
