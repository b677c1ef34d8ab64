/**
 * `gatectl inspect`: what a gate would say about a text; one, those of a picture, or a batch from
 * standard input.
 */

import { credentialTitles, type Reason } from '../../config/vocabulary.js';
import { reasonWords } from '../../kiosk/booth/phrases.js';
import { type Claims, kindNameOf, listClaims } from '../../kiosk/credential/claims.js';
import { type VerifyContext, verifyCredential } from '../../kiosk/credential/verify.js';
import { jsonLine, printable } from './collect-output.js';
import { type Command, readArguments, required, type Streams } from './command.js';
import { readRevocationsFile, readTrustFile } from './files.js';
import { isPictureName, readPictureTexts } from './picture.js';
import { exceededLifetime, type Lifetimes, readLifetimes } from './policy-lifetime.js';
import { dateIn, readTimeSeconds } from './words.js';

const help = `Usage: gatectl inspect --trust FILE [--at TIME] [--revocations FILE] [--policy FILE] [--json] TEXT
       gatectl inspect --trust FILE [--at TIME] [--revocations FILE] [--policy FILE] [--json] PICTURE
       gatectl inspect --trust FILE [--at TIME] [--revocations FILE] [--policy FILE] [--json] -

Says whether a credential counts, and if not the first reason. PICTURE is a file whose name ends in
.png, .jpg or .jpeg: each QR code in it is one text. With - each line of standard input is one text.
Keeps no state, so it never answers already-used; has no site pepper, so it cannot recognise revoked
holders; and of the policy it asks only how long a paper may be good for (lifetime-too-long), nothing
of who, when and where.

  --trust FILE        the trust list
  --at TIME           RFC 3339; now by default
  --revocations FILE  the revocation list
  --policy FILE       the gates' policy; the shipped one of notice No. 8 by default
  --json              one JSON line for each text: {"ok", "reason", "claims"}

Exit code 0 if all are ok, 1 if any was refused or no QR code is found in the picture, 2 for wrong
usage, a refused list, or a file that is no picture.
`;

const options = {
  trust: { type: 'string' },
  at: { type: 'string' },
  revocations: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** A text is too long beyond 1,200 UTF-16 units, and no unit takes more than 3 bytes of UTF-8. */
const lineBytesMax = 4096;
const lineFeed = 0x0a;
const daySeconds = 86_400;
/** Answers are written together: a write for each would be most of the work. */
const outputCharactersMax = 65_536;

export const inspectCommand: Command = {
  summary: 'say whether a credential counts, and why not',
  help,
  async run(args, streams) {
    const { values, positionals } = readArguments(args, options, 1);
    const given = required(positionals[0], 'a TEXT, a PICTURE or -');
    const context: VerifyContext = {
      trust: readTrustFile(required(values.trust, '--trust')),
      revocations: readRevocationsFile(values.revocations),
      nowSeconds: readAt(values.at),
    };
    const lifetimes = readLifetimes(values.policy);
    const format = values.json === true ? formatJson : formatWords;
    const texts = await textsOf(given, streams);
    if (texts === null) {
      streams.err(`gatectl inspect: no QR code is found in ${given}\n`);
      return 1;
    }
    let isRefused = false;
    let output = '';
    for await (const each of texts) {
      const judged = judge(each, context, lifetimes);
      if (judged.reason !== null) isRefused = true;
      output += format(judged);
      if (output.length < outputCharactersMax) continue;
      await streams.out(output);
      output = '';
    }
    if (output !== '') await streams.out(output);
    return isRefused ? 1 : 0;
  },
};

interface Judged {
  /** null: nothing speaks against it */
  readonly reason: Reason | null;
  readonly claims: Claims | null;
}

/** In a gate's order: what the profile says, then the policy. */
function judge(text: string, context: VerifyContext, lifetimes: Lifetimes): Judged {
  const result = verifyCredential(text, context);
  if (!result.ok) return result;
  const { kindName, claims } = result.credential;
  const max = exceededLifetime(kindName, claims.exp - claims.iat, lifetimes);
  return { reason: max === null ? null : 'lifetime-too-long', claims };
}

/** Null: a picture without a code. */
async function textsOf(given: string, streams: Streams) {
  if (given === '-') return readTexts(streams.stdin);
  if (!isPictureName(given)) return [given];
  const texts = await readPictureTexts(given);
  return texts.length === 0 ? null : texts;
}

function readAt(text: string | undefined, nowMs: number = Date.now()): number {
  return text === undefined ? nowMs / 1000 : readTimeSeconds(text, '--at');
}

/**
 * Takes bytes in chunks; yields one text a line: split on LF, one CR stripped, a final LF starts
 * none, an empty line is a text. Bytes that are no UTF-8 become U+FFFD, which no credential has.
 * A line beyond any credential's length is cut, but stays too long.
 */
export async function* readTexts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  const keep = (bytes: Uint8Array) => {
    const kept = bytes.slice(0, Math.max(0, lineBytesMax - pendingBytes));
    pending.push(kept);
    pendingBytes += kept.length;
  };
  const take = () => {
    const text = Buffer.concat(pending).toString('utf8');
    pending = [];
    pendingBytes = 0;
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  let isOpen = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      keep(chunk.subarray(start, end));
      yield take();
      start = end + 1;
      isOpen = false;
    }
    if (start === chunk.length) continue;
    keep(chunk.subarray(start));
    isOpen = true;
  }
  if (isOpen) yield take();
}

function formatJson({ reason, claims }: Judged): string {
  const line = {
    ok: reason === null,
    reason,
    claims: claims === null ? null : listClaims(claims),
  };
  return jsonLine(line);
}

function formatWords({ reason, claims }: Judged): string {
  const verdict = reason === null ? 'ok' : `refused: ${reason} (${reasonWords[reason].en})`;
  if (claims === null) return `${verdict}\n`;
  const title = credentialTitles[kindNameOf(claims)];
  const lines = [`${verdict}  ${title.en} ${title.zh}`];
  for (const [name, value] of Object.entries(listClaims(claims))) {
    lines.push(`  ${name.padEnd(9)} ${shownClaim(name, value, kindNameOf(claims))}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Times and days count from 1970, in seconds and in days. */
function shownClaim(name: string, value: unknown, kind: string): string {
  if (name === 'kind') return kind;
  if (name === 'exp' || name === 'nbf' || name === 'iat')
    return new Date(Number(value) * 1000).toISOString();
  return name === 'day' ? dateIn(Number(value) * daySeconds, 'UTC') : printable(String(value));
}
