/** Why something sent to `/sim` was not done, with the words for who sent it. Data only. */
import type { Phrase } from '../../../config/policy.js';
import type { AccessFault } from '../../../kiosk/booth/access.js';
import type { JsonFault } from '../../../kiosk/page-server/json-body.js';

/** Of what is well formed, and cannot be done now. */
export type ActionFault =
  | 'no-power'
  | 'busy'
  | 'unknown-paper'
  | 'unknown-person'
  | 'unknown-notice'
  | 'other-broker';
export type SimFault = AccessFault | JsonFault | ActionFault | 'bad-action' | 'bad-gate';

export const faultStatus: Readonly<Record<SimFault, number>> = {
  'foreign-host': 403,
  'foreign-origin': 403,
  'no-origin': 403,
  'no-length': 411,
  'too-large': 413,
  'not-json': 415,
  'bad-json': 400,
  'bad-action': 422,
  'bad-gate': 404,
  'unknown-paper': 404,
  'unknown-person': 404,
  'unknown-notice': 404,
  'no-power': 409,
  busy: 409,
  'other-broker': 409,
};

export const faultWords: Readonly<Record<SimFault, Phrase>> = {
  'foreign-host': { zh: '地址不是本机', en: 'not an address of this machine' },
  'foreign-origin': { zh: '来自其他网页', en: 'sent by another page' },
  'no-origin': {
    zh: '缺少 Origin 请求头',
    en: 'no Origin header came: send the address of this page, as a browser does',
  },
  'no-length': { zh: '未说明长度', en: 'its length is not told' },
  'too-large': { zh: '内容太长', en: 'too large' },
  'not-json': { zh: '不是 JSON', en: 'not application/json' },
  'bad-json': { zh: 'JSON 有误', en: 'not well-formed JSON' },
  'bad-action': { zh: '没有这种操作', en: 'no such action, or not of its form' },
  'bad-gate': { zh: '没有这个门', en: 'no such gate: in or out' },
  'unknown-paper': { zh: '没有这份证件', en: 'no such paper' },
  'unknown-person': { zh: '此人没有身份证', en: 'no such person, or no ID card' },
  'unknown-notice': { zh: '没有这条通知', en: 'no such open notice of that party' },
  'no-power': { zh: '闸机没有电', en: 'the gate has no power' },
  busy: { zh: '正忙，请稍候', en: 'busy: wait until it is done' },
  'other-broker': { zh: '不是内置的消息服务器', en: 'not our broker (--broker)' },
};
