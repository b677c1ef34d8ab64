/** Vectors about the payload: its CBOR form, its times and each claim. */
import { type CborValue, encodeCbor } from '../../kiosk/credential/cbor.js';
import { type Claims, claimsToCbor, type LooseClaims } from '../../kiosk/credential/claims.js';
import type { Vector } from './format.js';
import { authentic, type Keys, refusedText } from './make-lists.js';
import { atSeconds, papers, sampleValues, uses } from './papers.js';
import { forge, join } from './raw.js';

type PaperName = keyof typeof papers;
const paperNames = Object.keys(papers) as readonly PaperName[];
const sampleNames = Object.keys(sampleValues) as readonly (keyof typeof sampleValues)[];

export function makeClaimVectors(keys: Keys): readonly Vector[] {
  return [
    ...validVectors(keys),
    ...presenceVectors(keys),
    ...valueVectors(keys),
    ...formVectors(keys),
  ];
}

function validVectors(keys: Keys): readonly Vector[] {
  const good = (name: string, claims: Claims) => authentic(name, keys.office, claims);
  const form = papers['form staff-entry'];
  const external = papers['form external-entry'];
  return [
    ...paperNames.map((name) => good(`valid ${name}`, papers[name])),
    ...paperNames.flatMap((name) =>
      uses[name].optional.map((claim) =>
        good(`valid ${name} with ${claim}`, {
          ...papers[name],
          [claim]: sampleValues[claim === 'holder' ? 'holder' : 'unit'],
        } as Claims),
      ),
    ),
    good('valid form external-entry for service', { ...external, purpose: 'service' }),
    good('valid form external-entry for logistics', { ...external, purpose: 'logistics' }),
    good('zone *', { ...form, zones: ['*'] }),
    good('eight zones', { ...form, zones: ['1', '2', '3', '4', '5', '6', '7', '8'] }),
    good('a zone of 16 bytes', { ...form, zones: ['abcdefghijklmnop'] }),
    good('sub of one character', { ...form, sub: '1' }),
    good('sub of 32 characters', { ...form, sub: 'a-B-'.repeat(8) }),
    good('household of 16 bytes', { ...papers.ticket, household: '十三号楼-101' }),
    good('unit of 60 bytes', { ...papers.badge, unit: '学'.repeat(20) }),
    good('day 0', { ...papers.ticket, day: 0 }),
    good('iat and exp in one second', { ...papers.badge, iat: atSeconds + 9, exp: atSeconds + 9 }),
    good('the last time there is', { ...papers.badge, exp: 253_402_300_799 }),
    good('times of one byte', { ...papers.badge, iat: 0, nbf: 23 }),
  ];
}

function presenceVectors(keys: Keys): readonly Vector[] {
  const bad = (name: string, claims: LooseClaims) =>
    refusedText(name, forge(keys.office, encodeCbor(claimsToCbor(claims))), 'bad-claims');
  return paperNames.flatMap((name) => {
    const paper: LooseClaims = papers[name];
    const { required, optional } = uses[name];
    const missing = ['exp', 'iat', 'cti', 'kind', ...required].map((claim) =>
      bad(`${name} without ${claim}`, { ...paper, [claim]: undefined }),
    );
    const forbidden = sampleNames
      .filter((claim) => !required.includes(claim) && !optional.includes(claim))
      .map((claim) => bad(`${name} with ${claim}`, { ...paper, [claim]: sampleValues[claim] }));
    return [...missing, ...forbidden];
  });
}

