/** A record of the journal in a line: what it is, in Chinese and English, and what came of it. */
import type { Phrase } from '../../../config/policy.js';
import { deviceStatusWords } from '../../../kiosk/booth/device-words.js';
import {
  alarmWords,
  attestableWords,
  clockWords,
  deviceWords,
  openReasonWords,
  reasonWords,
  temperatureWords,
} from '../../../kiosk/booth/phrases.js';
import type { JournalLine } from '../journal-tail.js';
import { outcomeOf } from '../outcome.js';
import { settingsNames, settingsWords } from './settings-words.js';

export interface RecordPicture {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly name: Phrase;
  /** e.g. `grant duty-staff`; the Chinese is empty where the name says it */
  readonly what: Phrase;
  /** grant, refusal, trouble or none of these */
  readonly tone: 'good' | 'bad' | 'attention' | 'plain';
  /** the rest of it, as JSON */
  readonly rest: string;
}

/** As much of a record as is looked at; the whole stands in the journal. */
const restCharactersMax = 1_200;

/** @returns the line of a record */
export function recordPicture({ seq, at, type, record }: JournalLine): RecordPicture {
  const { seq: _seq, at: _at, type: _type, bootId: _boot, ...rest } = record;
  const draft = { ...rest, type, at } as Parameters<typeof outcomeOf>[0][number];
  const outcome = outcomeOf([draft]);
  const en = outcome === 'nothing' ? (shortly(rest) ?? '') : outcome;
  return {
    ...{ seq, at, type },
    what: settingsWords(type, rest) ?? { zh: chineseOf(type, rest), en },
    name: names[type] ?? { zh: type, en: type.replaceAll('-', ' ') },
    tone: toneOf(type, rest),
    rest: JSON.stringify(rest).slice(0, restCharactersMax),
  };
}

/** What came of it, where a guard's page has words for it. */
function chineseOf(type: string, rest: Readonly<Record<string, unknown>>): string {
  const text = (member: string): string => String(rest[member] ?? '');
  const wordOf = (words: Readonly<Record<string, Phrase>>, code: string): string =>
    Object.hasOwn(words, code) ? (words[code]?.zh ?? '') : '';
  const isOn = rest['on'] === true || rest['active'] === true || rest['mains'] === true;
  if (type === 'decision') {
    const reasons = Array.isArray(rest['reasons']) ? rest['reasons'].map(String) : [];
    const why = reasons.map((code) => wordOf(reasonWords, code)).filter((word) => word !== '');
    return [wordOf(outcomeWords, text('outcome')), ...why].join('，');
  }
  if (type === 'passage') return passageWords(text('outcome')).zh;
  if (type === 'device')
    return wordOf(deviceWords, text('device')) + wordOf(deviceStatusWords, text('status'));
  if (type === 'alarm') return alarmWords(text('code')).zh;
  if (type === 'evidence' || type === 'no-reading')
    return wordOf(reasonWords, text('reason')) || wordOf(temperatureWords, text('why'));
  if (type === 'clock') return wordOf(clockWords, text('to'));
  if (type === 'override-reason') return wordOf(openReasonWords, text('reason'));
  if (type === 'attested') return wordOf(attestableWords, text('what'));
  return switched.includes(type) ? (isOn ? '开始' : '结束') : '';
}

const switched: readonly string[] = ['emergency', 'lockdown', 'fire', 'duty'];
const outcomeWords: Readonly<Record<string, Phrase>> = {
  grant: { zh: '放行', en: 'grant' },
  deny: { zh: '拒绝', en: 'deny' },
  refer: { zh: '转门卫', en: 'refer' },
};

/** @returns what came of a passage, in both languages; another code as it is */
export function passageWords(outcome: string): Phrase {
  return passages[outcome] ?? { zh: outcome, en: outcome };
}

const passages: Readonly<Partial<Record<string, Phrase>>> = {
  passed: { zh: '已通过', en: 'passed' },
  'passed-slowly': { zh: '缓慢通过', en: 'passed slowly' },
  unsensed: { zh: '未感应', en: 'unsensed' },
  accompanied: { zh: '带儿童通过', en: 'accompanied' },
  tailgate: { zh: '尾随', en: 'tailgate' },
  reverse: { zh: '逆行', en: 'reverse' },
  forced: { zh: '强推', en: 'forced' },
  emergency: { zh: '紧急通过', en: 'emergency' },
  'no-show': { zh: '未通过', en: 'no-show' },
  'not-opened': { zh: '未开门', en: 'not opened' },
};

