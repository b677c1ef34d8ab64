/**
 * The offices of a simulated campus: fresh keys at every start, and papers for whoever asks.
 * Nothing of it is kept: the keys end with the process.
 */
import { randomBytes } from 'node:crypto';
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { type PrivateKey, privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import type { Clock } from '../../hardware/ports.js';
import type { PaperClaims } from '../../kiosk/credential/claims.js';
import { issueCredential } from '../../kiosk/credential/issue.js';
import { parseRevocations } from '../../kiosk/credential/revocations.js';
import { parseTrustList } from '../../kiosk/credential/trust.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import { registryPublicKey } from '../../kiosk/evidence/seal.js';

export interface Papers {
  /** an approval form of a staff member, good for a day */
  form(campusId: string, change?: Partial<Validity> & { zones?: string[] }): string;
  /** a campus card code, good for ten minutes */
  code(campusId: string, change?: Partial<Validity>): string;
  studentCode(campusId: string): string;
  pass(household: string): string;
  /** `day`: first day of its window, counted from today */
  ticket(household: string, day?: number): string;
  visitFiling(): string;
  /** signed by somebody whom the trust list does not name */
  forgedForm(campusId: string): string;
  /** signed by an office for a kind that is not its own */
  overreachingCode(campusId: string): string;
  /** a form whose cti the revocation list names */
  revokedForm(campusId: string): string;
}

interface Validity {
  /** seconds from now */
  readonly from: number;
  readonly until: number;
}

const secondsPerDay = 86_400;
/** Two at most are revoked in the sample campus. */
const revokedCti = '00000000deadbeef';

export interface Campus {
  readonly papers: Papers;
  readonly verifier: Verifier;
  /** opens what the gate seals: X25519, 32 bytes */
  readonly registryPrivateKey: Uint8Array;
}

/**
 * @param clock dates of the papers
 * @param utcOffsetMinutes the site's zone, for the tickets' days
 * @param random bytes for keys and ids; a seeded one makes the same papers again
 * @returns the offices' papers, and what a gate of this campus trusts
 */
export function openCampus(
  clock: Clock,
  utcOffsetMinutes: number,
  random: (byteCount: number) => Uint8Array = randomBytes,
): Campus {
  const newKey = (): PrivateKey => privateKeyFromSeed(random(32));
  const personnel = newKey();
  const cardCentre = newKey();
  const property = newKey();
  const stranger = newKey();
  const registryPrivateKey = random(32);
  const registryKey = encodeBase64url(registryPublicKey(registryPrivateKey));
  const trust = parseTrustList({
    issuers: [
      issuer('personnel office', personnel, [1, 6]),
      issuer('campus card centre', cardCentre, [2]),
      issuer('property office', property, [3, 4]),
    ],
    registry: [{ publicKey: registryKey, notBefore: '2020-01-23T00:00:00+08:00' }],
  });
  const revocations = parseRevocations({
    credentials: [personnel.publicKey.kid + revokedCti],
  });
  if (!trust.ok || !revocations.ok) throw new Error('the sample campus is not well formed');

  const nowSeconds = (): number => Math.floor(clock.now().wallMs / 1000);
  const today = (): number => Math.floor((nowSeconds() + utcOffsetMinutes * 60) / secondsPerDay);
  const issue = (
    issuerKey: PrivateKey,
    claims: PaperClaims,
    validity: Validity,
    cti = Buffer.from(random(8)).toString('hex'),
  ): string => {
    const now = nowSeconds();
    const times = { iat: now + validity.from, exp: now + validity.until, cti };
    return issueCredential({ issuerKey, claims: { ...claims, ...times } });
  };
  const aDay = { from: -60, until: secondsPerDay };
  const tenMinutes = { from: 0, until: 600 };
  const staffForm = (sub: string, zones = ['*']): PaperClaims => ({
    kind: 1,
    variant: 'staff-entry',
    sub,
    zones,
  });
  const staffCode = (sub: string): PaperClaims => ({ kind: 2, variant: 'staff', sub });

  const papers: Papers = {
    form: (sub, { zones, ...validity } = {}) =>
      issue(personnel, staffForm(sub, zones), { ...aDay, ...validity }),
    code: (sub, validity) => issue(cardCentre, staffCode(sub), { ...tenMinutes, ...validity }),
    studentCode: (sub) =>
      issue(cardCentre, { kind: 2, variant: 'student', sub, unit: '计算学部' }, tenMinutes),
    pass: (household) =>
      issue(property, { kind: 3, household }, { from: -60, until: 60 * secondsPerDay }),
    ticket: (household, day = 0) =>
      issue(
        property,
        { kind: 4, household, day: today() + day },
        { from: -60, until: 3 * secondsPerDay },
      ),
    visitFiling: () =>
      issue(
        personnel,
        { kind: 6, holder: '00'.repeat(16), zones: ['*'], unit: '总务处', host: '1998000001' },
        aDay,
      ),
    forgedForm: (sub) => issue(stranger, staffForm(sub), aDay),
    overreachingCode: (sub) => issue(personnel, staffCode(sub), tenMinutes),
    revokedForm: (sub) => issue(personnel, staffForm(sub), aDay, revokedCti),
  };
  return {
    papers,
    registryPrivateKey,
    verifier: {
      trust: trust.trust,
      revocations: revocations.revocations,
      peppers: [random(32)],
    },
  };
}

function issuer(name: string, key: PrivateKey, kinds: number[]): object {
  return { name, publicKey: key.publicKey.text, kinds };
}
