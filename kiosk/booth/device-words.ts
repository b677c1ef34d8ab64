/** What the booth says of a device that is not well: what is wrong with it, and what to do. */
import type { Phrase } from '../../config/policy.js';
import type { DeviceStatus } from '../../config/vocabulary.js';

/** A status alone, in a word. */
export const deviceStatusWords: Readonly<Record<DeviceStatus, Phrase>> = {
  ok: { zh: '正常', en: 'ok' },
  degraded: { zh: '异常', en: 'trouble' },
  lost: { zh: '失联', en: 'lost' },
};

/** By the drivers' codes: the links' losses, the sessions', then what single devices say. */
const faultTable = {
  absent: { zh: '未接，请插好', en: 'not there: plug it in' },
  gone: { zh: '已拔出，请插好', en: 'unplugged: plug it in' },
  denied: { zh: '无权限，请找管理员', en: 'no permission: call the admin' },
  busy: { zh: '被占用，请找管理员', en: 'in use by a program: call the admin' },
  'wrong-device': { zh: '插错设备，请换回', en: 'wrong device there: swap it' },
  refused: { zh: '串口服务器拒绝，请找管理员', en: 'serial server refuses: call the admin' },
  failed: { zh: '打不开，请重插', en: 'cannot open: plug it in anew' },
  silent: { zh: '无应答，查电源和线', en: 'silent: check power and cable' },
  garbled: { zh: '乱码，查线和波特率', en: 'garbled: check cable and speed' },
  stuck: { zh: '端口卡住，请重插', en: 'port hangs: plug it in anew' },
  ambiguous: { zh: '多台扫码器，请拔一台', en: 'several scanners: unplug one' },
  'no-library': { zh: '缺系统库，请找管理员', en: 'library missing: call the admin' },
  'not-answering': { zh: '不应答设置，查接线', en: 'takes no set-up: check the wires' },
  'settings-refused': { zh: '拒绝设置，请找管理员', en: 'refuses set-up: call the admin' },
  'settings-lost': { zh: '存不住设置，请更换', en: 'keeps no set-up: replace it' },
  frozen: { zh: '读数不变，请重插', en: 'frozen: plug it in anew' },
  jumping: { zh: '读数乱跳，查探头', en: 'jumping: check the head' },
  'self-test-failed': { zh: '自检失败，请更换', en: 'self-test failed: replace it' },
  'not-authorised': { zh: '模块未授权，请更换', en: 'not authorised: replace it' },
  failing: { zh: '多次失败，请重插', en: 'failing: plug it in anew' },
  'passage-stuck': { zh: '通行触点卡住', en: 'passage contact stuck' },
  'reverse-stuck': { zh: '逆行触点卡住', en: 'reverse contact stuck' },
  'fire-loop-cut': { zh: '回路断开，请报修', en: 'loop cut: have it mended' },
  'fire-loop-shorted': { zh: '回路短路，请报修', en: 'loop shorted: have it mended' },
  'fire-contacts-disagree': { zh: '两触点不一致，请报修', en: 'contacts disagree: have it mended' },
  'fire-loop-chatters': { zh: '回路接触不良，请报修', en: 'loop chatters: have it mended' },
} as const satisfies Readonly<Record<string, Phrase>>;

/** By the ending of a panel's codes, which begin with the button's name. */
const buttonTable = {
  '-chatters': { zh: '按钮接触不良', en: 'a button chatters' },
  '-held': { zh: '按钮卡住', en: 'a button is stuck' },
  '-under-cover': { zh: '盖未开按钮已按', en: 'a button is down under its cover' },
} as const satisfies Readonly<Record<string, Phrase>>;

/** Every code that has words of its own. */
export const deviceFaultCodes: readonly string[] = Object.keys(faultTable);

/**
 * @param why a driver's code; of several, parted by spaces, the first that has words
 * @returns what to show beside the device's name: for a code without words, the bare status
 */
export function deviceFaultWords(status: DeviceStatus, why: string): Phrase {
  if (status === 'ok') return deviceStatusWords.ok;
  const known = why.split(' ').flatMap((code) => wordsOf(code) ?? []);
  return known[0] ?? deviceStatusWords[status];
}

function wordsOf(code: string): Phrase | undefined {
  const words: Readonly<Record<string, Phrase>> = faultTable;
  if (Object.hasOwn(words, code)) return words[code];
  return Object.entries(buttonTable).find(([ending]) => code.endsWith(ending))?.[1];
}
