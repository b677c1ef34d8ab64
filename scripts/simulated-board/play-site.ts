/**
 * The keys of a play beside those of its offices, made anew for each: its gates', its collector's and its
 * admins'; and the trust list that names all of them, as a site has it in a file.
 */
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { generatePrivateKey, type PrivateKey } from '../../config/crypto/ed25519-key.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { Direction } from '../../config/vocabulary.js';
import { adminRoles, parseTrustList, type TrustList } from '../../kiosk/credential/trust.js';
import { type CollectorKey, newCollectorKey } from './live-collector.js';

/** As many as make any channel's threshold with one of them away. */
const adminNames = ['ann', 'ben', 'cho'] as const;

/** A key, and whose it is. */
export interface NamedKey {
  readonly name: string;
  readonly key: PrivateKey;
}

/** A gate's id and its device key. */
export interface GateKey {
  readonly kiosk: string;
  readonly key: PrivateKey;
}

export interface PlaySite {
  /** the trust list as JSON has it */
  readonly list: object;
  /** the same, read */
  readonly trust: TrustList;
  readonly gates: Readonly<Record<Direction, GateKey>>;
  readonly collector: CollectorKey;
  /** each with every role */
  readonly admins: readonly NamedKey[];
}

/** Takes what the offices trust, which have no fences; returns the site that is made around them. */
export function openPlaySite(offices: Pick<TrustList, 'issuers' | 'registry'>): PlaySite {
  const gateOf = (direction: Direction): GateKey => ({
    kiosk: `sim-${direction}`,
    key: generatePrivateKey(),
  });
  const gates = { in: gateOf('in'), out: gateOf('out') };
  const collector = newCollectorKey();
  const admins = adminNames.map((name) => ({ name, key: generatePrivateKey() }));
  const list = {
    issuers: [...offices.issuers.values()].map(({ name, key, kinds }) => ({
      ...{ name, publicKey: key.text, kinds: [...kinds] },
    })),
    admins: admins.map(({ name, key }) => ({
      ...{ name, publicKey: key.publicKey.text, roles: [...adminRoles] },
    })),
    registry: offices.registry.map(({ raw, notBeforeSeconds }) => ({
      ...{ publicKey: encodeBase64url(raw), notBefore: formatRfc3339(1_000 * notBeforeSeconds) },
    })),
    collectors: [{ name: collector.name, publicKey: collector.key.publicKey.text }],
    kiosks: Object.values(gates).map(({ kiosk, key }) => ({
      ...{ id: kiosk, publicKey: key.publicKey.text },
    })),
  };
  const read = parseTrustList(list);
  if (!read.ok) throw new Error('the trust list of the play is not well formed');
  return { list, trust: read.trust, gates, collector, admins };
}
