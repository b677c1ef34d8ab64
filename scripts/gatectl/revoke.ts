/** `gatectl revoke`: a step that only revokes more, which one admin may sign alone. */
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { identitySpaces } from '../../config/vocabulary.js';
import { personToken } from '../../kiosk/credential/tokens.js';
import type { TrustList } from '../../kiosk/credential/trust.js';
import {
  credentialIdOf,
  isAddition,
  nameWith,
  promisedBy,
  promiseOf,
  type RevokeOrder,
  withoutOver,
  withRevoked,
} from '../../kiosk/settings/admin/revoke-order.js';
import { readStepBody } from '../../kiosk/settings/admin/step-body.js';
import { thresholdOf } from '../../kiosk/settings/signed/judge-step.js';
import {
  type Command,
  formatProblems,
  readArguments,
  type Streams,
  UsageError,
} from './command.js';
import { blobsFolder, bodyBytesOf, readStepFile, writeStepFile } from './config-files.js';
import { readBodyFile, readOrder, writeNewStep } from './config-new.js';
import { addSignature, refuseUseless, tellSigned } from './config-sign.js';
import { readBytesUpTo, readPepperFile, readTrustFile } from './files.js';
import { readTexts } from './inspect.js';
import { readKeyFile } from './key-files.js';
import { readKind, readTimeSeconds, readWords } from './words.js';

