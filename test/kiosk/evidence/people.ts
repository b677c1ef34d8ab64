/** Made-up holders of ID cards, papers that name them, and a site that knows both. */
import { randomBytes } from 'node:crypto';
import { encodeBase64url } from '../../../config/crypto/base64url.js';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import type { PaperClaims } from '../../../kiosk/credential/claims.js';
import { issueCredential } from '../../../kiosk/credential/issue.js';
import { noRevocations, type Revocations } from '../../../kiosk/credential/revocations.js';
import { holderTag, type Peppers } from '../../../kiosk/credential/tokens.js';
import { parseTrustList } from '../../../kiosk/credential/trust.js';
import type { CardText } from '../../../kiosk/evidence/card.js';
import type { Verifier } from '../../../kiosk/evidence/scan.js';
import { registryPublicKey } from '../../../kiosk/evidence/seal.js';
import { startWallMs } from '../core/hands.js';

/** The standard's own example of a number (GB 11643-1999), and a made-up name and address. */
export const zhang: CardText = {
  kind: 'resident',
  name: '张三丰',
  number: '11010519491231002X',
  sex: 'female',
  nation: '汉',
  birth: '1949-12-31',
  address: '黑龙江省哈尔滨市南岗区西大直街92号',
  authority: '哈尔滨市公安局南岗分局',
  validFrom: '2010-02-12',
  validTo: '2030-02-12',
};

export const li: CardText = { ...zhang, name: '李四光', number: '34052419800101001X' };
export const guest: CardText = {
  kind: 'foreign-2017',
  name: '史密斯',
  englishName: 'SMITH, JOHN',
  number: 'CAN110080010101',
  nationality: 'CAN',
  sex: 'male',
  birth: '1980-01-01',
  validFrom: '2018-01-01',
  validTo: '2028-01-01',
};

/** Every piece of a card that must be found nowhere in clear. */
export function privateWords(card: CardText): readonly string[] {
  const { name, number, address, englishName } = card;
  return [name, number, address, englishName].filter((word) => word !== undefined);
}

const issuerKey = generatePrivateKey();
export const registryPrivateKey = randomBytes(32);
let ctiSerial = 0;

/** The kinds of paper that name a holder, with what else they must say. */
export const heldPapers = {
  'approval-form': { kind: 1, variant: 'external-entry', zones: ['*'], purpose: 'research' },
  'residence-pass': { kind: 3, household: '3-1-202' },
  'resumption-certificate': { kind: 5 },
  'visit-filing': { kind: 6, zones: ['*'], unit: '物理学院', host: '1998000001' },
} as const;

/** A paper for the holder of a card, by the pepper of its issuing. */
export function paperFor(
  card: CardText,
  pepper: Uint8Array,
  kind: keyof typeof heldPapers = 'visit-filing',
): string {
  ctiSerial += 1;
  const cti = ctiSerial.toString(16).padStart(16, '0');
  return issue({ ...heldPapers[kind], holder: holderTag(pepper, cti, card.number) }, cti);
}

/** A residence pass that names nobody. */
export function bearerPass(): string {
  return issue({ kind: 3, household: '3-1-202' }, 'ffffffffffffffff');
}

function issue(claims: PaperClaims, cti: string): string {
  const iat = startWallMs / 1000 - 60;
  return issueCredential({ issuerKey, claims: { ...claims, iat, exp: iat + 86_400, cti } });
}

/** What a gate of the site knows. */
export function verifierWith(
  peppers: Peppers,
  revocations: Revocations = noRevocations,
  registry: readonly object[] = [registryEntry],
): Verifier {
  const list = {
    issuers: [
      { name: 'offices', publicKey: issuerKey.publicKey.text, kinds: [1, 2, 3, 4, 5, 6, 7] },
    ],
    registry,
  };
  const trust = parseTrustList(list);
  if (!trust.ok) throw new Error(JSON.stringify(trust.problems));
  return { trust: trust.trust, revocations, peppers };
}

export const registryEntry = {
  publicKey: encodeBase64url(registryPublicKey(registryPrivateKey)),
  notBefore: '2020-01-23T00:00:00+08:00',
};
