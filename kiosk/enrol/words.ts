/** What an enrolment says to the person at the board, in Chinese and English. Data and no decisions. */
import type { Phrase } from '../../config/policy.js';

export const enrolWords = {
  ask: {
    zh: '请输入登记文件的口令（25 位数字，空格可省略）',
    en: 'Type the passphrase of the enrolment file (25 digits, spaces may be left out)',
  },
  'wrong-length': {
    zh: '口令应为 25 位数字，请重新输入',
    en: 'The passphrase has 25 digits: type it again',
  },
  mistyped: {
    zh: '有数字输入有误，请核对后重新输入',
    en: 'A digit is mistyped: compare it and type it again',
  },
  wrongPassphrase: {
    zh: '口令与此文件不符，或文件已损坏',
    en: 'This is not the passphrase of this file, or the file has been changed',
  },
  notUnlocked: {
    zh: '未能打开登记文件，未写入任何内容。请向管理员核对口令，或索取新文件',
    en: 'The file was not opened and nothing was written: ask the admin for the passphrase or a new file',
  },
  unreadable: { zh: '无法读取登记文件', en: 'The enrolment file cannot be read' },
  noEnrolmentFile: {
    zh: '这不是登记文件（由 gatectl enrol 生成）',
    en: 'This is no enrolment file (gatectl enrol makes one)',
  },
  unsound: {
    zh: '登记文件内容有误，未写入任何内容。请告知管理员下列问题',
    en: 'The file is not sound and nothing was written: tell the admin the following',
  },
  expired: {
    zh: '登记文件已过期，请向管理员索取新文件。本机时间',
    en: 'The file has expired: ask the admin for a new one. This board’s time',
  },
  'clock-behind': {
    zh: '本机时间早于文件的签发时间，请先校准时间（timedatectl set-time）。本机时间',
    en: 'This board’s clock is behind the making of the file: set it first (timedatectl set-time). This board’s time',
  },
  notInstalled: {
    zh: '配置目录不存在，请先安装（sh scripts/install.sh）',
    en: 'The folder of the configuration is not there: install first (sh scripts/install.sh)',
  },
  occupied: {
    zh: '本机已登记，未做任何更改。如确需更换，请在同一命令后加 --replace',
    en: 'This board is a gate already and nothing was changed. To replace it, the same command with --replace',
  },
  otherStateDirectory: {
    zh: '本机现有配置使用另一数据目录，日志会被遗留在那里。请让管理员以该目录（--base）重新生成文件',
    en: 'The configuration here has another state directory, where the journal would be left behind: ask for a file with that one (--base)',
  },
  foreignJournal: {
    zh: '本机留有另一闸机的日志。请先启动原闸机送完记录，再将 journal.db* 移走，然后重试',
    en: 'The journal of another gate is here: let that gate deliver its records, move journal.db* away, then try again',
  },
  noRequest: {
    zh: '此文件是对另一份申请的答复：本机没有与之对应的密钥。请用本机新的申请文件重新办理',
    en: 'This file answers another request: its keys are not on this board. Make a new request here (enrol --request)',
  },
  badNames: {
    zh: '站点与闸机编号应为 1–32 位小写字母、数字或连字符',
    en: 'Site and kiosk are 1-32 of a-z, 0-9 and -, not beginning with -',
  },
  requested: {
    zh: '密钥已在本机生成。请将申请文件交给管理员，并核对校验号',
    en: 'The keys are made, and stay here. Give the file to the admin, and compare the check number',
  },
  diskFailed: {
    zh: '写入失败。排除原因后再次运行同一命令即可继续',
    en: 'Writing has failed. Mend the cause and give the same command again: it goes on from here',
  },
  enrolled: { zh: '登记完成', en: 'Enrolled' },
  replaced: { zh: '登记完成，已更换', en: 'Enrolled, in the place of what was here' },
  already: {
    zh: '本机已用此文件登记，无需再做',
    en: 'Enrolled by this file already: there is nothing to do',
  },
  configKept: {
    zh: 'kiosk.json 与登记文件不同，保留本机的（--replace 则用文件中的）',
    en: 'kiosk.json differs from the file and stays as it is here (--replace takes that of the file)',
  },
  wasReplaced: {
    zh: '原设备密钥已不存在；原 kiosk.json 保留为 kiosk.json.replaced',
    en: 'The device key before is gone; kiosk.json before is kept as kiosk.json.replaced',
  },
  journalKept: { zh: '日志未动', en: 'The journal was not touched' },
  giveBack: {
    zh: '请将下面一行（或二维码）交给管理员，由其加入信任列表：',
    en: 'Give this line, or the code, to the admin, who puts it on the trust list:',
  },
  oldKeyStays: {
    zh: '原公钥须留在列表中，以便核对旧记录；若旧卡或旧机下落不明，应吊销其证书',
    en: 'The key before stays on the list, so that old records can be checked; if the old card or board is not in safe hands, its certificate must be revoked at the broker',
  },
  notReady: {
    zh: '闸机启动前还须处理：',
    en: 'Before the gate can start:',
  },
  next: {
    zh: '接下来（更换后为 restart）',
    en: 'Next (restart, where the gate was running)',
  },
  noTerminal: {
    zh: '没有终端可输入口令，请用 --passphrase-file',
    en: 'there is no terminal to type at: give --passphrase-file FILE',
  },
} as const satisfies Readonly<Record<string, Phrase>>;

/**
 * Takes what is on a board; returns what a replacement takes away and what it leaves, a line each.
 */
export function lostWords(board: {
  /** `site/kiosk`, as far as it can be read */
  readonly gate: string | null;
  readonly publicKey: string | null;
  readonly hasKeys: boolean;
  readonly hasConfig: boolean;
  readonly hasJournal: boolean;
}): readonly string[] {
  const { gate, publicKey, hasKeys, hasConfig, hasJournal } = board;
  const key = publicKey === null ? '' : ` ${publicKey}`;
  return [
    ...(gate === null ? [] : [`本机现为 this board is: ${gate}`]),
    ...(hasKeys
      ? [`将丢失 would be lost: 设备密钥 device key${key}, 证书 certificate, trust list, pepper`]
      : []),
    ...(hasConfig ? ['将改名保留 would be kept as kiosk.json.replaced: kiosk.json'] : []),
    ...(hasJournal ? ['保留 stays: 日志 journal'] : []),
  ];
}
