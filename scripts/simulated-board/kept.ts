/** `npm start -- --keep DIR`: a play leaves what an auditor needs, the databases and the keys made for it. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import type { PublicKey } from '../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { TrustList } from '../../kiosk/credential/trust.js';

/** What of a play is not in its databases. */
export interface PlayKeys {
  readonly trust: Pick<TrustList, 'issuers' | 'registry'>;
  readonly collector: { readonly name: string; readonly publicKey: PublicKey };
  readonly kiosks: ReadonlyMap<string, PublicKey>;
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

/** Writes the trust list, the registry's private key and the pepper (mode 0600) into the folder. */
export function keepKeys(folder: string, play: PlayKeys): void {
  const write = (name: string, text: string): void =>
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600, flag: 'wx' });
  write('trust.json', JSON.stringify(trustListOf(play), null, 2));
  write('registry.key', encodeBase64url(play.registryPrivateKey));
  write('pepper', encodeBase64url(play.pepper));
}

/** The list as a site has it in a file; the offices of a play have no fences. */
function trustListOf({ trust, collector, kiosks }: PlayKeys) {
  return {
    issuers: [...trust.issuers.values()].map(({ name, key, kinds }) => ({
      ...{ name, publicKey: key.text, kinds: [...kinds] },
    })),
    registry: trust.registry.map(({ raw, notBeforeSeconds }) => ({
      ...{ publicKey: encodeBase64url(raw), notBefore: formatRfc3339(1_000 * notBeforeSeconds) },
    })),
    collectors: [{ name: collector.name, publicKey: collector.publicKey.text }],
    kiosks: [...kiosks].map(([id, key]) => ({ id, publicKey: key.text })),
  };
}
