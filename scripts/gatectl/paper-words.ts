/** What stands on a printed paper, in Chinese and English. Data only. */
import type { Phrase } from '../../config/policy.js';
import { type CredentialKind, credentialTitles } from '../../config/vocabulary.js';
import type { Claims } from '../../kiosk/credential/claims.js';

type FormVariant = Extract<Claims, { readonly kind: 1 }>['variant'];
type CodeVariant = Extract<Claims, { readonly kind: 2 }>['variant'];

/** The forms' whole titles, as the notice prints them. */
const formTitles: Readonly<Record<FormVariant, Phrase>> = {
  'staff-entry': {
    zh: '疫情防控期间工作人员入校审批表',
    en: 'Approval form: staff entering the campus during the epidemic',
  },
  'lab-duty': {
    zh: '疫情防控期间实验室（研究中心）上岗工作审批表',
    en: 'Approval form: duty in a laboratory or research centre during the epidemic',
  },
  'external-entry': {
    zh: '疫情防控期间外协人员入校工作审批表',
    en: 'Approval form: external staff working on the campus during the epidemic',
  },
};

export const roleWords: Readonly<Record<CodeVariant, Phrase>> = {
  staff: { zh: '教职工', en: 'staff' },
  student: { zh: '学生', en: 'student' },
};

/** No curly apostrophe in them: Chinese fonts draw it a character wide. */
export const labelWords = {
  campusId: { zh: '校园卡号', en: 'Campus ID' },
  guard: { zh: '门卫编号', en: 'Guard' },
  role: { zh: '身份', en: 'Role' },
  holder: { zh: '持证人', en: 'Holder' },
  household: { zh: '住户', en: 'Household' },
  firstDay: { zh: '首日', en: 'First day' },
  lastDay: { zh: '末日', en: 'Last day' },
  purpose: { zh: '事由', en: 'Purpose' },
  zones: { zh: '准入区域', en: 'Zones' },
  unit: { zh: '单位', en: 'Unit' },
  college: { zh: '所在学院', en: 'College' },
  hostUnit: { zh: '接待单位', en: 'Host unit' },
  host: { zh: '接待人卡号', en: 'Host, campus ID' },
  issued: { zh: '签发时间', en: 'Issued' },
  notBefore: { zh: '生效时间', en: 'Not valid before' },
  expires: { zh: '失效时间', en: 'Expires' },
} as const satisfies Readonly<Record<string, Phrase>>;

/** In place of a number: the paper holds only a keyed tag of it. */
export const withIdCard: Phrase = {
  zh: '须与本人身份证同时使用',
  en: 'only with own ID card',
};
export const everyZone: Phrase = { zh: '全部区域', en: 'all zones' };

export const showCode: Phrase = {
  zh: '通行时请向扫描窗出示此二维码',
  en: 'Hold this code to the scanner at the gate',
};
export const ifLost: Phrase = {
  zh: '遗失请即告知签发部门下列编号，以便撤销',
  en: 'If lost, tell the issuing office this number, so that it is revoked',
};
export const stamp: Phrase = { zh: '签发部门（盖章）', en: 'Issuing office (stamp)' };

/** Takes claims and the name of their kind; returns the title of the printed paper. */
export function paperTitle(kind: CredentialKind, claims: Claims): Phrase {
  if (claims.kind === 1) return formTitles[claims.variant];
  const { zh, en } = credentialTitles[kind];
  return { zh, en: en.slice(0, 1).toUpperCase() + en.slice(1) };
}
