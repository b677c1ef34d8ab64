/** Every picture that the person's screen can show, as full as it gets. */
import { type StepId, stepIds } from '../../../config/language.js';
import type { ChecklistItem, Hint, ScreenView } from '../../../kiosk/screen/view.js';

const idle: ScreenView = {
  mode: 'idle',
  headline: 'idle',
  nextStep: { step: 'show-code-or-card', hint: 'scan-or-card' },
  checklist: [],
  temperature: null,
  masked: null,
  tone: 'none',
  toneSerial: 0,
  direction: 'in',
};

const line = (
  id: string,
  zh: string,
  en: string,
  state: ChecklistItem['state'],
): ChecklistItem => ({ id, label: { zh, en }, state });
const form = { zh: '工作人员入校审批表', en: 'Staff approval form' };
const warmth = (state: ChecklistItem['state']) => line('temperature', '体温', 'Temperature', state);

const collecting: ScreenView = {
  ...idle,
  mode: 'collecting',
  headline: 'scan',
  nextStep: { step: 'show-paper', paper: form, hint: 'scan' },
  checklist: [
    line('code', '校园卡认证二维码', 'Campus card code', 'done'),
    line('form', form.zh, form.en, 'next'),
    warmth('missing'),
  ],
  masked: '20****12',
  tone: 'accepted',
};

const measuring: ScreenView = {
  ...collecting,
  headline: 'wrist',
  nextStep: { step: 'measure', hint: 'wrist' },
  checklist: [
    line('form', form.zh, form.en, 'done'),
    line('code', '校园卡认证二维码', 'Campus card code', 'done'),
    warmth('next'),
  ],
};

const ownCard = { zh: '本人身份证', en: 'Own ID card' };
const card: ScreenView = {
  ...collecting,
  headline: 'card',
  nextStep: { step: 'lay-paper', paper: ownCard, hint: 'card' },
  checklist: [
    line('form', '外协人员入校工作审批表', 'External entry approval form', 'done'),
    line('card', ownCard.zh, ownCard.en, 'next'),
    line('certificate', '复工证明', 'Resumption-of-work certificate', 'missing'),
    { ...warmth('done') },
  ],
  temperature: { celsius: '36.5' },
};

const host = {
  zh: '接待人校园卡认证二维码（测温后出示）',
  en: "Host's campus card code, shown after the temperature",
};
/** Longer than any rule of the notice. */
const fullest: ScreenView = {
  ...card,
  headline: 'scan',
  nextStep: { step: 'show-paper', paper: host, hint: 'scan' },
  checklist: [
    line('card', ownCard.zh, ownCard.en, 'done'),
    line('filing', '来访报备', 'Visit filing', 'done'),
    warmth('done'),
    line('host', host.zh, host.en, 'next'),
    line('work-id', '工作证（门卫查看）', 'Work ID, seen by the guard', 'missing'),
    line('questions', '门卫询问（是否外地返哈）', "The guard's questions", 'missing'),
    line('property-office', '物业部门确认', "Property office's confirmation", 'missing'),
  ],
};

const refused: ScreenView = {
  ...collecting,
  mode: 'refused',
  headline: 'refused',
  nextStep: {
    step: null,
    phrase: {
      zh: '不符合入校条件，请返回；如有疑问请到门卫处',
      en: 'You do not fit any rule of entry. Please turn back, or ask the guard.',
    },
    hint: 'guard',
  },
  tone: 'refused',
};

export const views = {
  idle,
  'idle without reader': { ...idle, nextStep: { step: 'show-code', hint: 'scan' } },
  'idle without thermometer': { ...idle, nextStep: { step: 'no-thermometer', hint: 'guard' } },
  passed: { ...idle, headline: 'passed', nextStep: { step: 'show-code', hint: 'scan' } },
  collecting,
  card,
  measuring,
  'too cold': {
    ...measuring,
    headline: 'warm',
    nextStep: { step: 'too-cold', hint: 'warm' },
  },
  'too hot': { ...measuring, headline: 'again', nextStep: { step: 'too-hot', hint: 'wrist' } },
  'not new': { ...measuring, headline: 'away', nextStep: { step: 'not-new', hint: 'wrist' } },
  ambient: {
    ...measuring,
    headline: 'unmeasured',
    nextStep: { step: 'ambient', hint: 'guard' },
  },
  'guard asks': {
    ...collecting,
    headline: 'ask',
    nextStep: { step: 'guard-asks', paper: ownCard, hint: 'guard' },
  },
  fullest,
  wait: { ...idle, mode: 'wait', headline: 'wait', nextStep: null, masked: '20****12' },
  go: {
    ...idle,
    mode: 'go',
    headline: 'go',
    nextStep: { step: 'walk', hint: 'walk' },
    temperature: { celsius: '36.5' },
    masked: '20****12',
    tone: 'go',
  },
  refused: { ...refused, checklist: [], masked: null },
  'refused with more to show': {
    ...refused,
    nextStep: { step: 'already-used', hint: 'scan' },
  },
  unknown: {
    ...refused,
    headline: 'unknown',
    nextStep: { step: 'not-ours', hint: 'scan' },
    checklist: [],
    masked: null,
  },
  'see-guard': {
    ...idle,
    mode: 'see-guard',
    headline: 'see-guard',
    nextStep: null,
    tone: 'see-guard',
    direction: 'out',
  },
  'out-of-service': {
    ...idle,
    mode: 'out-of-service',
    headline: 'out-of-service',
    nextStep: { step: 'other-gate', hint: 'lane' },
  },
  lockdown: {
    ...idle,
    mode: 'lockdown',
    headline: 'lockdown',
    nextStep: { step: 'wait-outside', hint: 'wait' },
  },
  emergency: {
    ...idle,
    mode: 'emergency',
    headline: 'emergency',
    nextStep: { step: 'walk-calmly', hint: 'walk' },
    tone: 'siren',
  },
} as const satisfies Readonly<Record<string, ScreenView>>;

const hints: readonly Hint[] = ['scan', 'office', 'lane', 'guard', 'wait', 'walk'];

/** Each step that no view above shows, below the main word and beside the checklist in turn. */
export const furtherSteps: readonly ScreenView[] = stepIds
  .filter((step) => !shownSteps().includes(step))
  .map((step, index) => ({
    ...(index % 2 === 0 ? refused : views.refused),
    nextStep: { step, hint: hints[index % hints.length] ?? 'scan' },
  }));

function shownSteps(): readonly (StepId | null | undefined | string)[] {
  return Object.values<ScreenView>(views).map(({ nextStep }) => nextStep?.step);
}
