/**
 * `npm start -- --keep DIR`: a play leaves what an auditor and an admin need: the databases, the keys
 * made for it, and where its broker is.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { formatKeyFile } from '../../config/crypto/key-file.js';
import type { PlaySite } from './play-site.js';

/** What of a play is not in its databases. */
export interface PlayKeys {
  readonly site: Pick<PlaySite, 'list' | 'admins'>;
  /** mqtt://host:port; its gates speak MQTT 3.1.1 there */
  readonly brokerUrl: string;
  /** X25519, 32 bytes */
  readonly registryPrivateKey: Uint8Array;
  readonly pepper: Uint8Array;
}

/** Makes the folder where it is missing. @returns why it cannot be used, in words; null: it can */
export function openKept(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return readdirSync(folder).length === 0
      ? null
      : `--keep ${folder}: something is in it, and nothing is overwritten: name another folder`;
  } catch (error) {
    return `--keep ${folder}: ${error instanceof Error ? error.message : 'cannot be made'}`;
  }
}

/**
 * Writes into the folder, all with mode 0600: the trust list, gatectl's options for the broker, and in clear,
 * for the keys of a play guard nothing, the admins' private keys, the registry's, and the pepper.
 */
export function keepKeys(folder: string, play: PlayKeys): void {
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, name), text, { mode: 0o600, flag: 'wx' });
  write('trust.json', `${JSON.stringify(play.site.list, null, 2)}\n`);
  write('broker', `--broker ${play.brokerUrl} --protocol 4\n`);
  for (const { name, key } of play.site.admins) write(`${name}.json`, formatKeyFile(key));
  write('registry.key', `${encodeBase64url(play.registryPrivateKey)}\n`);
  write('pepper', `${encodeBase64url(play.pepper)}\n`);
}
