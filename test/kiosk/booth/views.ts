/** What a booth shows in one moment or another, as full as it gets. */
import type { DeviceName, DeviceStatus } from '../../../config/vocabulary.js';
import { deviceFaultWords } from '../../../kiosk/booth/device-words.js';
import {
  alarmWords,
  detailWords,
  deviceWords,
  feedbackWords,
  feverWords,
  laneWords,
  reasonWords,
  temperatureWords,
  verdictWords,
} from '../../../kiosk/booth/phrases.js';
import { meaningWords } from '../../../kiosk/booth/prompt-words.js';
import type {
  BoothAlarm,
  BoothAttempt,
  BoothDevice,
  BoothLine,
  BoothView,
} from '../../../kiosk/booth/view.js';
import type { Meaning } from '../../../kiosk/core/guard/prompts.js';
import { shippedPolicy } from '../core/hands.js';

const [ruleAny] = shippedPolicy().rules;
if (ruleAny === undefined) throw new Error('a policy without rules');
const returning = {
  ...ruleAny,
  id: 'returning-tenant',
  clause: '七.3.3',
  title: { zh: '外地返哈的租住户', en: 'Tenant back from outside Harbin' },
};
const outsideUnit = {
  ...ruleAny,
  id: 'returning-outside-unit',
  clause: '七.3.2',
  title: {
    zh: '外地返哈的外单位居民',
    en: 'Resident of an outside unit, back from outside Harbin',
  },
};

const reason = (code: keyof typeof reasonWords) => ({ code, text: reasonWords[code] });

/** Wall time of the pictures; the page's clock shows what the server beats. */
export const shownAtMs = Date.parse('2020-02-12T09:41:00+08:00');
const ago = (seconds: number) => new Date(shownAtMs - seconds * 1000).toISOString();

function alarm(code: string, change: Partial<BoothAlarm> = {}): BoothAlarm {
  const text = alarmWords(code);
  return { code, text, since: ago(95), acknowledged: false, count: 1, ...change };
}

function devices(
  statuses: Partial<Record<DeviceName, DeviceStatus>> = {},
  faults: Partial<Record<DeviceName, string>> = {},
): BoothDevice[] {
  return Object.entries(deviceWords).map(([key, text]) => {
    const name = key as DeviceName;
    const status = statuses[name] ?? 'ok';
    return { name, text, status, statusText: deviceFaultWords(status, faults[name] ?? '') };
  });
}

export function walkOf(
  meanings: readonly Meaning[],
  at: number,
  ready: boolean,
  serial = 7,
): Pick<BoothView, 'prompt' | 'walk'> {
  const walk = meanings.map((meaning, index) => ({
    id: `${serial}/${meaning.type}:${index}`,
    text: meaningWords(meaning),
  }));
  const shown = walk[at];
  return {
    walk,
    prompt:
      shown === undefined
        ? null
        : { ...shown, index: at + 1, count: walk.length, shownMs: 1_000, ready },
  };
}

const line = (
  zh: string,
  en: string,
  state: BoothLine['state'] = 'accepted',
  change: Partial<BoothLine> = {},
): BoothLine => ({ label: { zh, en }, masked: null, state, reason: null, ...change });

export const quiet: BoothView = {
  direction: 'in',
  zone: 'north-gate',
  utcOffsetMinutes: 480,
  lane: { name: 'locked', text: laneWords.locked },
  emergencyUntil: null,
  lockdown: false,
  fire: false,
  clock: { state: 'synced', text: { zh: '已校准', en: 'synced' } },
  hearsOthers: true,
  onDuty: { masked: 'gu****07', until: '2020-02-12T12:00:00.000Z' },
  nextHeld: false,
  attempt: null,
  last: null,
  prompt: null,
  walk: [],
  feedback: null,
  opened: null,
  forms: [],
  alarms: [],
  devices: devices(),
  unwritten: { count: 0, lost: 0, openings: [] },
};

const attempt: BoothAttempt = {
  serial: 7,
  masked: '20****12',
  shown: [],
  missing: [],
  standing: 'collecting',
  reasons: [],
  temperature: null,
  fever: null,
  rule: null,
  arrivalDay: null,
  companions: 0,
};

