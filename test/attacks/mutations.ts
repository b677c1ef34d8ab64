/**
 * Signed envelopes, changed: bits and bytes, cuts and splices, members and signatures of the JSON, the
 * payload’s own members, other spellings of the same. Whatever comes out, nobody has signed it anew.
 */
import type { Random } from '../../hardware/simulated/random.js';
import { spoils } from '../drivers/wire-fuzz.js';
import { addOrder } from '../vectors/raw.js';

interface Wire {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

type Reshape = (wire: Wire, dice: Random, other: Wire) => unknown;
type Respell = (text: string, dice: Random) => string;
type Value = Readonly<Record<string, unknown>>;

const roles = ['config', 'command', 'spent', 'time'] as const;
/** More of them than any change needs. */
const changesMax = 3;

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Takes a list of JSON, maybe spoilt by now; returns it as one. */
function listOf(value: unknown): Wire['signatures'] {
  return Array.isArray(value) ? value : [];
}

function oneOf<T>(items: readonly T[], dice: Random): T | undefined {
  return items[dice.int(items.length)];
}

/** Changes the bytes of one signature. */
function resigned(wire: Wire, dice: Random, change: (sig: Uint8Array) => Uint8Array): Wire {
  const list = listOf(wire.signatures);
  const at = dice.int(list.length);
  const signatures = list.map((it, index) =>
    index === at ? { ...it, sig: base64Of(change(bytesOf(`${it.sig}`))) } : it,
  );
  return { ...wire, signatures };
}

const reshapes: readonly [Reshape, ...Reshape[]] = [
  (wire, _, other) => ({ ...wire, payload: other.payload }),
  (wire, _, other) => ({ ...wire, signatures: other.signatures }),
  (wire, _, other) => ({
    ...wire,
    signatures: [...listOf(wire.signatures), ...listOf(other.signatures)],
  }),
  (wire) => ({ ...wire, signatures: [...listOf(wire.signatures), ...listOf(wire.signatures)] }),
  (wire) => ({ ...wire, signatures: listOf(wire.signatures).slice(1) }),
  (wire) => ({ ...wire, signatures: listOf(wire.signatures).toReversed() }),
  (wire, dice) => ({
    ...wire,
    payloadType: `application/vnd.gate-kiosk.${dice.pick(roles)}+json`,
  }),
  // One's signature under the id of another.
  (wire) => {
    const list = listOf(wire.signatures);
    return {
      ...wire,
      signatures: list.map(({ sig }, at) => ({
        keyid: list[(at + 1) % list.length]?.keyid ?? '',
        sig,
      })),
    };
  },
  (wire, dice) =>
    resigned(wire, dice, (sig) =>
      sig.length === 64 && dice.chance(0.5) ? addOrder(sig) : sig.slice(1),
    ),
  (wire, dice) => resigned(wire, dice, (sig) => dice.pick(spoils)(sig.slice(), dice, sig)),
  (wire, dice) => ({ ...wire, payload: base64Of(repaid(bytesOf(`${wire.payload}`), dice)) }),
  (wire, dice, other) => ({
    ...wire,
    payload: base64Of(
      dice.pick(spoils)(bytesOf(`${wire.payload}`), dice, bytesOf(`${other.payload}`)),
    ),
  }),
  (wire, dice) => ({ ...wire, [dice.pick(['more', 'keyid', 'payloads'])]: dice.int(9) }),
  (wire, dice) => ({ ...wire, [dice.pick(['payload', 'payloadType', 'signatures'])]: null }),
  (wire) => [wire],
];

/** Takes a payload; returns it with one of its members said otherwise, or the bytes where it is no JSON. */
function repaid(payload: Uint8Array, dice: Random): Uint8Array {
  const value = readObject(Buffer.from(payload).toString('utf8'));
  if (value === null) return payload;
  const name = oneOf(Object.keys(value), dice) ?? 'seq';
  const { [name]: before, ...others } = value;
  const changed = dice.pick<Value>([
    { ...value, [name]: typeof before === 'number' ? before + 1 : `${before}x` },
    { ...value, [name]: dice.int(1_000) },
    { ...value, [name]: null },
    { ...value, seq: 2 + dice.int(50), prevSha256: null },
    { ...value, target: { all: true }, kiosk: 'gate-1', site: 'main-campus' },
    { ...value, expires: '2030-01-01T00:00:00Z', issued: '2020-02-12T00:00:00Z' },
    { ...value, nonce: `${dice.int(2 ** 31)}`.padStart(20, 'x'), id: 'c-9', name: 'open' },
    { ...value, body: {}, entries: [], args: { again: true } },
    others,
    { [name]: before, ...others },
  ]);
  const text = JSON.stringify(changed);
  return Buffer.from(dice.chance(0.3) ? dice.pick(respells)(text, dice) : text, 'utf8');
}

/** The same in other letters, as far as a lax reader is concerned. */
const respells: readonly [Respell, ...Respell[]] = [
  (text) => ` ${text}\n`,
  (text, dice) => text.replaceAll(',', dice.pick([', ', ',\n', ',,'])),
  (text) => text.replace('"payload"', '"payl\\u006fad"'),
  (text) => text.replace('"seq"', '"s\\u0065q"'),
  (text) => text.replace(/":(\d+)/, '":$1.0'),
  (text) => text.replace(/":(\d+)/, '":$1e0'),
  (text) => text.replace('{', '{"payload":"e30=",'),
  (text) => text.replace(/\}$/, ',"seq":9,"payload":"e30="}'),
  (text) => text.replace('{', '{"__proto__":{"seq":9},'),
  (text) => `\uFEFF${text}`,
  (text) => `${text}${text}`,
  (text) => text.replaceAll('+', '-').replaceAll('/', '_'),
  (text) => text.replaceAll('=', ''),
  (text) => text.replaceAll('=', '=='),
  (text) => text.replace(/(.)==/, (_, spare: string) => `${nextLetter(spare)}==`),
  (text) => text.replace(/[a-f]/g, (letter) => letter.toUpperCase()),
  (text, dice) => {
    const at = dice.int(text.length);
    return `${text.slice(0, at)}\\n${text.slice(at)}`;
  },
  (text, dice) => `${'['.repeat(dice.int(40_000))}${text}`,
];

function nextLetter(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 1);
}

function readObject(text: string): Value | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Value) : null;
  } catch {
    return null;
  }
}

/**
 * @param message an envelope as it was signed
 * @param other another one, to be mixed with it
 * @returns what somebody on the way has made of it; once in a while nothing
 */
export function mutated(message: Uint8Array, other: Uint8Array, dice: Random): Uint8Array {
  if (dice.chance(0.3)) return dice.pick(spoils)(new Uint8Array(message), dice, other);
  const text = Buffer.from(message).toString('utf8');
  let wire: unknown = JSON.parse(text);
  const mixed = JSON.parse(Buffer.from(other).toString('utf8')) as Wire;
  for (let left = dice.int(changesMax + 1); left > 0; left -= 1)
    wire = dice.pick(reshapes)(wire as Wire, dice, mixed);
  let written = JSON.stringify(wire);
  if (dice.chance(0.3)) written = dice.pick(respells)(written, dice);
  return Buffer.from(written, 'utf8');
}
