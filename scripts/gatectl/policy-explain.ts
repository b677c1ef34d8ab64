/** A policy in words: who may pass on which evidence, in Chinese and English. Pure. */
import type { Condition, Phrase, Policy, Rule, Stop } from '../../config/policy.js';
import { type CredentialKind, credentialTitles, directions } from '../../config/vocabulary.js';
import { attestableWords } from '../../kiosk/booth/phrases.js';
import { bindingWords, both, celsius, evidenceWords, listed } from './policy-evidence.js';
import {
  directionWords,
  identityWords,
  outcomeWords,
  partyWords,
  registrationWords,
  settingWords,
  type Unit,
  zoneWords,
} from './policy-words.js';

export interface Explanation {
  readonly title: Phrase;
  readonly stops: readonly Entry[];
  readonly rules: readonly Entry[];
  readonly otherwise: Entry;
  readonly settings: readonly {
    readonly name: string;
    readonly words: Phrase;
    readonly value: Phrase;
  }[];
}

/** One stop, one rule, or the end. */
interface Entry {
  readonly id: string;
  /** null: after all others */
  readonly order: number | null;
  readonly clause: string;
  readonly title: Phrase;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly label: Phrase;
  readonly items: readonly Phrase[];
}

/** @returns the policy in words, lowest order first */
export function explain(policy: Policy): Explanation {
  const { settings, otherwise } = policy;
  return {
    title: policy.title,
    stops: policy.stops
      .toSorted((a, b) => a.order - b.order)
      .map((stop) => stopEntry(stop, policy)),
    rules: policy.rules
      .toSorted((a, b) => a.order - b.order)
      .map((rule) => ruleEntry(rule, policy)),
    otherwise: {
      id: 'otherwise',
      order: null,
      clause: otherwise.clause,
      title: { zh: '其他人员', en: 'Everybody else' },
      lines: directions.map((direction) => ({
        label: directionWords[direction],
        items: [outcomeWords[otherwise[direction]]],
      })),
    },
    settings: [
      ...Object.entries(settingWords).map(([name, { unit, zh, en }]) => ({
        name,
        words: { zh, en },
        value: valueWords(Reflect.get(settings, name), unit),
      })),
      ...Object.entries(settings.lifetimeSecondsMax).map(([kind, seconds]) => ({
        name: `lifetimeSecondsMax.${kind}`,
        words: lifetimeWords(kind as CredentialKind),
        value: valueWords(seconds, 'seconds'),
      })),
    ],
  };
}

function lifetimeWords(kind: CredentialKind): Phrase {
  const { zh, en } = credentialTitles[kind];
  return { zh: `${zh}签发至多`, en: `longest ${en}` };
}

function stopEntry(stop: Stop, policy: Policy): Entry {
  const { zh, en } = outcomeWords[stop.outcome];
  const outcome = stop.hold
    ? { zh: `${zh}，须门卫确认`, en: `${en}, held for the guard` }
    : { zh, en };
  return {
    id: stop.id,
    order: stop.order,
    clause: stop.clause,
    title: stop.title,
    lines: [
      {
        label: { zh: '情形', en: 'when' },
        items: stop.when.map((it) => conditionWords(it, policy)),
      },
      whereLine(stop),
      {
        label: { zh: '结果', en: 'outcome' },
        items: [
          outcome,
          ...(stop.elsewhere === 'refer'
            ? [{ zh: '其他区域：转门卫处理', en: 'elsewhere: referred to the guard' }]
            : []),
        ],
      },
      ...stop.directions.map((direction) => ({
        label: both({ zh: '告知·', en: 'told, ' }, directionWords[direction]),
        items: stop.tells[direction].map((party) => partyWords[party]),
      })),
    ],
  };
}