const help = `Usage: gatectl revoke [CREDENTIAL…] --previous STEP --reason TEXT [--key FILE] [options]
       gatectl revoke [CREDENTIAL…] --site SITE --seq N [--prev-sha256 HEX] [--list FILE] --reason TEXT [options]

Makes the next step of the channel revocation, which adds to what is revoked and needs one signature: with
--key it gets it here; gatectl config flash brings it to the gates.

CREDENTIAL is an id (kid and cti, 32 hex digits, as issue --json and the records have it), a text GK1:…,
or a FILE of either, one a line; - is standard input.

  --previous STEP    the step before this one: gives site, number, hash, and the name of the list after it
  --list FILE        the whole list in force: where the step before is not at hand or does not name its
                     result, and for the first step (--seq 1) at gates that were enrolled with a list
  --whole            a step with the whole list and what is new in it instead: it takes the place of all
                     steps before it, and needs all signatures
  --over FILE        with --whole: papers that were issued, a text GK1:… or an answer of issue --json a line;
                     those of them that ended a week before the step is made leave the list; with --trust
                     only those whose signature holds by it
  --holder SPACE:TOKEN,…   persons: space is one of ${identitySpaces.join(', ')}
  --person SPACE:ID,… --pepper FILE   the same by their ids, where the site's pepper is
  --issuer KID,… [--from TIME]        an issuer's key: all that it signed, or from TIME on
  --kind KID:KIND,… --issued-before TIME   what that key issued of a kind before TIME
  --key FILE [--passphrase-file FILE] [--trust FILE]   signs; the list says whether the key counts
  --expires TIME|90d --out FILE --blobs FOLDER --json   as config new takes them

Exit code 0 fine; 1 all of it is revoked already, nothing was made; 2 wrong usage.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const options = {
  ...{ site: text, seq: text, previous: text, 'prev-sha256': text, list: text, reason: text },
  ...{ holder: text, person: text, pepper: text, issuer: text, from: text },
  ...{ kind: text, 'issued-before': text, issued: text, expires: text },
  ...{ key: text, 'passphrase-file': text, trust: text, out: text, blobs: text },
  ...{ over: text, whole: flag, json: flag },
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

const credentialsMax = 10_000;
const fileBytesMax = 67_108_864;
const answerBytesMax = 65_536;
const idShape = /^[0-9a-f]{16}-?[0-9a-f]{16}$/i;
const kidShape = /^[0-9a-f]{16}$/;
const tokenShape = /^[0-9a-f]{32}$/;

export const revokeCommand: Command = {
  summary: 'revoke papers, persons or keys: a step that one admin may sign',
  help,
  async run(args, streams) {
    const { values, positionals } = readArguments(args, options, credentialsMax);
    const order = await readRevokeOrder(positionals, values, streams);
    const step = readOrder('revocation', values);
    const base = readBase(values, step.seq);
    const { list: all, additions, added } = withRevoked(base.known, order);
    const trust = values.trust === undefined ? null : readTrustFile(values.trust);
    const { list, left } = await withoutPapers(all, values, step.issuedMs, trust);
    if (added === 0 && values.whole !== true) {
      streams.err('gatectl revoke: all of that is revoked already: no step was made\n');
      return 1;
    }
    const json = JSON.stringify(values.whole === true ? list : additions);
    const body = readList(Buffer.from(json, 'utf8'));
    const name =
      values.whole === true ? body.revocations.sha256 : nameWith(base.name, body.revocations);
    // The key first: no step is left behind by a wrong passphrase, or a key that does not count.
    const key =
      values.key === undefined
        ? null
        : await readKeyFile(values.key, values['passphrase-file'], streams);
    if (key !== null && trust !== null) refuseUseless('revocation', key, [trust]);
    if (trust !== null && values.whole !== true && thresholdOf(trust, 'revocation') === 1)
      throw new UsageError('on this list one signature makes a whole list: --whole is required');
    // Told once: unsigned here, signed below.
    const told = key === null ? streams : { ...streams, out: async () => {} };
    const { path, made } = await writeNewStep(
      { ...step, body: body.value, selfTest: promiseOf(name) },
      values,
      told,
    );
    if (key === null) return 0;
    const signed = addSignature(made, key, trust);
    writeStepFile(path, signed.envelope);
    await tellSigned(signed, trust, values, streams);
    if (values.json !== true)
      await streams.out(`new entries: ${added}, ended: ${left}, written to ${path}\n`);
    return 0;
  },
};

/** What has ended is no longer revoked: it is refused without that. */
async function withoutPapers(
  list: Readonly<Record<string, unknown>>,
  { over, whole }: Values,
  nowMs: number,
  trust: TrustList | null,
) {
  if (over === undefined) return { list, left: 0 };
  if (whole !== true) throw new UsageError('--over goes with --whole: nothing is taken off else');
  const texts: string[] = [];
  for await (const line of readTexts(asyncOf([readBytesUpTo(over, fileBytesMax)])))
    texts.push(textOfAnswer(line));
  return withoutOver(list, texts, nowMs / 1_000, trust?.issuers ?? null);
}

/** Takes a line; of an answer of `issue --json` returns the paper's text in it. */
function textOfAnswer(line: string): string {
  if (!line.startsWith('{')) return line;
  const json = parseStrictJsonBytes(Buffer.from(line, 'utf8'), answerBytesMax);
  const { text: paper } = Object(json.ok ? json.value : null) as { readonly text?: unknown };
  return typeof paper === 'string' ? paper : '';
}

interface Base {
  /** JSON of what is surely revoked already: all of it, or what the step before has added */
  readonly known: unknown;
  /** of the list in force; null: there is none */
  readonly name: string | null;
}

/** What the new step stands on: a gate that has another list refuses it, for another one would come out. */
function readBase({ previous, list, blobs, whole }: Values, seq: number): Base {
  const given = list === undefined ? null : readBodyFile('revocation', list);
  const sha256 = given?.channel === 'revocation' ? given.revocations.sha256 : null;
  if (previous === undefined) {
    if (given !== null) return { known: given.value, name: sha256 };
    if (seq === 1) return { known: {}, name: null };
    throw new UsageError('what is revoked already is required: --previous STEP or --list FILE');
  }
  const file = readStepFile(previous);
  const promised = promisedBy(file.step);
  if (given !== null) return { known: given.value, name: promised ?? sha256 };
  if (promised === null)
    throw new UsageError(`${previous} does not name the list after it: give that list by --list`);
  const before = readList(bodyBytesOf(file, blobsFolder(previous, blobs)), previous);
  if (whole === true && isAddition(file.step, before.revocations))
    throw new UsageError(`${previous} only adds to a list: --whole needs all of it, by --list`);
  return { known: before.value, name: promised };
}

function readList(bytes: Uint8Array, file = 'the new list') {
  const read = readStepBody('revocation', bytes);
  if (!read.ok) throw new UsageError(formatProblems(file, read.problems));
  if (read.body.channel !== 'revocation') throw new UsageError(`${file} is no revocation list`);
  return read.body;
}

async function readRevokeOrder(
  given: readonly string[],
  values: Values,
  streams: Streams,
): Promise<RevokeOrder> {
  const credentials: string[] = [];
  for (const word of given) credentials.push(...(await readCredentials(word, streams)));
  const order: RevokeOrder = {
    credentials,
    holders: [...readHolders(values.holder), ...readPersons(values)],
    issuers: readIssuers(values),
    kinds: readKinds(values),
  };
  if (values.whole !== true && Object.values(order).every((entries) => entries.length === 0))
    throw new UsageError(
      'what is to be revoked is required: CREDENTIAL, --holder, --issuer, --kind',
    );
  return order;
}

async function readCredentials(word: string, streams: Streams): Promise<readonly string[]> {
  const id = idOf(word);
  if (id !== null) return [id];
  if (word.startsWith('GK1:'))
    throw new UsageError(`${word.slice(0, 20).replace(/…+$/, '')}… is no whole credential`);
  const lines: string[] = [];
  const chunks = word === '-' ? streams.stdin : [readBytesUpTo(word, fileBytesMax)];
  for await (const line of readTexts(asyncOf(chunks))) if (line !== '') lines.push(line);
  return lines.map((line, index) => {
    const read = idOf(line);
    if (read !== null) return read;
    throw new UsageError(`${word}: line ${index + 1} is neither a credential nor its id`);
  });
}

async function* asyncOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  yield* chunks;
}

function idOf(word: string): string | null {
  return idShape.test(word) ? word.replace('-', '').toLowerCase() : credentialIdOf(word);
}

function readHolders(word: string | undefined): RevokeOrder['holders'] {
  return word === undefined
    ? []
    : readWords(word).map((part) => {
        const { space, rest: token } = readSpace(part, '--holder SPACE:TOKEN');
        if (tokenShape.test(token)) return { space, token };
        throw new UsageError(`--holder ${part}: a token is 32 hex digits in lower case`);
      });
}

function readPersons({ person, pepper }: Values): RevokeOrder['holders'] {
  if ((person === undefined) !== (pepper === undefined))
    throw new UsageError('--person and --pepper go together');
  if (person === undefined || pepper === undefined) return [];
  const secret = readPepperFile(pepper);
  return readWords(person).map((part) => {
    const { space, rest: id } = readSpace(part, '--person SPACE:ID');
    return { space, token: personToken(secret, space, id) };
  });
}

function readSpace(part: string, shape: string) {
  const [word = ''] = part.split(':');
  const space = identitySpaces.find((known) => known === word);
  const rest = part.slice(word.length + 1);
  if (space !== undefined && rest !== '') return { space, rest };
  throw new UsageError(`${part} is not ${shape}, space one of ${identitySpaces.join(', ')}`);
}

function readIssuers({ issuer, from }: Values): RevokeOrder['issuers'] {
  if (issuer === undefined && from !== undefined) throw new UsageError('--from goes with --issuer');
  if (issuer === undefined) return [];
  if (from !== undefined) readTimeSeconds(from, '--from');
  return readWords(issuer).map((word) => ({
    kid: readKid(word, '--issuer'),
    ...(from === undefined ? {} : { from }),
  }));
}

function readKinds({ kind, 'issued-before': issuedBefore }: Values): RevokeOrder['kinds'] {
  if ((kind === undefined) !== (issuedBefore === undefined))
    throw new UsageError('--kind and --issued-before go together');
  if (kind === undefined || issuedBefore === undefined) return [];
  readTimeSeconds(issuedBefore, '--issued-before');
  return readWords(kind).map((part) => {
    const [kid = '', word = ''] = part.split(':');
    return { kid: readKid(kid, '--kind'), kind: readKind(word), issuedBefore };
  });
}

function readKid(word: string, option: string): string {
  if (kidShape.test(word)) return word;
  throw new UsageError(`${option} ${word}: a kid is 16 hex digits in lower case`);
}
