/** How a policy's own words read to a dean, in Chinese and English. Data only. */
import type { Phrase, PolicySettings } from '../../config/policy.js';
import type { Direction, IdentitySpace, Party, ZoneKind } from '../../config/vocabulary.js';

export const zoneWords: Readonly<Record<ZoneKind, Phrase>> = {
  'campus-gate': { zh: '校门', en: 'campus gates' },
  building: { zh: '楼宇', en: 'buildings' },
};

export const directionWords: Readonly<Record<Direction, Phrase>> = {
  in: { zh: '进', en: 'in' },
  out: { zh: '出', en: 'out' },
};

export const partyWords: Readonly<Record<Party, Phrase>> = {
  guard: { zh: '门卫', en: 'guard' },
  'duty-officer': { zh: '值班室', en: 'duty officer' },
  'property-office': { zh: '物业部门', en: 'property office' },
  community: { zh: '社区', en: 'community' },
  'police-station': { zh: '派出所', en: 'police station' },
  'health-office': { zh: '校医院', en: 'health office' },
  college: { zh: '所在学院', en: 'the college' },
  'host-unit': { zh: '接待单位', en: 'host unit' },
  'units-concerned': { zh: '相关单位', en: 'units concerned' },
};

export const identityWords: Readonly<Record<IdentitySpace, Phrase>> = {
  'campus-id': { zh: '校园卡号', en: 'campus id' },
  'id-number': { zh: '身份证号', en: 'ID number' },
  household: { zh: '住户', en: 'household' },
};

/** Of an external entry form, by its purpose. */
export const purposeWords: Readonly<Record<string, Phrase>> = {
  research: { zh: '科研', en: 'research' },
  service: { zh: '驻校服务', en: 'service' },
  logistics: { zh: '总务后勤', en: 'logistics' },
};

export const registrationWords: Readonly<Record<'no' | 'yes' | 'in-detail', Phrase>> = {
  no: { zh: '否', en: 'no' },
  yes: { zh: '登记', en: 'yes' },
  'in-detail': { zh: '详细登记', en: 'in detail' },
};

export const outcomeWords: Readonly<Record<'deny' | 'refer', Phrase>> = {
  deny: { zh: '劝返', en: 'refused' },
  refer: { zh: '转门卫处理', en: 'referred to the guard' },
};

/** How a setting's number is said. */
export type Unit =
  | 'temperature'
  | 'spread'
  | 'milliseconds'
  | 'hours'
  | 'days'
  | 'seconds'
  | 'count'
  | 'yes-no';

type SettingName = Exclude<keyof PolicySettings, 'lifetimeSecondsMax'>;

export const settingWords: Readonly<Record<SettingName, Phrase & { readonly unit: Unit }>> = {
  feverCentidegrees: { zh: '体温异常，自', en: 'a fever, from', unit: 'temperature' },
  readingCentidegreesMin: { zh: '有效读数下限', en: 'lowest reading', unit: 'temperature' },
  readingCentidegreesMax: { zh: '有效读数上限', en: 'highest reading', unit: 'temperature' },
  samplesMin: { zh: '每次测温最少取样', en: 'samples of a reading, at least', unit: 'count' },
  samplesSpreadCentidegreesMax: { zh: '取样相差至多', en: 'their spread, at most', unit: 'spread' },
  ambientCentidegreesMin: { zh: '环境温度下限', en: 'lowest ambient', unit: 'temperature' },
  ambientCentidegreesMax: { zh: '环境温度上限', en: 'highest ambient', unit: 'temperature' },
  silenceMs: { zh: '无操作即结束', en: 'an attempt ends after silence of', unit: 'milliseconds' },
  referredMs: { zh: '转门卫后等待', en: 'and where referred, of', unit: 'milliseconds' },
  identityChangesMax: { zh: '身份更换次数', en: 'changes of identity', unit: 'count' },
  identityChangesWindowMs: { zh: '其时间段', en: 'counted within', unit: 'milliseconds' },
  ticketWindowDays: { zh: '出入票有效天数', en: 'days of a ticket', unit: 'days' },
  reentryHours: { zh: '其后仍可返校', en: 're-entry after them', unit: 'hours' },
  emergencyMs: { zh: '紧急放行每次', en: 'one EMERGENCY press', unit: 'milliseconds' },
  maxAbsenceHours: { zh: '近处外出至多', en: 'back from nearby, within', unit: 'hours' },
  isolationDays: { zh: '隔离天数', en: 'days of isolation', unit: 'days' },
  isolationCountsArrival: { zh: '到达日计入', en: 'day of arrival counts', unit: 'yes-no' },
  arrivalDaysBackMax: { zh: '到达日至多早于', en: 'day of arrival, back by at most', unit: 'days' },
  retestsMax: { zh: '复测次数', en: 'retests after a fever', unit: 'count' },
  retestPauseMs: { zh: '复测间隔', en: 'after a pause of', unit: 'milliseconds' },
  retestWindowMs: { zh: '复测计数时段', en: 'counted within', unit: 'milliseconds' },
  dutyMsMax: { zh: '值班至多', en: 'a guard’s duty, at most', unit: 'milliseconds' },
  promptShownMs: { zh: '确认前须显示', en: 'CONFIRM counts after', unit: 'milliseconds' },
  companionsMax: { zh: '随行儿童至多', en: 'children with one adult', unit: 'count' },
};
