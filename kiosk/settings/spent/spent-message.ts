/**
 * `_spent/<kiosk>/…`: what one gate tells the others of uses, signed by its device key. Every message
 * stands for itself: whatever arrives of a snapshot, late, twice or out of order, is a part of one set. Pure
 * but for crypto.
 */
import {
  encodeEnvelope,
  envelopeLimits,
  parseEnvelope,
  signEnvelope,
  signersOf,
} from '../../../config/crypto/dsse.js';
import type { PrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { KnownEntry } from '../../../config/vocabulary.js';
import { parseKnownEntry } from '../../core/known/known-entry.js';
import { knownEntriesMax } from '../../core/known/learn.js';
import { ListReader } from '../../credential/list-reader.js';
import type { TrustList } from '../../credential/trust.js';
import { parseExactJson } from '../signed/exact-json.js';

export const spentPayloadType = 'application/vnd.gate-kiosk.spent+json';

export const spentLimits = {
  /** of a payload: in base64 with its signature it stays within an envelope */
  payloadBytesMax: 48_000,
  /** of a message: what the core takes in at once */
  entriesMax: knownEntriesMax,
  /** of a snapshot: some 80,000 entries, more than a busy gate has in three days */
  pagesMax: 256,
} as const;

const spentKinds = ['delta', 'snapshot'] as const;
/** `delta`: what is new, not retained; `snapshot`: all that is not over, retained page by page. */
type SpentKind = (typeof spentKinds)[number];

export interface SpentMessage {
  readonly site: string;
  readonly kiosk: string;
  readonly kind: SpentKind;
  /** 16 hex digits: another one with each start of the gate */
  readonly run: string;
  /** of a delta its number in the run, from 1; of a snapshot that of the last delta that is in it */
  readonly n: number;
  /** of a snapshot: which of how many, from 0; a delta is 0 of 1 */
  readonly page: number;
  readonly pages: number;
  /** milliseconds since 1970, by the telling gate's clock */
  readonly atMs: number;
  readonly entries: readonly KnownEntry[];
}

export type SpentRefusal =
  | 'too-large'
  | 'bad-envelope'
  | 'wrong-type'
  /** the trust list knows no such gate */
  | 'unknown-kiosk'
  /** by no key that the trust list has for the gate of the topic */
  | 'not-signed'
  | 'bad-payload'
  | 'wrong-site'
  | 'wrong-kiosk'
  | 'wrong-kind';

export type SpentVerdict =
  | {
      readonly is: 'taken';
      readonly message: SpentMessage;
      /** entries that have no shape of ours: a later version's, perhaps */
      readonly refusedCount: number;
    }
  | { readonly is: 'refused'; readonly why: SpentRefusal; readonly detail: string };

export interface SpentContext {
  readonly site: string;
  /** by its topic */
  readonly kiosk: string;
  readonly kind: SpentKind;
  readonly trust: Pick<TrustList, 'kiosks'>;
}

const idShape = /^[a-z0-9][a-z0-9-]{0,31}$/;
const runBytes = 8;

/** Takes a message; returns its payload's exact bytes. */
export function formatSpent({ atMs, entries, ...names }: SpentMessage): Uint8Array {
  const { site, kiosk, kind, run, n, page, pages } = names;
  const at = formatRfc3339(atMs);
  return Buffer.from(
    JSON.stringify({ site, kiosk, kind, run, n, page, pages, at, entries: entries.map(inOrder) }),
    'utf8',
  );
}

/** Takes a message and the gate's device key; returns the signed envelope's bytes. */
export function sealSpent(message: SpentMessage, key: PrivateKey): Uint8Array {
  const payload = formatSpent(message);
  return encodeEnvelope(signEnvelope({ payloadType: spentPayloadType, payload }, key));
}

/** Takes an entry; returns it with its own members only, always in one order. */
export function inOrder({ type, key, direction, until, at }: KnownEntry): KnownEntry {
  return direction === undefined ? { type, key, until, at } : { type, key, direction, until, at };
}

/**
 * Takes a message's bytes and what its topic says; returns what a gate of the site has told, or why
 * nothing is taken of it. Size and signature come before anything is read. A message that is repeated
 * years later is taken, too: it can only say again what was used. Never throws.
 */
export function judgeSpent(bytes: Uint8Array, context: SpentContext): SpentVerdict {
  if (bytes.length > envelopeLimits.bytesMax) return refused('too-large');
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return refused(parsed.why);
  const { envelope } = parsed;
  if (envelope.payloadType !== spentPayloadType) return refused('wrong-type');
  // A gate that has got a new card has two: what the old one has told is true.
  const keys = context.trust.kiosks.filter(({ id }) => id === context.kiosk);
  if (keys.length === 0) return refused('unknown-kiosk');
  const signers = signersOf(
    envelope,
    keys.map(({ key }) => key),
  );
  if (signers.length === 0) return refused('not-signed');
  const json = parseExactJson(envelope.payload, spentLimits.payloadBytesMax);
  if (!json.ok) return refused('bad-payload', json.problem);
  const reader = new ListReader();
  const read = readMessage(reader, json.value);
  const [problem] = reader.problems;
  if (problem !== undefined || read === null)
    return refused('bad-payload', `${problem?.place ?? ''}: ${problem?.problem ?? ''}`);
  const { message } = read;
  if (message.site !== context.site) return refused('wrong-site');
  if (message.kiosk !== context.kiosk) return refused('wrong-kiosk');
  if (message.kind !== context.kind) return refused('wrong-kind');
  return { is: 'taken', ...read };
}

function refused(why: SpentRefusal, detail = ''): SpentVerdict {
  return { is: 'refused', why, detail };
}

const memberNames = ['site', 'kiosk', 'kind', 'run', 'n', 'page', 'pages', 'at', 'entries'];

function readMessage(
  reader: ListReader,
  value: unknown,
): { readonly message: SpentMessage; readonly refusedCount: number } | null {
  const members = reader.object(value, '', memberNames);
  if (members === null) return null;
  const id = (name: string): string =>
    members.read(name, (item, place) => {
      if (typeof item === 'string' && idShape.test(item)) return item;
      reader.fail(place, 'must be an id');
      return '';
    }) ?? '';
  const count = (name: string, min: number, max: number): number =>
    members.read(name, (item, place) => {
      if (typeof item === 'number' && Number.isInteger(item) && item >= min && item <= max)
        return item;
      reader.fail(place, `must be a whole number from ${min} to ${max}`);
      return min;
    }) ?? min;
  const kind = members.read('kind', (it, at) => reader.oneOf(it, at, spentKinds)) ?? 'delta';
  const isDelta = kind === 'delta';
  const pages = count('pages', 1, isDelta ? 1 : spentLimits.pagesMax);
  const values = members.list('entries', (item) => [item]);
  if (values.length > spentLimits.entriesMax)
    reader.fail('entries', `must be ${spentLimits.entriesMax} at most`);
  const entries = values.map(([item]) => parseKnownEntry(item)).filter((it) => it !== null);
  const message = {
    site: id('site'),
    kiosk: id('kiosk'),
    kind,
    run: members.read('run', (it, at) => reader.hex(it, at, runBytes)) ?? '',
    n: count('n', isDelta ? 1 : 0, Number.MAX_SAFE_INTEGER),
    page: count('page', 0, pages - 1),
    pages,
    atMs: Math.round(1_000 * (members.read('at', (it, at) => reader.timeSeconds(it, at)) ?? 0)),
    entries,
  };
  return { message, refusedCount: values.length - entries.length };
}