const personForm = (
  ids: readonly (keyof typeof detailWords)[],
  isWanted = true,
): BoothView['forms'][number] => ({
  about: 'person',
  attempt: 7,
  masked: '23****12',
  isWanted,
  fields: ids.map((id) => ({ id, label: detailWords[id] })),
});
export const emergencyForm: BoothView['forms'][number] = {
  about: 'emergency',
  attempt: null,
  masked: null,
  isWanted: true,
  fields: (['service', 'people', 'vehicle-plate'] as const).map((id) => ({
    id,
    label: detailWords[id],
  })),
};

const collecting: BoothView = {
  ...quiet,
  attempt: {
    ...attempt,
    shown: [
      line('工作人员入校审批表', 'staff entry form', 'accepted', { masked: '20****12' }),
      line('校园卡认证二维码', 'campus card code', 'refused', { reason: reason('already-used') }),
    ],
    missing: [
      { id: 'code', label: { zh: '校园卡认证二维码', en: 'Campus card code' } },
      { id: 'temperature', label: { zh: '体温', en: 'Temperature' } },
    ],
    temperature: { code: 'too-cold', text: temperatureWords['too-cold'], celsius: null },
    rule: {
      id: 'duty-staff',
      clause: '二',
      title: { zh: '校内教职工', en: 'Campus staff' },
      isSelected: false,
    },
  },
};

const returningAttempt: BoothAttempt = {
  ...attempt,
  masked: '23****12',
  standing: 'referred',
  reasons: [reason('exit-unknown'), reason('holder-unnamed')],
  shown: [
    line('身份证', 'ID card', 'accepted', { masked: '23****12' }),
    line('住宅通行证', 'residence pass'),
    line('出入票', 'exit-entry ticket', 'refused', { reason: reason('exit-unknown') }),
    line('已询问（是否外地返哈）', 'questions asked', 'attested'),
    line('房东确认', "landlord's confirmation", 'attested'),
  ],
  missing: [
    { id: 'property-office', label: { zh: '物业部门确认', en: "Property office's confirmation" } },
    { id: 'day', label: { zh: '到达日期（按 NEXT 选）', en: 'Day of arrival (by NEXT)' } },
  ],
  temperature: { code: 'normal', text: temperatureWords.normal, celsius: '36.5' },
  rule: { ...returning, isSelected: true },
  arrivalDay: '2020-02-10',
  companions: 2,
};

const confirming: BoothView = {
  ...quiet,
  attempt: returningAttempt,
  ...walkOf(
    [
      { type: 'attest', what: 'property-office' },
      { type: 'attest', what: 'not-returning' },
      { type: 'case', rule: outsideUnit },
      { type: 'temperature', is: 'normal' },
      { type: 'temperature', is: 'fever' },
      { type: 'accompanied', count: 3, grant: null },
    ],
    0,
    true,
  ),
  feedback: { code: 'done', text: feedbackWords.done, isGood: true },
  forms: [
    personForm(['campus-address', 'phone', 'where-from', 'transport', 'household', 'temperature']),
  ],
  alarms: [alarm('tailgate', { count: 2 })],
};

const arrival: BoothView = {
  ...confirming,
  ...walkOf(
    Array.from({ length: 14 }, (_, daysBack) => ({
      type: 'day' as const,
      day: 18_304 - daysBack,
      daysBack,
    })),
    4,
    false,
  ),
  feedback: {
    code: 'not-shown-long-enough',
    text: feedbackWords['not-shown-long-enough'],
    isGood: false,
  },
};

const fever: BoothView = {
  ...quiet,
  direction: 'out',
  attempt: {
    ...attempt,
    standing: 'referred',
    reasons: [reason('fever'), reason('isolation')],
    shown: [line('身份证', 'ID card', 'accepted', { masked: '23****12' })],
    temperature: { code: 'fever', text: temperatureWords.fever, celsius: null },
    fever: { code: 'paused', text: feverWords.paused, until: ago(-83) },
  },
  alarms: [alarm('guard-called', { since: ago(8) })],
  forms: [personForm(['campus-address', 'phone'], false)],
};

const held: BoothView = {
  ...quiet,
  attempt: {
    ...attempt,
    standing: 'held',
    reasons: [reason('student')],
    shown: [
      line('校园卡二维码（学生）', 'campus card code: STUDENT', 'accepted', { masked: '12****45' }),
    ],
  },
  forms: [personForm(['name', 'id-number', 'campus-address', 'phone'], false)],
};