function valueVectors(keys: Keys): readonly Vector[] {
  const form = papers['form staff-entry'];
  const external = papers['form external-entry'];
  const student = papers['code student'];
  const { ticket, badge, filing } = papers;
  const cases: readonly (readonly [string, LooseClaims, object])[] = [
    ['exp as text', badge, { exp: '1' }],
    ['exp negative', badge, { exp: -1 }],
    ['exp after the year 9999', badge, { exp: 253_402_300_800 }],
    ['nbf equal to exp', badge, { nbf: badge.exp }],
    ['nbf after exp', badge, { nbf: badge.exp + 1 }],
    ['nbf negative', badge, { nbf: -1 }],
    ['iat after exp', badge, { iat: badge.exp + 1 }],
    ['iat negative', badge, { iat: -1 }],
    ['cti of 7 bytes', badge, { cti: '00000000000000' }],
    ['cti of 9 bytes', badge, { cti: '000000000000000000' }],
    ['cti as text', badge, { cti: 'abcdefgh' }],
    ['sub empty', form, { sub: '' }],
    ['sub of 33 characters', form, { sub: 'a'.repeat(33) }],
    ['sub with an underscore', form, { sub: 'a_b' }],
    ['sub with a line feed at its end', form, { sub: '2009120045\n' }],
    ['sub in other digits', form, { sub: '２００９' }],
    ['sub as number', form, { sub: 2009120045 }],
    ['kind 0', badge, { kind: 0 }],
    ['kind 8', badge, { kind: 8 }],
    ['kind negative', badge, { kind: -7 }],
    ['kind as text', badge, { kind: 'guard-badge' }],
    ['variant unknown', form, { variant: 'visitor' }],
    ['variant of another kind', form, { variant: 'staff' }],
    ['variant in capitals', form, { variant: 'STAFF-ENTRY' }],
    ['variant of a form on a code', papers['code staff'], { variant: 'staff-entry' }],
    ['holder of 15 bytes', external, { holder: '00'.repeat(15) }],
    ['holder of 17 bytes', external, { holder: '00'.repeat(17) }],
    ['holder of 32 bytes', papers.certificate, { holder: '00'.repeat(32) }],
    ['holder as text', external, { holder: 'holder' }],
    ['household empty', ticket, { household: '' }],
    ['household of 17 bytes', ticket, { household: 'a'.repeat(17) }],
    ['household of 6 characters in 18 bytes', ticket, { household: '十三号楼一层' }],
    ['household with a tab', ticket, { household: '3\t1' }],
    ['household as number', ticket, { household: 31202 }],
    ['zones empty', form, { zones: [] }],
    ['nine zones', form, { zones: ['1', '2', '3', '4', '5', '6', '7', '8', '9'] }],
    ['zones as text', form, { zones: 'main' }],
    ['a zone empty', form, { zones: ['main', ''] }],
    ['a zone of 17 bytes', form, { zones: ['a'.repeat(17)] }],
    ['a zone with a control character', form, { zones: ['main\u0000'] }],
    ['a zone as number', form, { zones: [1] }],
    ['zones inside zones', form, { zones: [['main']] }],
    ['unit empty', student, { unit: '' }],
    ['optional unit empty', badge, { unit: '' }],
    ['unit of 61 bytes', student, { unit: 'a'.repeat(61) }],
    ['unit of 21 characters in 63 bytes', student, { unit: '学'.repeat(21) }],
    ['unit with DEL', student, { unit: 'a\u007F' }],
    ['unit with a C1 control character', student, { unit: 'a\u0085b' }],
    ['host empty', filing, { host: '' }],
    ['host with a space', filing, { host: '2009 120045' }],
    ['purpose unknown', external, { purpose: 'visit' }],
    ['day negative', ticket, { day: -1 }],
    ['day as text', ticket, { day: '2020-02-11' }],
  ];
  return cases.map(([name, paper, change]) => {
    const payload = encodeCbor(claimsToCbor({ ...paper, ...change }));
    return refusedText(name, forge(keys.office, payload), 'bad-claims');
  });
}

