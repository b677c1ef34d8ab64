/** The offices of a simulated campus: whose key signs which papers, and what they have revoked. */
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { type PrivateKey, privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import {
  noRevocations,
  parseRevocations,
  type Revocations,
} from '../../kiosk/credential/revocations.js';
import { parseTrustList, type TrustList } from '../../kiosk/credential/trust.js';
import { registryPublicKey } from '../../kiosk/evidence/seal.js';

/** Each with the kinds of paper that it issues. */
const offices = {
  personnel: { name: 'personnel office', kinds: [1] },
  cardCentre: { name: 'campus card centre', kinds: [2] },
  property: { name: 'property office', kinds: [3, 4] },
  campusOffice: { name: 'campus office for certificates', kinds: [5] },
  leadingGroup: { name: "leading group's office", kinds: [6] },
  security: { name: 'security office', kinds: [7] },
} as const;
export type Office = keyof typeof offices;
const names = Object.keys(offices) as readonly Office[];

export interface Offices {
  readonly keys: Readonly<Record<Office, PrivateKey>>;
  readonly trust: TrustList;
  /** opens what the gate seals: X25519, 32 bytes */
  readonly registryPrivateKey: Uint8Array;
  /** the list as it is now */
  revocations(): Revocations;
  /** Puts a credential (hex kid‖cti) on the list. */
  revoke(id: string): void;
  /** Puts a person (token of the ID number, hex) on the list. */
  revokeHolder(token: string): void;
}

/**
 * @param random bytes for keys; a seeded one makes the same offices again
 * @returns offices that have revoked nothing yet
 */
export function openOffices(random: (byteCount: number) => Uint8Array): Offices {
  const made = names.map((name) => [name, privateKeyFromSeed(random(32))] as const);
  const keys = Object.fromEntries(made) as Record<Office, PrivateKey>;
  const registryPrivateKey = random(32);
  const registryKey = encodeBase64url(registryPublicKey(registryPrivateKey));
  const trust = parseTrustList({
    issuers: names.map((name) => ({ ...offices[name], publicKey: keys[name].publicKey.text })),
    registry: [{ publicKey: registryKey, notBefore: '2020-01-23T00:00:00+08:00' }],
  });
  if (!trust.ok) throw new Error('the sample campus is not well formed');
  const credentials: string[] = [];
  const holders: { readonly space: 'id-number'; readonly token: string }[] = [];
  let revocations = noRevocations;
  const publish = (): void => {
    const list = parseRevocations({ credentials, holders });
    if (!list.ok) throw new Error('the sample revocation list is not well formed');
    revocations = list.revocations;
  };
  return {
    keys,
    trust: trust.trust,
    registryPrivateKey,
    revocations: () => revocations,
    revoke(id) {
      credentials.push(id);
      publish();
    },
    revokeHolder(token) {
      holders.push({ space: 'id-number', token });
      publish();
    },
  };
}
