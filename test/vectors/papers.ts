/** One honest paper of each kind and variant, for vectors and tests. All names are made up. */
import type { Claims } from '../../kiosk/credential/claims.js';

/** 2020-02-11T00:00:00Z, the moment of nearly every vector. */
export const atSeconds = 1_581_379_200;
const iat = atSeconds - 3_600;
const exp = atSeconds + 3_600;
const holder = '00112233445566778899aabbccddeeff';

export const papers = {
  'form staff-entry': {
    sub: '2009120045',
    exp,
    iat,
    cti: '0000000000000001',
    kind: 1,
    variant: 'staff-entry',
    zones: ['main', 'lab-2'],
  },
  'form lab-duty': {
    sub: '2009120046',
    exp,
    nbf: iat,
    iat,
    cti: '0000000000000002',
    kind: 1,
    variant: 'lab-duty',
    zones: ['lab-2'],
  },
  'form external-entry': {
    exp,
    iat,
    cti: '0000000000000003',
    kind: 1,
    variant: 'external-entry',
    holder,
    zones: ['lab-2'],
    purpose: 'research',
  },
  'code staff': {
    sub: '2009120045',
    exp,
    iat,
    cti: '0000000000000004',
    kind: 2,
    variant: 'staff',
  },
  'code student': {
    sub: '1190200101',
    exp,
    iat,
    cti: '0000000000000005',
    kind: 2,
    variant: 'student',
    unit: '计算学部',
  },
  'residence pass': { exp, iat, cti: '0000000000000006', kind: 3, household: '3-1-202' },
  ticket: { exp, iat, cti: '0000000000000007', kind: 4, household: '3-1-202', day: 18_303 },
  certificate: { exp, iat, cti: '0000000000000008', kind: 5 },
  filing: {
    exp,
    iat,
    cti: '0000000000000009',
    kind: 6,
    holder,
    zones: ['main'],
    unit: 'School of Physics',
    host: '2009120045',
  },
  badge: { sub: 'guard-7', exp, iat, cti: '000000000000000a', kind: 7 },
} as const satisfies Readonly<Record<string, Claims>>;

/** What each paper needs and may have, beside exp, nbf, iat and cti: the profile's table again. */
export const uses: Readonly<
  Record<
    keyof typeof papers,
    { readonly required: readonly string[]; readonly optional: readonly string[] }
  >
> = {
  'form staff-entry': { required: ['sub', 'variant', 'zones'], optional: ['unit'] },
  'form lab-duty': { required: ['sub', 'variant', 'zones'], optional: ['unit'] },
  'form external-entry': {
    required: ['variant', 'holder', 'zones', 'purpose'],
    optional: ['unit'],
  },
  'code staff': { required: ['sub', 'variant'], optional: ['unit'] },
  'code student': { required: ['sub', 'variant', 'unit'], optional: [] },
  'residence pass': { required: ['household'], optional: ['holder', 'unit'] },
  ticket: { required: ['household', 'day'], optional: ['unit'] },
  certificate: { required: [], optional: ['holder', 'unit'] },
  filing: { required: ['holder', 'zones', 'unit', 'host'], optional: [] },
  badge: { required: ['sub'], optional: ['unit'] },
};

/** A fit value of each claim that some kind uses and another does not. */
export const sampleValues = {
  sub: '2009120045',
  variant: 'staff',
  holder,
  household: '3-1-202',
  zones: ['main'],
  unit: 'School of Physics',
  host: '2009120045',
  purpose: 'service',
  day: 18_303,
} as const;