const offDuty: BoothView = {
  ...confirming,
  onDuty: null,
  nextHeld: true,
  feedback: { code: 'nobody-on-duty', text: feedbackWords['nobody-on-duty'], isGood: false },
  alarms: [alarm('nobody-on-duty'), alarm('badge-without-next', { since: ago(4000), count: 12 })],
};

const refused: BoothView = {
  ...quiet,
  last: { code: 'refused', text: verdictWords.refused, reasons: [reason('bad-signature')] },
};

const opened: BoothView = {
  ...quiet,
  lane: { name: 'granted', text: laneWords.granted },
  ...walkOf(
    (
      [
        'urgent-need',
        'registered-by-hand',
        'no-id-card',
        'student-approved',
        'replacement-ticket',
        'service-call',
      ] as const
    ).map((it) => ({ type: 'reason' as const, reason: it })),
    0,
    false,
  ),
  opened: 41,
  feedback: { code: 'done', text: feedbackWords.done, isGood: true },
};

const emergency: BoothView = {
  ...quiet,
  fire: true,
  emergencyUntil: ago(-103),
  lockdown: true,
  lane: { name: 'released', text: laneWords.released },
  forms: [emergencyForm],
  alarms: [
    alarm('emergency', { since: ago(17) }),
    alarm('fire', { since: ago(20) }),
    alarm('lockdown', { since: ago(40), acknowledged: true }),
  ],
};

/** Alone: what ends it is the longest that a key ever says. */
const lockdown: BoothView = { ...quiet, lockdown: true };

const broken: BoothView = {
  ...confirming,
  lane: { name: 'fault', text: laneWords.fault },
  clock: { state: 'conflict', text: { zh: '冲突', en: 'conflict' } },
  hearsOthers: false,
  devices: devices(
    { thermometer: 'lost', 'id-card-reader': 'degraded', journal: 'lost' },
    { thermometer: 'absent', 'id-card-reader': 'not-authorised' },
  ),
  alarms: [
    alarm('disk-failed', { since: ago(7) }),
    alarm('device-journal', { since: ago(9) }),
    alarm('device-thermometer', { since: ago(7300), count: 4 }),
    alarm('clock-conflict', { since: ago(90_000) }),
    alarm('registry-missing', { acknowledged: true }),
    alarm('known-refused', { acknowledged: true, count: 310 }),
    alarm('device-id-card-reader', { acknowledged: true }),
  ],
  unwritten: {
    count: 14,
    lost: 2,
    openings: [
      { at: ago(65), reason: { zh: '本人急需', en: "the person's urgent need" } },
      { at: ago(5), reason: { zh: '已人工登记', en: 'registered by hand' } },
    ],
  },
};

/** More than anybody brings: eight papers, every refusal, every reason. */
const fullest: BoothView = {
  ...broken,
  lockdown: true,
  attempt: {
    ...returningAttempt,
    reasons: (['exit-unknown', 'wrong-holder', 'card-unreadable', 'identity-changes'] as const).map(
      reason,
    ),
    shown: [
      ...returningAttempt.shown,
      line('外国人永久居留身份证', "Foreigner's permanent residence card", 'refused', {
        reason: reason('card-unreadable'),
      }),
      line('复工证明', 'resumption-of-work certificate', 'refused', {
        reason: reason('wrong-holder'),
      }),
      line('外协人员入校审批表', 'external entry form', 'refused', {
        reason: reason('lifetime-too-long'),
      }),
    ],
    missing: Array.from({ length: 6 }, (_, index) => ({
      id: `${index}`,
      label: {
        zh: '接待人校园卡认证二维码（测温后出示）',
        en: "Host's campus card code, shown after the temperature",
      },
    })),
    fever: { code: 'exhausted', text: feverWords.exhausted, until: null },
    rule: { ...outsideUnit, isSelected: true },
  },
};

export const views = {
  quiet,
  collecting,
  confirming,
  arrival,
  fever,
  held,
  'off-duty': offDuty,
  refused,
  opened,
  emergency,
  lockdown,
  broken,
  fullest,
} as const satisfies Readonly<Record<string, BoothView>>;

/** Both forms at once, the longest person's. */
export const entering: BoothView = {
  ...confirming,
  forms: [
    personForm([
      'name',
      'id-number',
      'campus-address',
      'phone',
      'where-from',
      'transport',
      'household',
      'temperature',
    ]),
    emergencyForm,
  ],
};