function conditionWords(condition: Condition, { settings }: Policy): Phrase {
  switch (condition.op) {
    case 'temperature': {
      const degrees = celsius(settings.feverCentidegrees);
      return { zh: `体温 ${degrees} 及以上`, en: `a temperature of ${degrees} or more` };
    }
    case 'isolation': {
      const spaces = condition.of.map((space) => identityWords[space]);
      return both({ zh: '处于隔离期：', en: 'under isolation, by ' }, listed(spaces));
    }
    case 'document':
      return paperWords(condition);
  }
}

function paperWords({ kind, variant }: Extract<Condition, { op: 'document' }>): Phrase {
  const title = credentialTitles[kind];
  return variant === undefined
    ? title
    : {
        zh: `${title.zh}（${variant === 'student' ? '学生' : variant}）`,
        en: `${title.en} (${variant})`,
      };
}

function ruleEntry(rule: Rule, policy: Policy): Entry {
  const none: Phrase = { zh: '无', en: 'nobody' };
  const orNone = (items: readonly Phrase[]) => (items.length > 0 ? items : [none]);
  const bound = rule.requires.flatMap((it) => bindingWords(it, rule));
  return {
    id: rule.id,
    order: rule.order,
    clause: rule.clause,
    title: rule.title,
    lines: [
      whereLine(rule),
      {
        label: { zh: '凭证', en: 'evidence' },
        items: rule.requires.flatMap((it) => evidenceWords(it, policy)),
      },
      ...(bound.length > 0 ? [{ label: { zh: '绑定', en: 'bound by' }, items: bound }] : []),
      ...(rule.attended === 'required'
        ? [
            {
              label: { zh: '门卫', en: 'guard' },
              items: [{ zh: '须门卫查看并确认', en: 'looks at each passage' }],
            },
          ]
        : []),
      ...(rule.isolates
        ? [
            {
              label: { zh: '隔离', en: 'isolates' },
              items: [
                {
                  zh: `自到达日起隔离 ${policy.settings.isolationDays} 天`,
                  en: `for ${policy.settings.isolationDays} days after the day of arrival`,
                },
              ],
            },
          ]
        : []),
      { label: { zh: '登记', en: 'registered' }, items: [registrationWords[rule.registers]] },
      {
        label: { zh: '告知', en: 'told' },
        items: orNone(rule.tells.map((party) => partyWords[party])),
      },
      {
        label: { zh: '门卫可审验', en: 'guard may attest' },
        items: rule.attestable.map((what) => attestableWords[what]),
      },
    ],
  };
}

function whereLine({ zones, directions: ways }: Pick<Rule, 'zones' | 'directions'>): Line {
  const where = listed(zones.map((zone) => zoneWords[zone]));
  const way = listed(ways.map((direction) => directionWords[direction]));
  return {
    label: { zh: '地点', en: 'where' },
    items: [{ zh: `${where.zh} · ${way.zh}`, en: `${where.en} · ${way.en}` }],
  };
}

function valueWords(value: unknown, unit: Unit): Phrase {
  if (unit === 'yes-no') return value === true ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' };
  const number = Number(value);
  const same = (text: string): Phrase => ({ zh: text, en: text });
  switch (unit) {
    case 'temperature':
      return same(celsius(number));
    case 'spread':
      return same(`${(number / 100).toFixed(2)} °C`);
    case 'milliseconds':
      return duration(number / 1000);
    case 'seconds':
      return duration(number);
    case 'hours':
      return { zh: `${number} 小时`, en: `${number} h` };
    case 'days':
      return { zh: `${number} 天`, en: `${number} days` };
    case 'count':
      return same(String(number));
  }
}

function duration(seconds: number): Phrase {
  const units = [
    [86_400, '天', 'd'],
    [3_600, '小时', 'h'],
    [60, '分钟', 'min'],
  ] as const;
  for (const [size, zh, en] of units)
    if (seconds >= size && seconds % size === 0)
      return { zh: `${seconds / size} ${zh}`, en: `${seconds / size} ${en}` };
  return { zh: `${seconds} 秒`, en: `${seconds} s` };
}
