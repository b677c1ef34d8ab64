/** What the person at the gate is told: Chinese first, English below; no jargon, one next step. */
import type { Phrase } from '../../config/policy.js';
import type { Reason } from '../../config/vocabulary.js';
import type { NoReading } from '../core/attempt/attempt-state.js';
import type { ScreenMode } from './view.js';

export const headlines: Readonly<Record<ScreenMode, Phrase>> = {
  idle: { zh: '请出示二维码', en: 'Show your QR code' },
  collecting: { zh: '请继续', en: 'Please go on' },
  wait: { zh: '请稍候', en: 'One moment' },
  go: { zh: '请通行', en: 'Go' },
  refused: { zh: '未通过', en: 'Not accepted' },
  'see-guard': { zh: '请到门卫处', en: 'Please see the guard' },
  lockdown: { zh: '暂停入校', en: 'Entry is closed' },
  'out-of-service': { zh: '暂停服务', en: 'Out of service' },
  emergency: { zh: '紧急放行', en: 'Emergency: gate open' },
};

const unreadable: Phrase = {
  zh: '不是本校的码，请出示校方签发的二维码',
  en: 'Not a campus code: show one that the university issued',
};
const askIssuer: Phrase = {
  zh: '请向签发单位重新办理',
  en: 'Ask the issuing office for a new one',
};

/** The next step after a refusal. What is the guard's business says only that. */
export const nextSteps: Readonly<Partial<Record<Reason, Phrase>>> = {
  'too-long': unreadable,
  'bad-prefix': unreadable,
  'bad-base45': unreadable,
  'bad-structure': unreadable,
  'bad-algorithm': unreadable,
  'unknown-key': askIssuer,
  'bad-signature': askIssuer,
  'bad-claims': askIssuer,
  'kind-not-allowed': askIssuer,
  'not-yet-valid': { zh: '证件尚未生效', en: 'Not valid yet: come back when it is' },
  expired: { zh: '证件已过期，请重新申请', en: 'Expired: apply for a new one' },
  revoked: { zh: '证件已被撤销，请向签发单位查询', en: 'Revoked: ask the issuing office' },
  'already-used': {
    zh: '此码已使用，请刷新或更换',
    en: 'Already used: refresh it or bring another',
  },
  'outside-window': { zh: '不在有效日期内', en: 'Not for today: check the dates on the ticket' },
  'lifetime-too-long': askIssuer,
  'wrong-zone': { zh: '此证不适用于本门', en: 'Not for this gate: use the one named on the paper' },
  incomplete: { zh: '证件不全，请备齐后再试', en: 'Papers missing: come back with all of them' },
  'no-rule': { zh: '此证不能单独通行', en: 'This paper does not serve at this gate' },
};

export const temperatureSteps: Readonly<Record<'measure' | NoReading, Phrase>> = {
  measure: { zh: '请将手腕靠近测温口', en: 'Hold your wrist to the thermometer' },
  'too-cold': {
    zh: '体温过低，请暖手后露出手腕再测',
    en: 'Too cold: warm up, bare your wrist, again',
  },
  'too-hot': { zh: '读数异常，请重新测量', en: 'Odd reading: please measure again' },
  'not-new': { zh: '请移开手腕，再重新测温', en: 'Take your wrist away, then measure again' },
  ambient: { zh: '测温环境不适宜，请到门卫处', en: 'Thermometer too cold or warm: see the guard' },
};

/** What does not work while the rest goes on: said before anybody shows anything. */
export const failedParts = {
  thermometer: { zh: '测温暂停，请到门卫处', en: 'No thermometer: see the guard' },
  'id-card-reader': {
    zh: '身份证读卡暂停，持身份证者请到门卫处',
    en: 'No ID-card reader: with an ID card see the guard',
  },
  turnstile: { zh: '闸机故障，请到门卫处', en: 'Turnstile out of order: see the guard' },
  record: { zh: '登记暂停，请到门卫处', en: 'No registration: see the guard' },
  clock: { zh: '时钟未校准，请到门卫处', en: 'Clock not set: see the guard' },
} as const satisfies Readonly<Record<string, Phrase>>;
export const waitOutside: Phrase = {
  zh: '请稍候，听从门卫安排',
  en: 'Please wait and follow the guard',
};
export const useOtherGate: Phrase = {
  zh: '请走其他通道或到门卫处',
  en: 'Use another lane or see the guard',
};
export const walkCalmly: Phrase = {
  zh: '通道已打开，请有序通过',
  en: 'The gate is open. Walk through calmly.',
};
export const present: Phrase = { zh: '请出示：', en: 'Please show: ' };
export const noShow: Phrase = { zh: '未通行，请重新验证', en: 'Nobody passed: please start again' };
export const passed: Phrase = { zh: '谢谢配合', en: 'Thank you' };
export const walk: Phrase = { zh: '一次一人', en: 'One person at a time' };
