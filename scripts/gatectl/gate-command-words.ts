/** Commands to a gate, and what they come to, in words for whoever has sent one. Data only. */
import type { Phrase } from '../../config/policy.js';
import type { CommandName } from '../../config/vocabulary.js';
import type { CommandResult } from '../../kiosk/core/messages.js';
import type { CommandRefusal } from '../../kiosk/settings/signed/judge-command.js';

/** Of those that are not harmless: what is about to be done. */
export const aboutWords: Readonly<Partial<Record<CommandName, Phrase>>> = {
  open: {
    zh: '将开门放行一次，以值班门卫的名义',
    en: 'is to open for one passage, in the name of the guard on duty',
  },
  lockdown: {
    zh: '将封闭入口：任何人不能进入，直到解除；出口不受影响',
    en: 'is to be locked down: nobody comes in until release; a way out stays free',
  },
  release: {
    zh: '将解除封闭，恢复按规定放行',
    en: 'is to be released from lockdown, whoever has pressed it, and admit again',
  },
};

export const doneWords: Readonly<Record<CommandName, Phrase>> = {
  open: { zh: '已开门，放行一次', en: 'opened for one passage' },
  lockdown: { zh: '已封闭入口', en: 'locked down' },
  release: { zh: '已解除封闭', en: 'released from lockdown' },
  'end-attempt': { zh: '已结束当前人员的查验', en: 'the attempt is ended' },
  acknowledge: { zh: '已确认报警', en: 'the alarms are acknowledged' },
  'lamp-test': { zh: '正在试灯和蜂鸣器', en: 'all lamps and the buzzer are on for 5 s' },
  diagnostics: { zh: '设备状况如下', en: 'as it is now' },
};

/** A gate answers no code but these to a command that is signed and well formed. */
type Refusal = Exclude<CommandResult, 'done'> | CommandRefusal;

export const refusedWords: Readonly<Partial<Record<Refusal, Phrase>>> = {
  'not-allowed': {
    zh: '本门不允许远程开门',
    en: 'this gate opens for nobody from afar: "commands": {"open": true} in its kiosk.json allows it',
  },
  'nobody-on-duty': {
    zh: '无人值班，未开门。请门卫按住 NEXT 刷门卫证',
    en: 'nobody is on duty there: a guard holds NEXT and scans the badge first',
  },
  'lane-busy': {
    zh: '通道正忙，未执行。请稍后再发',
    en: 'the lane is busy: nothing was done; ask again in a moment',
  },
  'locked-down': { zh: '入口已封闭，未开门', en: 'it is locked down: release comes first' },
  'nothing-to-refuse': { zh: '现在门前无人查验', en: 'nobody is at the gate' },
  'relay-refused': { zh: '继电器拒绝', en: 'the relay refused' },
  retained: { zh: '命令曾被留存，未执行', en: 'a broker has kept it: nothing was done' },
  'wrong-name': { zh: '命令与主题不符', en: 'it came by another command’s topic' },
  'wrong-site': { zh: '不是发给本校区的命令', en: 'it is for another site' },
  'wrong-kiosk': { zh: '不是发给本门的命令', en: 'it is for another gate' },
  'no-clock': {
    zh: '本门不知道准确时间，未执行',
    en: 'the gate does not know the time, so cannot tell whether this is late: nothing was done',
  },
  'issued-ahead': {
    zh: '命令时间超前，未执行。请校准本机时钟',
    en: 'it is from the future by the gate’s clock: set the clock of this machine',
  },
  expired: {
    zh: '命令到达时已过期，未执行。请校准本机时钟或重发',
    en: 'it was over when it came: the clock of this machine is behind, or the way was slow; nothing was done',
  },
  'before-start': {
    zh: '命令早于本门启动，未执行。请重发',
    en: 'the gate has started since it was signed: nothing was done; ask again',
  },
  repeated: {
    zh: '同一命令已收到过一次，其应答未收到，是否完成不明',
    en: 'it had come before, and that answer is lost: it may have been done; look before you ask again',
  },
  'too-many': {
    zh: '一分钟内命令过多，未执行',
    en: 'too many commands within a minute: nothing was done',
  },
};

/** Nobody has answered: what may be behind it, and what to do next. */
export const silenceWords: readonly Phrase[] = [
  {
    zh: '无应答：是否完成不明，但过期后不会再执行',
    en: 'no answer: it may have been done; it is over now, and is not done any more',
  },
  {
    zh: '请用 gatectl command diagnostics 查看（lockdown、lane、alarms），或问门卫；再发一次是一条新命令，open 会再开一次',
    en: 'look with gatectl command diagnostics (lockdown, lane, alarms), or ask the guard: to send it again is a new command, and an open opens once more',
  },
  {
    zh: '本门不应答不认识的人：密钥须在其信任名单上有 command 权限，签名数须足够（否则本门报警 configuration-forged）',
    en: 'a gate does not answer whom it does not know: each key needs the role command on its trust list, and enough of them sign (else it has the alarm configuration-forged now)',
  },
];
