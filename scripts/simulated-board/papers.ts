/**
 * The offices of a simulated campus: fresh keys at every start, and papers for whoever asks.
 * Nothing of it is kept: the keys end with the process.
 */
import { randomBytes } from 'node:crypto';
import { type PrivateKey, privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import type { IdCard } from '../../drivers/id-card-reader/id-card.js';
import type { Clock } from '../../hardware/ports.js';
import { encodeBase45 } from '../../kiosk/credential/base45.js';
import { encodeCbor } from '../../kiosk/credential/cbor.js';
import { type PaperClaims, type Purpose, timeSecondsMax } from '../../kiosk/credential/claims.js';
import { signEnvelope } from '../../kiosk/credential/cose.js';
import { credentialPrefix, issueCredential } from '../../kiosk/credential/issue.js';
import { noRevocations } from '../../kiosk/credential/revocations.js';
import { holderTag, personToken } from '../../kiosk/credential/tokens.js';
import { verifyCredential } from '../../kiosk/credential/verify.js';
import type { Verifier } from '../../kiosk/evidence/scan.js';
import { type Office, openOffices } from './offices.js';

/** What may be otherwise with a paper; dates as seconds from now. */
export interface Change {
  readonly from?: number;
  readonly until?: number;
  readonly zones?: readonly string[];
  /** an office that it is not the business of, or somebody whom the trust list does not name */
  readonly by?: Office | 'stranger';
  /** the revocation list names it */
  readonly revoked?: boolean;
  /** in a rotation: its tag is made with the older pepper */
  readonly olderPepper?: boolean;
}

/** Who is named by the number on the card. */
export type Holder = Pick<IdCard, 'number'>;

export interface Papers {
  /** an approval form of a staff member, good for a day */
  form(campusId: string, change?: Change): string;
  /** the form of somebody on duty in a laboratory, good for a day */
  labForm(campusId: string, change?: Change): string;
  /** the form of a collaborator or of service staff from outside, good for a day */
  externalForm(holder: Holder, purpose: Purpose, change?: Change): string;
  /** a staff member's campus card code, good for ten minutes */
  code(campusId: string, change?: Change): string;
  studentCode(campusId: string, change?: Change): string;
  /** good for sixty days; `holder`: of a resident whom it names */
  pass(household: string, change?: Change & { readonly holder?: Holder }): string;
  /** `day`: first day of its window, counted from today; good for three days */
  ticket(household: string, day?: number, change?: Change): string;
  /** good for thirty days; `holder` null: it names nobody */
  certificate(holder: Holder | null, change?: Change): string;
  /** filed by the host's unit, good for a day */
  visitFiling(holder: Holder, hostCampusId: string, change?: Change): string;
  /** good for twelve hours */
  guardBadge(guardId: string, change?: Change): string;
  /** signed by somebody whom the trust list does not name */
  forgedForm(campusId: string): string;
  /** signed by an office for a kind that is not its own */
  overreachingCode(campusId: string): string;
  /** well signed, but nothing is said in it */
  emptyForm(): string;
  /** a form that the revocation list names */
  revokedForm(campusId: string): string;
  /** The office revokes a paper that was lost: from now on the list names it. */
  revoke(text: string): void;
  /** The list names a person: no card of theirs counts any more. */
  revokeHolder(holder: Holder): void;
}

const secondsPerDay = 86_400;
const aMinuteAgo = -60;

/** Whose key the trust list names for private data: one that counts now, only one of later, or none. */
export type RegistryState = 'current' | 'early' | 'none';

export interface Campus {
  readonly papers: Papers;
  readonly verifier: Verifier;
  /** The trust list is another from now on. */
  setRegistry(state: RegistryState): void;
  /** opens what the gate seals: X25519, 32 bytes */
  readonly registryPrivateKey: Uint8Array;
  /** the one that papers are made with */
  readonly pepper: Uint8Array;
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
  const offices = openOffices(random);
  let { trust } = offices;
  const stranger = privateKeyFromSeed(random(32));
  const peppers = [random(32), random(32)] as const;

  const nowSeconds = (): number => Math.floor(clock.now().wallMs / 1000);
  const today = (): number => Math.floor((nowSeconds() + utcOffsetMinutes * 60) / secondsPerDay);
  const keyOf = (office: Office | 'stranger'): PrivateKey =>
    office === 'stranger' ? stranger : offices.keys[office];

  /** `says` takes a maker of holder tags: the tag holds for this very paper only. */
  const issue = (
    office: Office,
    lasts: { readonly from: number; readonly until: number },
    change: Change,
    says: (tagOf: (holder: Holder) => string) => PaperClaims,
  ): string => {
    const issuerKey = keyOf(change.by ?? office);
    const cti = Buffer.from(random(8)).toString('hex');
    const pepper = peppers[change.olderPepper === true ? 1 : 0];
    const now = nowSeconds();
    const iat = now + (change.from ?? lasts.from);
    const exp = now + (change.until ?? lasts.until);
    if (change.revoked === true) offices.revoke(issuerKey.publicKey.kid + cti);
    const claims = { ...says(({ number }) => holderTag(pepper, cti, number)), iat, exp, cti };
    return issueCredential({ issuerKey, claims });
  };
  const aDay = { from: aMinuteAgo, until: secondsPerDay };
  const days = (count: number) => ({ from: aMinuteAgo, until: count * secondsPerDay });
  const tenMinutes = { from: 0, until: 600 };
  const twelveHours = { from: 0, until: secondsPerDay / 2 };
  const everywhere = ['*'];

  const papers: Papers = {
    form: (sub, change = {}) =>
      issue('personnel', aDay, change, () => ({
        kind: 1,
        variant: 'staff-entry',
        sub,
        zones: change.zones ?? everywhere,
      })),
    labForm: (sub, change = {}) =>
      issue('personnel', aDay, change, () => ({
        kind: 1,
        variant: 'lab-duty',
        sub,
        zones: change.zones ?? everywhere,
      })),
    externalForm: (holder, purpose, change = {}) =>
      issue('personnel', aDay, change, (tagOf) => ({
        kind: 1,
        variant: 'external-entry',
        holder: tagOf(holder),
        zones: change.zones ?? everywhere,
        purpose,
      })),
    code: (sub, change = {}) =>
      issue('cardCentre', tenMinutes, change, () => ({ kind: 2, variant: 'staff', sub })),
    studentCode: (sub, change = {}) =>
      issue('cardCentre', tenMinutes, change, () => ({
        kind: 2,
        variant: 'student',
        sub,
        unit: '计算学部',
      })),
    pass: (household, { holder, ...change } = {}) =>
      issue('property', days(60), change, (tagOf) => ({
        kind: 3,
        household,
        ...(holder !== undefined && { holder: tagOf(holder) }),
      })),
    ticket: (household, day = 0, change = {}) =>
      issue('property', days(3), change, () => ({ kind: 4, household, day: today() + day })),
    certificate: (holder, change = {}) =>
      issue('campusOffice', days(30), change, (tagOf) => ({
        kind: 5,
        ...(holder !== null && { holder: tagOf(holder) }),
      })),
    visitFiling: (holder, host, change = {}) =>
      issue('leadingGroup', aDay, change, (tagOf) => ({
        kind: 6,
        holder: tagOf(holder),
        zones: change.zones ?? everywhere,
        unit: '总务处',
        host,
      })),
    guardBadge: (sub, change = {}) =>
      issue('security', twelveHours, change, () => ({ kind: 7, sub })),
    forgedForm: (campusId) => papers.form(campusId, { by: 'stranger' }),
    overreachingCode: (campusId) => papers.code(campusId, { by: 'personnel' }),
    emptyForm: () =>
      credentialPrefix + encodeBase45(signEnvelope(offices.keys.personnel, encodeCbor(new Map()))),
    revokedForm: (campusId) => papers.form(campusId, { revoked: true }),
    revoke(text) {
      const read = verifyCredential(text, {
        trust: offices.trust,
        revocations: noRevocations,
        nowSeconds: nowSeconds(),
      });
      const id = read.ok ? read.credential.id : read.id;
      if (id !== null) offices.revoke(id);
    },
    revokeHolder({ number }) {
      offices.revokeHolder(personToken(peppers[0], 'id-number', number));
    },
  };
  return {
    papers,
    registryPrivateKey: offices.registryPrivateKey,
    pepper: peppers[0],
    setRegistry(state) {
      const { registry } = offices.trust;
      const later = registry.map((key) => ({ ...key, notBeforeSeconds: timeSecondsMax }));
      trust = { ...offices.trust, registry: { current: registry, early: later, none: [] }[state] };
    },
    verifier: {
      get trust() {
        return trust;
      },
      get revocations() {
        return offices.revocations();
      },
      peppers,
    },
  };
}
