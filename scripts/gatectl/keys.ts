/** `gatectl keys`: private keys, and the place of each on a trust list. */

import { randomBytes } from 'node:crypto';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import {
  generatePrivateKey,
  type PublicKey,
  parsePublicKey,
} from '../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import { formatLockedKeyFile } from '../../config/crypto/locked-key-file.js';
import { keyProblems } from '../../kiosk/credential/key-reader.js';
import { pepperBytes } from '../../kiosk/credential/tokens.js';
import { adminRoles } from '../../kiosk/credential/trust.js';
import { registryPublicKey } from '../../kiosk/evidence/seal.js';
import {
  type Command,
  type ExitCode,
  readArguments,
  required,
  type Streams,
  UsageError,
  unknownVerb,
} from './command.js';
import { refuseExisting, registryKeyBytes, replaceFile, writeSecretFile } from './files.js';
import { readNewPassphrase, readPublicHalf } from './key-files.js';
import { adminOptions, adminWords, readAdmin } from './keys-admin.js';
import { removeKey } from './keys-remove.js';
import { changeList, extendList, withEntry } from './trust-list-file.js';
import { readKind, readWords } from './words.js';

const help = `Usage: gatectl keys new [--encrypt [--passphrase-file FILE]] [--out FILE] [--json]
       gatectl keys trust --list FILE --name NAME (--key FILE | --public-key KEY) --kinds KIND,…
       gatectl keys collector --list FILE --name NAME (--key FILE | --public-key KEY) [--json]
       gatectl keys kiosk --list FILE --id ID (--key FILE | --public-key KEY) [--json]
       gatectl keys admin --list FILE --name NAME (--key FILE | --public-key KEY) --roles ROLE,…
                          [--threshold ROLE=N,…] [--json]
       gatectl keys admin --list FILE --threshold ROLE=N,… [--json]
       gatectl keys remove --list FILE (--id ID | --name NAME | --kid KID | --key FILE | --public-key KEY) [--json]
       gatectl keys registry --list FILE --out FILE [--not-before TIME]
       gatectl keys pepper --out FILE

new     makes an Ed25519 key; writes the private key to FILE (mode 0600, a JWK; by default
        key-<kid>.json here), never over another file; prints the public key and the kid
          --encrypt    locks it by a passphrase, asked for here or the first line of --passphrase-file:
                       scrypt and AES-256-GCM. Whatever reads a key reads both kinds; only a gate's and a
                       service's own key stays without, for nobody is there when it starts
trust   adds an issuer to a trust list, which is made where there is none
          --kinds      what the key may sign: names or numbers between commas
          --variants --purposes --units --zones   fences: what of those kinds it may sign
          --not-before --not-after                 RFC 3339: when it counts
collector  adds a collector: gates believe its receipts (collect run --name NAME --key FILE)
kiosk   adds a gate by its id in kiosk.json, with the public half of its keys/device.json: collectors
        and journal verify --trust check what it signs
admin   adds an admin, whose signature counts for the channels and commands named, and how many of them
        must sign (2 without a threshold)
          --roles      of ${adminRoles.join(', ')}
          --threshold  trust=2,policy=3: how many admins of that role must have signed
remove  takes one key off the list: of a gate (--id) whose board was replaced, of an admin, issuer or
        collector (--name). Where several fit, --kid says which
registry makes the key that private details are sealed to: the private key, which alone opens them and
        belongs to the registry off the gates, goes to FILE (mode 0600); the public key onto the list
          --not-before   RFC 3339: from when gates use it; now without it
pepper  makes a site pepper (32 random bytes, base64url, mode 0600), for kiosks and issuing offices

--json  prints one JSON object
`;

export const keysCommand: Command = {
  summary: 'make keys, put them on a trust list',
  help,
  async run(args, streams) {
    const [verb = '', ...rest] = args;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (run === undefined) throw unknownVerb('keys', verb, Object.keys(verbs));
    return await run(rest, streams);
  },
};

const verbs: Readonly<Record<string, Command['run']>> = {
  new: makeKey,
  trust: trustKey,
  collector: (args, streams) => addMember(args, streams, 'collectors'),
  kiosk: (args, streams) => addMember(args, streams, 'kiosks'),
  admin: addAdmin,
  remove: removeKey,
  registry: makeRegistryKey,
  pepper: makePepper,
};

async function makeKey(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const options = {
    out: { type: 'string' },
    encrypt: { type: 'boolean' },
    'passphrase-file': { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values } = readArguments(args, options, 0);
  const passphraseFile = values['passphrase-file'];
  if (passphraseFile !== undefined && values.encrypt !== true)
    throw new UsageError('--passphrase-file goes with --encrypt');
  const key = generatePrivateKey();
  const { text: publicKey, kid } = key.publicKey;
  const file = values.out ?? `key-${kid}.json`;
  refuseExisting(file);
  const content =
    values.encrypt === true
      ? formatLockedKeyFile(key, await readNewPassphrase(passphraseFile, streams))
      : formatKeyFile(key);
  writeSecretFile(file, content);
  await streams.out(
    values.json === true
      ? `${JSON.stringify({ file, publicKey, kid })}\n`
      : `private key ${file}\npublic key  ${publicKey}\nkid         ${kid}\n`,
  );
  return 0;
}

async function makePepper(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values } = readArguments(args, { out: { type: 'string' } }, 0);
  const file = required(values.out, '--out');
  writeSecretFile(file, `${encodeBase64url(randomBytes(pepperBytes))}\n`);
  await streams.out(`pepper ${file}\n`);
  return 0;
}

