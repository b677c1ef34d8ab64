/** Private keys that sign: in clear (a JWK, RFC 8037), or locked by a passphrase. Read here, both kinds. */
import { statSync } from 'node:fs';
import type { PrivateKey, PublicKey } from '../../config/crypto/ed25519-key.js';
import { parseKeyFile } from '../../config/crypto/key-file.js';
import { parseLockedKeyFile } from '../../config/crypto/locked-key-file.js';
import { groupOrOthersAnything } from '../../config/secret.js';
import { decodeUtf8 } from '../../config/utf8.js';
import { type Streams, UsageError } from './command.js';
import { readBytesUpTo } from './files.js';

/** What guessing at 128 MiB a try does not reach, where the words were chosen by chance. */
const passphraseCharactersMin = 12;
const passphraseBytesMax = 1_024;
const keyFileBytesMax = 4_096;

/**
 * Takes a key's file and, where the user has given it, the file of its passphrase; asks for the passphrase
 * at the terminal where the key is locked and none is given.
 * @returns the private key. Throws UsageError where the file cannot be read, is no key, or stays locked
 */
export async function readKeyFile(
  file: string,
  passphraseFile: string | undefined,
  streams: Pick<Streams, 'ask'>,
): Promise<PrivateKey> {
  const bytes = readBytesUpTo(file, keyFileBytesMax);
  const locked = parseLockedKeyFile(bytes);
  if (locked === null) {
    const parsed = parseKeyFile(bytes);
    if (!parsed.ok) throw new UsageError(`${file}: ${parsed.problem}`);
    return parsed.key;
  }
  if (!locked.ok) throw new UsageError(`${file}: ${locked.problem}`);
  const given =
    passphraseFile === undefined
      ? await asked(streams, `passphrase of ${file}: `)
      : readPassphraseFile(passphraseFile);
  if (given === null)
    throw new UsageError(`${file} is locked: give --passphrase-file, or run this at a terminal`);
  const key = locked.file.open(given);
  if (key === null) throw new UsageError(`${file}: this passphrase does not open it`);
  return key;
}

/**
 * Takes the files of keys, and those of their passphrases, the first for the first key.
 * @returns the private keys, in that order. Throws UsageError as above, and for a key that is there twice
 */
export async function readKeyFiles(
  files: readonly string[] | undefined,
  passphraseFiles: readonly string[] = [],
  streams: Pick<Streams, 'ask'>,
): Promise<readonly [PrivateKey, ...PrivateKey[]]> {
  const keys: PrivateKey[] = [];
  for (const [index, file] of (files ?? []).entries()) {
    const key = await readKeyFile(file, passphraseFiles[index], streams);
    if (keys.some(({ publicKey }) => publicKey.text === key.publicKey.text))
      throw new UsageError(`${file}: this key is given twice, and counts once`);
    keys.push(key);
  }
  const [first, ...others] = keys;
  if (first === undefined) throw new UsageError('--key is required');
  return [first, ...others];
}

/** Takes a key's file of either kind; returns its public half, for which nobody needs the passphrase. */
export function readPublicHalf(file: string): PublicKey {
  const bytes = readBytesUpTo(file, keyFileBytesMax);
  const locked = parseLockedKeyFile(bytes);
  if (locked?.ok === true) return locked.file.publicKey;
  const parsed = locked ?? parseKeyFile(bytes);
  if (!parsed.ok) throw new UsageError(`${file}: ${parsed.problem}`);
  return parsed.key.publicKey;
}

/**
 * Takes the file of a passphrase, or nothing: then it is asked for, twice.
 * @returns a passphrase for a new key. Throws UsageError for a short one, or where nobody says it
 */
export async function readNewPassphrase(
  passphraseFile: string | undefined,
  streams: Pick<Streams, 'ask'>,
): Promise<string> {
  const passphrase =
    passphraseFile === undefined ? await askTwice(streams) : readPassphraseFile(passphraseFile);
  if ([...passphrase].length < passphraseCharactersMin)
    throw new UsageError(
      `a passphrase has ${passphraseCharactersMin} characters or more: five words taken by chance are good`,
    );
  return passphrase;
}

async function askTwice(streams: Pick<Streams, 'ask'>): Promise<string> {
  const first = await asked(streams, 'passphrase for the new key: ');
  if (first === null)
    throw new UsageError('no terminal to ask for a passphrase: give --passphrase-file');
  if ((await asked(streams, 'the same once more: ')) !== first)
    throw new UsageError('the two are not the same: no key was made');
  return first;
}

/** @returns what the person says; null: nobody is there */
async function asked({ ask }: Pick<Streams, 'ask'>, prompt: string): Promise<string | null> {
  const said = (await ask?.(prompt)) ?? null;
  if (said === null || typeof said === 'string') return said;
  throw new UsageError('stopped: nothing was done');
}

/** The first line; for its owner's eyes only. */
function readPassphraseFile(file: string): string {
  const text = decodeUtf8(readBytesUpTo(file, passphraseBytesMax));
  if ((statSync(file).mode & groupOrOthersAnything) !== 0)
    throw new UsageError(`${file}: others than its owner may read it: run chmod 600 '${file}'`);
  const [line = ''] = (text ?? '').split(/\r?\n/);
  if (line === '') throw new UsageError(`${file}: its first line is the passphrase, in UTF-8`);
  return line;
}
