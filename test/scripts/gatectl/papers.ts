/** What tests of papers share: an office that may issue every kind, and an order for each paper. */
import { credentialKinds } from '../../../config/vocabulary.js';
import { gatectl, type testFolder } from './run-in-place.js';

const holder = ['--holder', '0A'.repeat(16)];
const late = ['--issued', '2020-02-10T00:00:00Z', '--not-before', '2020-02-10T01:00:00Z'];

/** Each kind and variant, with all that may stand on it. */
export const orders = {
  'staff form': [
    'approval-form',
    ...['--variant', 'staff-entry', '--sub', '2009120045', '--zones', 'main,lab-2'],
  ],
  'laboratory form': [
    'approval-form',
    ...['--variant', 'lab-duty', '--sub', '2009120045', '--zones', 'lab-2,*', '--unit', '能源学院'],
  ],
  'external form': [
    'approval-form',
    ...['--variant', 'external-entry', '--purpose', 'logistics', '--zones', 'main', ...holder],
    ...['--unit', '总务处', ...late],
  ],
  'staff code': ['campus-card-code', '--variant', 'staff', '--sub', '2009120045'],
  'student code': [
    'campus-card-code',
    ...['--variant', 'student', '--sub', '1190200101', '--unit', '计算学部'],
  ],
  pass: ['residence-pass', '--household', '3-1-202', ...holder, '--unit', '市供电局', ...late],
  ticket: ['exit-entry-ticket', '--household', '3-1-202', '--unit', '后勤集团', ...late],
  certificate: ['resumption-certificate', ...holder, '--unit', '市供电局'],
  filing: [
    'visit-filing',
    ...['--zones', '*', '--unit', '物理学院', '--host', '2001110001', ...holder],
  ],
  badge: ['guard-badge', '--sub', 'guard-7'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Makes a key and a list that trusts it for every kind; returns how both are given to gatectl. */
export async function openOffice(folder: ReturnType<typeof testFolder>) {
  const [key, list] = [folder.path('office.json'), folder.path('trust.json')];
  await gatectl(['keys', 'new', '--out', key]);
  const kinds = Object.values(credentialKinds).join(',');
  await gatectl([
    'keys',
    'trust',
    '--list',
    list,
    '--name',
    'office',
    '--key',
    key,
    '--kinds',
    kinds,
  ]);
  const by = ['--key', key, '--time-zone', 'Asia/Shanghai'] as const;
  return { by, trust: ['--trust', list] as const };
}

/** A second after a paper was issued, so that papers of any date can be inspected. */
export function whileValid(claims: { readonly iat: number; readonly nbf?: number }) {
  const seconds = (claims.nbf ?? claims.iat) + 1;
  return ['--at', new Date(seconds * 1000).toISOString()] as const;
}