function formVectors(keys: Keys): readonly Vector[] {
  const key = keys.office;
  const bad = (name: string, ...parts: readonly (string | Uint8Array)[]) =>
    refusedText(name, forge(key, join(...parts)), 'bad-claims');
  const outer = claimsToCbor(papers.badge);
  const changed = (name: string, label: CborValue, value: CborValue) =>
    bad(name, encodeCbor(new Map(outer).set(label, value)));
  const inner = (name: string, label: CborValue, value: CborValue) =>
    changed(name, -70001, new Map<CborValue, CborValue>([[1, 7]]).set(label, value));
  const without = new Map(outer);
  without.delete(-70001);
  // A badge item by item: 02 sub, 04 exp, 06 iat, 07 cti, 3a00011170 {1: 7}.
  const sub = '026167';
  const exp = '041a5e42f5d0';
  const iat = '061a5e41b000';
  const cti = '0748000000000000000a';
  const paper = '3a00011170a10107';
  return [
    // The same items without a fault are accepted, so each text below fails by its fault alone.
    handMade(keys, join('a5', sub, exp, iat, cti, paper)),
    bad('payload empty', ''),
    bad('payload is a break', 'ff'),
    bad('payload is an array', '80'),
    bad('payload is an empty map', 'a0'),
    bad('payload is a number', '00'),
    bad('payload under tag 61', 'd83d', encodeCbor(outer)),
    bad('a byte after the claims', encodeCbor(outer), '00'),
    bad('the last byte missing', encodeCbor(outer).slice(0, -1)),
    bad('claims of indefinite length', 'bf', sub, exp, iat, cti, paper, 'ff'),
    bad('claims in the wrong order', 'a5', exp, sub, iat, cti, paper),
    bad('the private claim first', 'a5', paper, sub, exp, iat, cti),
    bad('a claim twice', 'a6', sub, exp, exp, iat, cti, paper),
    bad('exp twice, with another value', 'a6', sub, exp, '041a5e42f5d1', iat, cti, paper),
    bad('a number of claims in two bytes', 'b805', sub, exp, iat, cti, paper),
    bad('a key in two bytes', 'a5', '18026167', exp, iat, cti, paper),
    bad('exp in nine bytes', 'a5', sub, '041b000000005e42f5d0', iat, cti, paper),
    bad('exp as float', 'a5', sub, '04fb41d790bd74000000', iat, cti, paper),
    bad('exp as bignum', 'a5', sub, '04c2445e42f5d0', iat, cti, paper),
    bad('exp under tag 1', 'a5', sub, '04c11a5e42f5d0', iat, cti, paper),
    bad('exp beyond 2^53', 'a5', sub, '041b0020000000000000', iat, cti, paper),
    bad('exp undefined', 'a5', sub, '04f7', iat, cti, paper),
    bad('nbf null', 'a6', sub, exp, '05f6', iat, cti, paper),
    bad('sub as text in chunks', 'a5', '027f6167ff', exp, iat, cti, paper),
    bad('sub as bytes', 'a5', '024167', exp, iat, cti, paper),
    bad('unit in bad UTF-8', 'a5', sub, exp, iat, cti, '3a00011170a201070661ff'),
    bad('unit in overlong UTF-8', 'a5', sub, exp, iat, cti, '3a00011170a201070662c1a1'),
    bad('unit with a surrogate in UTF-8', 'a5', sub, exp, iat, cti, '3a00011170a201070663eda080'),
    bad('unit cut inside a character', 'a5', sub, exp, iat, cti, '3a00011170a201070662e5ad'),
    bad('private claim as an array', 'a5', sub, exp, iat, cti, '3a0001117080'),
    bad('private claim empty', 'a5', sub, exp, iat, cti, '3a00011170a0'),
    bad('private claim of indefinite length', 'a5', sub, exp, iat, cti, '3a00011170bf0107ff'),
    bad('private claim in the wrong order', 'a5', sub, exp, iat, cti, '3a00011170a20661610107'),
    bad('kind twice', 'a5', sub, exp, iat, cti, '3a00011170a201070107'),
    bad('kind in two bytes', 'a5', sub, exp, iat, cti, '3a00011170a1011807'),
    bad('depth 5', 'a5', sub, exp, iat, cti, '3a00011170a20107058181818100'),
    bad('no private claim', encodeCbor(without)),
    changed('an issuer claim', 1, 'office'),
    changed('an audience claim', 3, 'site'),
    changed('an unknown private claim', -70002, 0),
    changed('a claim named by text', 'exp', 0),
    inner('an unknown key 10', 10, 0),
    inner('an unknown key 0', 0, 0),
    inner('an unknown key -1', -1, 0),
    inner('a key named by text', 'kind', 7),
  ];
}

function handMade(keys: Keys, payload: Uint8Array): Vector {
  const times = { exp: 0x5e42f5d0, iat: 0x5e41b000 };
  const vector = authentic('a badge put together by hand', keys.office, {
    ...papers.badge,
    ...times,
    sub: 'g',
  });
  if (vector.text !== forge(keys.office, payload)) throw new Error('the hand-made badge is unfit');
  return vector;
}