async function makeRegistryKey(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const { values } = readArguments(args, { list: text, out: text, 'not-before': text }, 0);
  const list = required(values.list, '--list');
  const file = required(values.out, '--out');
  const privateKey = randomBytes(registryKeyBytes);
  const publicKey = encodeBase64url(registryPublicKey(privateKey));
  const notBefore = values['not-before'] ?? new Date().toISOString();
  // The list first: a key that no list names would only lie about.
  const extended = extendList(list, 'registry', { publicKey, notBefore });
  writeSecretFile(file, `${encodeBase64url(privateKey)}\n`);
  replaceFile(list, extended);
  await streams.out(`private key ${file}\n${list} seals to ${publicKey} from ${notBefore}\n`);
  return 0;
}

async function trustKey(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const options = {
    list: { type: 'string' },
    name: { type: 'string' },
    key: { type: 'string' },
    'public-key': { type: 'string' },
    kinds: { type: 'string' },
    variants: { type: 'string' },
    purposes: { type: 'string' },
    units: { type: 'string' },
    zones: { type: 'string' },
    'not-before': { type: 'string' },
    'not-after': { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values } = readArguments(args, options, 0);
  const file = required(values.list, '--list');
  const key = readPublicKey(values.key, values['public-key']);
  const fences = ['variants', 'purposes', 'units', 'zones'] as const;
  const issuer = {
    name: required(values.name, '--name'),
    publicKey: key.text,
    kinds: readWords(required(values.kinds, '--kinds')).map(readKind),
    ...Object.fromEntries(
      fences.flatMap((name) => {
        const text = values[name];
        return text === undefined ? [] : [[name, readWords(text)]];
      }),
    ),
    ...(values['not-before'] === undefined ? {} : { notBefore: values['not-before'] }),
    ...(values['not-after'] === undefined ? {} : { notAfter: values['not-after'] }),
  };
  replaceFile(file, extendList(file, 'issuers', issuer));
  await streams.out(
    values.json === true
      ? `${JSON.stringify({ list: file, kid: key.kid, issuer })}\n`
      : `${file} now trusts ${issuer.name}, kid ${key.kid}\n`,
  );
  return 0;
}

/** A collector is named on the list, a gate has its id there. */
async function addMember(
  args: readonly string[],
  streams: Streams,
  member: 'collectors' | 'kiosks',
): Promise<ExitCode> {
  const text = { type: 'string' } as const;
  const options = { list: text, name: text, id: text, key: text, 'public-key': text } as const;
  const { values } = readArguments(args, { ...options, json: { type: 'boolean' } } as const, 0);
  const [what, naming, other] =
    member === 'collectors'
      ? (['collector', 'name', 'id'] as const)
      : (['kiosk', 'id', 'name'] as const);
  if (values[other] !== undefined) throw new UsageError(`a ${what} has --${naming}, no --${other}`);
  const file = required(values.list, '--list');
  const name = required(values[naming], `--${naming}`);
  const key = readPublicKey(values.key, values['public-key']);
  const entry = { [naming]: name, publicKey: key.text };
  replaceFile(file, extendList(file, member, entry));
  await streams.out(
    values.json === true
      ? `${JSON.stringify({ list: file, kid: key.kid, [what]: entry })}\n`
      : `${file} now trusts the ${what} ${name}, kid ${key.kid}\n`,
  );
  return 0;
}

/** An admin, thresholds, or both: a threshold may need nobody new. */
async function addAdmin(args: readonly string[], streams: Streams): Promise<ExitCode> {
  const { values } = readArguments(args, adminOptions, 0);
  const file = required(values.list, '--list');
  const { roles, thresholds } = readAdmin(values);
  const key = roles === null ? null : readPublicKey(values.key, values['public-key']);
  const admin =
    key === null ? null : { name: required(values.name, '--name'), publicKey: key.text, roles };
  const list = changeList(file, (members) => ({
    ...(admin === null ? members : withEntry(members, 'admins', admin)),
    ...(thresholds === null
      ? {}
      : { thresholds: { ...Object(members['thresholds']), ...thresholds } }),
  }));
  replaceFile(file, list.text);
  const { out, warnings } = adminWords(file, admin, key?.kid ?? null, list.trust);
  for (const warning of warnings) streams.err(`gatectl keys admin: ${warning}\n`);
  const answer = { list: file, kid: key?.kid ?? null, admin, thresholds };
  await streams.out(values.json === true ? `${JSON.stringify(answer)}\n` : out);
  return 0;
}

function readPublicKey(keyFile: string | undefined, text: string | undefined): PublicKey {
  if ((keyFile === undefined) === (text === undefined))
    throw new UsageError('one of --key and --public-key is required');
  if (text === undefined) return readPublicHalf(keyFile ?? '');
  const result = parsePublicKey(text);
  if (!result.ok) throw new UsageError(`--public-key ${keyProblems[result.problem]}`);
  return result.key;
}
