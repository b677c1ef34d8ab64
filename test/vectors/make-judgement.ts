/** Vectors about authentic credentials: the issuer's fences, times, revocation and use. */
import type { Claims } from '../../kiosk/credential/claims.js';
import type { Vector } from './format.js';
import { at, authentic, dates, type Keys } from './make-lists.js';
import { atSeconds, papers } from './papers.js';

export function makeJudgementVectors(keys: Keys): readonly Vector[] {
  return [
    ...dateVectors(keys),
    ...fenceVectors(keys),
    ...timeVectors(keys),
    ...revocationVectors(keys),
    ...useVectors(keys),
  ];
}

function dateVectors({ dated }: Keys): readonly Vector[] {
  const from = Date.parse(dates.notBefore) / 1000;
  const until = Date.parse(dates.notAfter) / 1000;
  const pass: Claims = { ...papers['residence pass'], iat: from - 3_600, exp: until + 3_600 };
  const when = (seconds: number) => ({ at: at(seconds) });
  return [
    authentic('issuer not yet', dated, pass, 'unknown-key', when(from - 1)),
    authentic('issuer from this second on', dated, pass, null, when(from)),
    authentic('issuer for one more second', dated, pass, null, when(until - 1)),
    authentic('issuer no longer', dated, pass, 'unknown-key', when(until)),
  ];
}

function fenceVectors({ fenced, starred, gate }: Keys): readonly Vector[] {
  const inside: Claims = {
    ...papers['form staff-entry'],
    unit: '计算学部',
    zones: ['main', 'lab-2'],
  };
  const external: Claims = {
    ...papers['form external-entry'],
    unit: 'School of Physics',
    purpose: 'service',
    zones: ['main'],
  };
  const duty: Claims = { ...papers['form lab-duty'], zones: ['anywhere'] };
  const no = 'kind-not-allowed';
  return [
    authentic('kind not of this issuer', gate, papers.ticket, no),
    authentic('kind not of this issuer, and expired', gate, papers.ticket, no, {
      at: at(atSeconds + 86_400),
    }),
    authentic('inside every fence', fenced, inside),
    authentic('inside every fence, with a purpose', fenced, external),
    authentic('variant outside', fenced, { ...papers['form lab-duty'], unit: '计算学部' }, no),
    authentic('purpose outside', fenced, { ...external, purpose: 'research' }, no),
    authentic('unit outside', fenced, { ...inside, unit: '计算' }, no),
    authentic('unit in other letters', fenced, { ...inside, unit: 'school of physics' }, no),
    authentic('unit absent under a fence', fenced, papers['form staff-entry'], no),
    authentic('one zone of two outside', fenced, { ...inside, zones: ['main', 'lab-3'] }, no),
    authentic('zone * not listed', fenced, { ...inside, zones: ['*'] }, no),
    authentic('a ticket has no zones to fence', fenced, { ...papers.ticket, unit: '计算学部' }),
    authentic('any zone by a listed *', starred, duty),
    authentic('zone * by a listed *', starred, { ...duty, zones: ['*'] }),
    authentic('an empty purposes fence and no purpose', starred, papers['code staff']),
    authentic('variant fence over two kinds', starred, papers['code student'], no),
  ];
}

function timeVectors({ office }: Keys): readonly Vector[] {
  const { badge, ticket } = papers;
  const early = 'not-yet-valid';
  return [
    authentic('nbf is now', office, { ...badge, nbf: atSeconds }),
    authentic('nbf in one second', office, { ...badge, nbf: atSeconds + 1 }, early),
    authentic('iat in 300 seconds', office, { ...badge, iat: atSeconds + 300 }),
    authentic('iat in 301 seconds', office, { ...badge, iat: atSeconds + 301 }, early),
    authentic('exp in one second', office, { ...badge, exp: atSeconds + 1 }),
    authentic('exp is now', office, { ...badge, exp: atSeconds }, 'expired'),
    authentic('exp was one second ago', office, { ...badge, exp: atSeconds - 1 }, 'expired'),
    authentic('exp is the next half second', office, { ...ticket, exp: atSeconds + 1 }, null, {
      at: '2020-02-11T00:00:00.500Z',
    }),
    authentic('the same time with an offset', office, { ...ticket, exp: atSeconds }, 'expired', {
      at: '2020-02-11T08:00:00+08:00',
    }),
  ];
}

function revocationVectors({ office, gate }: Keys): readonly Vector[] {
  const { badge, ticket } = papers;
  const { kid } = office.publicKey;
  const other = gate.publicKey.kid;
  const id = kid + badge.cti;
  const issuedAt = at(badge.iat);
  const revoked = (name: string, revocation: object, claims: Claims = badge) =>
    authentic(name, office, claims, 'revoked', { revoked: revocation });
  const kept = (name: string, revocation: object) =>
    authentic(name, office, badge, null, { revoked: revocation });
  return [
    revoked('revoked by its id', { credentials: ['ff'.repeat(16), id] }),
    revoked('revoked by its id in capitals', { credentials: [id.toUpperCase()] }),
    kept('the same cti of another issuer revoked', { credentials: [other + badge.cti] }),
    revoked('its issuer revoked', { issuers: [{ kid }] }),
    revoked('its issuer revoked from before its iat', {
      issuers: [{ kid, from: at(badge.iat - 1) }],
    }),
    revoked('its issuer revoked from now on', { issuers: [{ kid, from: at(atSeconds) }] }),
    kept('its issuer revoked from tomorrow on', {
      issuers: [{ kid, from: at(atSeconds + 86_400) }],
    }),
    kept('another issuer revoked', { issuers: [{ kid: other }] }),
    revoked('kind revoked if issued earlier', {
      kinds: [{ kid, kind: 7, issuedBefore: at(badge.iat + 1) }],
    }),
    kept('kind revoked if issued before it', { kinds: [{ kid, kind: 7, issuedBefore: issuedAt }] }),
    kept('another kind revoked', {
      kinds: [{ kid, kind: 4, issuedBefore: '9999-12-31T23:59:59Z' }],
    }),
    kept('the kind of another issuer revoked', {
      kinds: [{ kid: other, kind: 7, issuedBefore: '9999-12-31T23:59:59Z' }],
    }),
    authentic('expired and revoked', office, { ...ticket, exp: atSeconds }, 'expired', {
      revoked: { issuers: [{ kid }] },
    }),
  ];
}

function useVectors({ office, gate }: Keys): readonly Vector[] {
  const code = papers['code staff'];
  const id = office.publicKey.kid + code.cti;
  return [
    authentic('used before', office, code, 'already-used', { used: [id] }),
    authentic('revoked and used', office, code, 'revoked', {
      used: [id],
      revoked: { credentials: [id] },
    }),
    authentic('another one used', office, code, null, { used: [gate.publicKey.kid + code.cti] }),
  ];
}
