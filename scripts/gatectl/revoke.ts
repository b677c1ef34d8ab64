/** `gatectl revoke`: a step that only revokes more, which one admin may sign alone. */
import { identitySpaces } from '../../config/vocabulary.js';
import { personToken } from '../../kiosk/credential/tokens.js';
import {
  credentialIdOf,
  type RevokeOrder,
  withRevoked,
} from '../../kiosk/settings/admin/revoke-order.js';
import { readStepBody } from '../../kiosk/settings/admin/step-body.js';
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

const help = `Usage: gatectl revoke [CREDENTIAL…] --previous STEP --reason TEXT [options]
       gatectl revoke [CREDENTIAL…] --site SITE --seq N [--prev-sha256 HEX] --list FILE --reason TEXT [options]

Makes the next step of the channel revocation: what is revoked already, and more. Such a step needs one
signature, with --key it gets it here; gatectl config flash brings it to the gates.

CREDENTIAL is an id (kid and cti, 32 hex digits, as issue --json and the records have it), a text GK1:…,
or a FILE of either, one a line; - is standard input.

  --previous STEP    the step before this one: gives site, number, hash, and what is revoked already
  --list FILE        what is revoked already, where the step is not at hand; the site's very first step
                     (--seq 1) needs neither
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
  json: flag,
} as const;
type Values = ReturnType<typeof readArguments<typeof options>>['values'];

const credentialsMax = 10_000;
const fileBytesMax = 67_108_864;
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
    const { list, added } = withRevoked(readBefore(values, step.seq), order);
    if (added === 0) {
      streams.err('gatectl revoke: all of that is revoked already: no step was made\n');
      return 1;
    }
    const body = readStepBody('revocation', Buffer.from(JSON.stringify(list), 'utf8'));
    if (!body.ok) throw new UsageError(formatProblems('the new list', body.problems));
    // The key first: no step is left behind by a wrong passphrase, or a key that does not count.
    const key =
      values.key === undefined
        ? null
        : await readKeyFile(values.key, values['passphrase-file'], streams);
    const trust = values.trust === undefined ? null : readTrustFile(values.trust);
    if (key !== null && trust !== null) refuseUseless('revocation', key, [trust]);
    // Told once: unsigned here, signed below.
    const told = key === null ? streams : { ...streams, out: async () => {} };
    const { path, made } = await writeNewStep({ ...step, body: body.body.value }, values, told);
    if (key === null) return 0;
    const signed = addSignature(made, key, trust);
    writeStepFile(path, signed.envelope);
    await tellSigned(signed, trust, values, streams);
    if (values.json !== true) await streams.out(`new entries: ${added}, written to ${path}\n`);
    return 0;
  },
};

/** What is revoked already: a list that forgets it would lift it, and no gate takes that of one admin. */
function readBefore(values: Values, seq: number): unknown {
  const { previous, list } = values;
  if (previous !== undefined && list !== undefined)
    throw new UsageError('--previous brings its own list: no --list beside it');
  if (list !== undefined) return readBodyFile('revocation', list).value;
  if (previous === undefined) {
    if (seq === 1) return {};
    throw new UsageError('what is revoked already is required: --previous STEP or --list FILE');
  }
  const bytes = bodyBytesOf(readStepFile(previous), blobsFolder(previous, values.blobs));
  const read = readStepBody('revocation', bytes);
  if (!read.ok) throw new UsageError(formatProblems(previous, read.problems));
  return read.body.value;
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
  if (Object.values(order).every((entries) => entries.length === 0))
    throw new UsageError(
      'what is to be revoked is required: CREDENTIAL, --holder, --issuer, --kind',
    );
  return order;
}

async function readCredentials(word: string, streams: Streams): Promise<readonly string[]> {
  const id = idOf(word);
  if (id !== null) return [id];
  if (word.startsWith('GK1:')) throw new UsageError(`${word.slice(0, 20)}… is no whole credential`);
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