/** The one member that says most. */
function shortly(rest: Readonly<Record<string, unknown>>): string | null {
  const telling = [
    'code',
    'kind',
    'reason',
    'event',
    'device',
    'button',
    'to',
    'end',
    'why',
    'space',
  ];
  const name = telling.find((member) => typeof rest[member] === 'string');
  return name === undefined ? null : String(rest[name]);
}

function toneOf(type: string, rest: Readonly<Record<string, unknown>>): RecordPicture['tone'] {
  const { outcome, status, phase } = rest;
  if (type === 'decision')
    return outcome === 'grant' ? 'good' : outcome === 'deny' ? 'bad' : 'attention';
  if (type === 'passage')
    return outcome === 'passed' || outcome === 'accompanied' ? 'good' : 'attention';
  if (type === 'device') return status === 'ok' ? 'plain' : 'bad';
  if (type === 'config-step')
    return phase === 'reverted' || phase === 'refused' ? 'bad' : 'attention';
  if (type === 'command' || type === 'override' || type === 'emergency' || type === 'lockdown')
    return 'attention';
  if (type === 'config-refused' || type === 'time-refused') return 'bad';
  return type === 'alarm' || type === 'fire' || type === 'invariant' ? 'bad' : 'plain';
}

const names: Readonly<Partial<Record<string, Phrase>>> = {
  boot: { zh: '启动', en: 'start' },
  configuration: { zh: '配置', en: 'configuration' },
  power: { zh: '市电', en: 'mains power' },
  'journal-started': { zh: '新日志', en: 'new journal' },
  decision: { zh: '决定', en: 'decision' },
  passage: { zh: '通行', en: 'passage' },
  evidence: { zh: '证件', en: 'evidence' },
  'attempt-ended': { zh: '结束', en: 'attempt ended' },
  override: { zh: '门卫放行', en: 'override' },
  'override-reason': { zh: '放行理由', en: 'reason' },
  'no-reading': { zh: '测温无读数', en: 'no reading' },
  'scan-ignored': { zh: '扫码未理', en: 'scan ignored' },
  attested: { zh: '门卫审验', en: 'attested' },
  'case-selected': { zh: '选定类别', en: 'case' },
  'measured-by-hand': { zh: '人工测温', en: 'by hand' },
  'ticket-settled': { zh: '出入票', en: 'ticket' },
  accompanied: { zh: '带儿童', en: 'accompanied' },
  details: { zh: '登记', en: 'details' },
  'emergency-details': { zh: '紧急登记', en: 'details' },
  duty: { zh: '值班', en: 'duty' },
  badge: { zh: '门卫证', en: 'badge' },
  panel: { zh: '按钮', en: 'panel' },
  emergency: { zh: '紧急', en: 'emergency' },
  lockdown: { zh: '封闭', en: 'lockdown' },
  fire: { zh: '火警', en: 'fire' },
  device: { zh: '设备', en: 'device' },
  clock: { zh: '时钟', en: 'clock' },
  registry: { zh: '封存密钥', en: 'registry' },
  others: { zh: '其他门', en: 'other gates' },
  alarm: { zh: '报警', en: 'alarm' },
  invariant: { zh: '违反定律', en: 'law broken' },
  'alarm-ended': { zh: '报警结束', en: 'alarm over' },
  'double-use': { zh: '重复使用', en: 'double use' },
  relay: { zh: '继电器', en: 'relay' },
  fault: { zh: '程序故障', en: 'fault' },
  'uses-uncertain': { zh: '使用不确定', en: 'uncertain uses' },
  'known-refused': { zh: '他门消息被拒', en: 'refused news' },
  'records-lost': { zh: '丢失的记录', en: 'records lost' },
  'journal-damaged': { zh: '记录库损坏', en: 'journal damaged' },
  purge: { zh: '到期清除', en: 'purge' },
  ...settingsNames,
};
