/** Records of what admins have sent, in Chinese and English: commands, steps of configuration, signed time. */
import type { Phrase } from '../../../config/policy.js';
import type { CommandName, ConfigChannel } from '../../../config/vocabulary.js';
import type { Phase } from '../../../kiosk/settings/signed/channel-state.js';

type Words<Name extends string> = Readonly<Record<Name, Phrase>>;

/** Their names. */
export const settingsNames: Readonly<Partial<Record<string, Phrase>>> = {
  command: { zh: '远程命令', en: 'command' },
  'config-step': { zh: '新配置', en: 'new configuration' },
  'config-refused': { zh: '配置被拒', en: 'configuration refused' },
  'time-set': { zh: '授时', en: 'signed time' },
  'time-refused': { zh: '授时被拒', en: 'signed time refused' },
};

/** Takes a record's type and members; returns what it says, or null where it is of another kind. */
export function settingsWords(
  type: string,
  rest: Readonly<Record<string, unknown>>,
): Phrase | null {
  const text = (member: string): string => String(rest[member] ?? '');
  switch (type) {
    case 'command': {
      const name = wordOf(commands, text('command'));
      const result = text('result');
      return result === 'done'
        ? { zh: name.zh, en: `${name.en}: done` }
        : { zh: `${name.zh}：未执行`, en: `${name.en}: ${result}` };
    }
    case 'config-step': {
      const [channel, phase] = [wordOf(channels, text('channel')), wordOf(phases, text('phase'))];
      const code = text('code') === '' ? '' : `: ${text('code')}`;
      const number = text('step');
      return {
        zh: `${channel.zh}第 ${number} 号${phase.zh}`,
        en: `${channel.en} ${number} ${phase.en}${code}`,
      };
    }
    case 'config-refused': {
      const channel = wordOf(channels, text('channel'));
      return { zh: channel.zh, en: `${channel.en}: ${text('why')}` };
    }
    case 'time-set':
      return { zh: '', en: `to ${text('to')}` };
    case 'time-refused':
      return { zh: '', en: text('why') };
    default:
      return null;
  }
}

/** Takes the words of known names and a name; returns its words, itself where it has none. */
function wordOf(words: Words<string>, name: string): Phrase {
  return (Object.hasOwn(words, name) ? words[name] : undefined) ?? { zh: name, en: name };
}

const commands: Words<CommandName> = {
  open: { zh: '开门放行一次', en: 'open' },
  lockdown: { zh: '封闭入口', en: 'lockdown' },
  release: { zh: '解除封闭', en: 'release' },
  'end-attempt': { zh: '结束查验', en: 'end the attempt' },
  acknowledge: { zh: '确认报警', en: 'acknowledge' },
  'lamp-test': { zh: '试灯', en: 'lamp test' },
  diagnostics: { zh: '询问状况', en: 'diagnostics' },
};
const channels: Words<ConfigChannel> = {
  trust: { zh: '信任名单', en: 'trust' },
  policy: { zh: '通行规则', en: 'policy' },
  revocation: { zh: '撤销名单', en: 'revocation' },
  device: { zh: '设备设置', en: 'device' },
};
const phases: Words<Phase> = {
  pending: { zh: '检验中', en: 'pending' },
  probation: { zh: '试行', en: 'on probation' },
  confirmed: { zh: '生效', en: 'confirmed' },
  reverted: { zh: '已退回', en: 'reverted' },
  refused: { zh: '被拒', en: 'refused' },
};
