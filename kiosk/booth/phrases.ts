/**
 * The words that a guard reads: Chinese first, English below. What is wrong and, where the guard can
 * do something, what. Every table is complete by its type: a word that is missing does not compile.
 */
import type { IdCardKind } from '../../config/id-number.js';
import type { Phrase } from '../../config/policy.js';
import {
  type Attestable,
  type ClockState,
  type CredentialKind,
  credentialTitles,
  type DetailField,
  type DeviceName,
  type OpenReason,
  type Reason,
} from '../../config/vocabulary.js';
import type { NoReading } from '../core/attempt/attempt-state.js';
import type { FeverStanding } from '../core/attempt/fever.js';
import type { FeedbackCode } from '../core/guard/guard-state.js';
import type { Verdict } from '../core/state.js';
import type { DetailFault } from '../evidence/details.js';
import type { BoothFault } from './takers.js';
import type { ShownLane } from './view.js';

/** Words for every code of a union, and for codes that other gates' versions may bring. */
type WordsFor<Code extends string> = Readonly<Record<Code, Phrase>> &
  Readonly<Record<string, Phrase>>;

/** Why a paper was refused, or a person is the guard's. */
export const reasonWords = {
  'too-long': { zh: '不是本校的码', en: 'Not a campus code' },
  'bad-prefix': { zh: '不是本校的码', en: 'Not a campus code' },
  'bad-base45': { zh: '码已损坏，请重新出示', en: 'Damaged code: show it again' },
  'bad-structure': { zh: '码已损坏或系伪造', en: 'Damaged or forged code' },
  'bad-algorithm': { zh: '签名方式不符，疑似伪造', en: 'Wrong kind of signature, perhaps forged' },
  'unknown-key': { zh: '签发单位不受信任', en: 'Issuer unknown to this gate' },
  'bad-signature': { zh: '签名无效，疑似伪造', en: 'Signature false, perhaps forged' },
  'bad-claims': { zh: '证件内容不合规', en: 'Contents of the paper not in order' },
  'kind-not-allowed': { zh: '该单位无权签发此证', en: 'Issuer may not issue this paper' },
  'not-yet-valid': { zh: '证件尚未生效', en: 'Not valid yet' },
  expired: { zh: '证件已过期', en: 'Expired' },
  revoked: { zh: '证件已被撤销', en: 'Revoked' },
  'already-used': { zh: '此码（票）已用过', en: 'Used already' },
  'outside-window': { zh: '不在出入票有效日内', en: 'Not within the days of the ticket' },
  'lifetime-too-long': { zh: '有效期过长，不予承认', en: 'Issued for longer than is allowed' },
  'wrong-zone': { zh: '此证不适用于本门', en: 'Not for this gate' },
  'second-ticket': { zh: '本户两日内另有一张票', en: 'Second ticket of the household in two days' },
  'exit-unknown': {
    zh: '未见出门记录：请问是否外地返哈',
    en: 'No exit known: ask, back from outside?',
  },
  'ticket-uncertain': {
    zh: '停电时此票是否用过不明，请裁定',
    en: 'Power cut: was the ticket used? You decide',
  },
  'direction-repeated': { zh: '同向连续通行，请询问', en: 'Same direction twice in a row: ask' },
  'wrong-holder': {
    zh: '证件不是此身份证持有人的',
    en: 'Paper of another person than the ID card',
  },
  'holder-unnamed': {
    zh: '证件未写明本人，请核对原件',
    en: 'Paper names nobody: see the originals',
  },
  'card-unreadable': { zh: '身份证读不出，请人工登记', en: 'ID card unreadable: register by hand' },
  incomplete: { zh: '证件不全', en: 'Papers missing' },
  'no-rule': { zh: '不符合任何通行条款', en: 'Fits no rule of the notice' },
  isolation: { zh: '隔离期内，不得外出', en: 'In isolation: may not leave' },
  fever: { zh: '体温异常（发热）', en: 'Fever' },
  student: { zh: '学生：不得出入校门', en: 'Student: may neither enter nor leave' },
  'identity-changes': { zh: '一分钟内多次更换身份', en: 'Changed identity again and again' },
  'guard-needed': { zh: '需门卫查看、询问', en: 'The guard is to look or to ask' },
  'registry-missing': {
    zh: '无法封存登记信息，请人工登记',
    en: 'Cannot seal details: register by hand',
  },
  'clock-untrusted': { zh: '本机时钟不可信', en: 'The clock of the gate is not trusted' },
  'part-failed': { zh: '设备故障，不能自动放行', en: 'A device failed: no automatic passage' },
  'disk-late': { zh: '磁盘太慢，未能及时记录', en: 'Disk too slow to record in time' },
  'disk-failed': { zh: '磁盘故障，无法记录', en: 'Disk failed: cannot record' },
} as const satisfies WordsFor<Reason>;

const deviceTitles = {
  scanner: { zh: '扫码器', en: 'Scanner' },
  thermometer: { zh: '测温仪', en: 'Thermometer' },
  'id-card-reader': { zh: '身份证阅读器', en: 'ID-card reader' },
  turnstile: { zh: '闸机', en: 'Turnstile' },
  panel: { zh: '门卫面板', en: 'Panel' },
  fire: { zh: '消防联动', en: 'Fire input' },
  signals: { zh: '灯与蜂鸣器', en: 'Lamps, buzzer' },
  relay: { zh: '开门继电器', en: 'Relay' },
  journal: { zh: '记录磁盘', en: 'Journal' },
  mains: { zh: '市电', en: 'Mains power' },
} as const satisfies Readonly<Record<DeviceName, Phrase>>;
export const deviceWords: Readonly<Record<DeviceName, Phrase>> = deviceTitles;

/** What alarms say; of devices see `alarmWords`. */
const alarmTable = {
  emergency: { zh: '紧急放行', en: 'EMERGENCY was pressed' },
  'emergency-details': {
    zh: '请补录紧急情况：单位、人数、车牌',
    en: 'Emergency: enter service, people, plate',
  },
  'details-missing': { zh: '已通行，登记信息尚未录入', en: 'Let in, details not entered yet' },
  fire: { zh: '火警：通道已打开', en: 'Fire: the gate is open' },
  lockdown: { zh: '封闭：暂停入校', en: 'LOCKDOWN: entry is stopped' },
  forced: { zh: '无授权强行通过', en: 'Forced: somebody passed without leave' },
  tailgate: { zh: '尾随通过', en: 'Tailgate: a second person went through' },
  reverse: { zh: '逆向通过', en: 'Somebody went the wrong way' },
  'door-forced': { zh: '无授权打开边门', en: 'The door was opened without leave' },
  'door-open': { zh: '边门未关', en: 'The door was left open' },
  'exit-button': { zh: '有人请求出门', en: 'Somebody asks for a way out' },
  tamper: { zh: '机箱被打开', en: 'The cabinet was opened' },
  'arm-standing': { zh: '闸杆长时间未复位', en: 'The arm was left standing' },
  'disk-failed': { zh: '磁盘故障，记录暂存内存', en: 'Disk failed: records are kept in memory' },
  'disk-late': { zh: '磁盘太慢', en: 'Disk too slow' },
  'on-battery': { zh: '市电中断，由电池供电', en: 'No mains power: on battery' },
  'record-refused': { zh: '有一条记录未能写入', en: 'A record could not be written' },
  'records-lost': {
    zh: '磁盘故障过久，有记录丢失',
    en: 'Disk failed for too long: records were lost',
  },
  'journal-damaged': {
    zh: '记录库损坏，已另存并启用新库：旧票证可能被重复使用',
    en: 'Journal damaged: kept aside for the collector, a new one begun. Used papers may be unknown',
  },
  'journal-filling': {
    zh: '记录长期未送达，记录库将满',
    en: 'Records are not delivered: the journal fills up',
  },
  'relay-refused': { zh: '继电器拒绝开门', en: 'The relay refused to open' },
  'ticket-uncertain': {
    zh: '停电，有出入票是否用过不明',
    en: 'Power cut: a ticket may have been used',
  },
  'reports-refused': { zh: '服务器拒收记录', en: 'The broker refuses the records' },
  'receipt-refused': { zh: '收到伪造的回执', en: 'A forged receipt has come' },
  'broker-breach': { zh: '服务器行为异常，连接已断开', en: 'The broker misbehaves and is cut off' },
  'certificate-expiring': {
    zh: '本机证书将到期或已到期，请管理员更换',
    en: 'The gate’s certificate ends soon: the admin makes a new one',
  },
  'configuration-forged': {
    zh: '收到伪造或过时的配置',
    en: 'Forged or old configuration has come',
  },
  'configuration-reverted': {
    zh: '新配置有故障，已自动恢复旧配置',
    en: 'New configuration failed: the old one is back',
  },
  'configuration-stale': { zh: '配置已过期，仍在使用', en: 'Configuration is past its date' },
  'configuration-lost': {
    zh: '已接受的配置丢失，等待重新下发',
    en: 'Accepted configuration is lost: waiting for it anew',
  },
  'known-refused': { zh: '其他门发来的数据不合规', en: 'Data from another gate refused' },
  'guard-called': { zh: '有人被拒出门，请立即处理', en: 'Exit refused: somebody waits for you' },
  'badge-without-next': {
    zh: '有人在外侧刷门卫证（未按 NEXT）',
    en: 'Guard badge shown without NEXT',
  },
  'badge-refused': { zh: '门卫证无效', en: 'Guard badge refused' },
  'nobody-on-duty': { zh: '无人值班', en: 'Nobody is on duty' },
  'clock-untrusted': { zh: '时钟未校准，不能自动放行', en: 'Clock not set: no automatic passage' },
  'double-use': { zh: '一证两用：两处校门先后使用', en: 'One paper used at two gates' },
  'clock-conflict': { zh: '时钟跳变，不能自动放行', en: 'Clock jumped: no automatic passage' },
  'clock-signed-refused': {
    zh: '收到不可信的授时，未采用',
    en: 'A signed time is not believed',
  },
  'clock-lowered': {
    zh: '管理员已将时钟调回，期间用过的证件可能不明',
    en: 'Admins set the clock back: papers used may be unknown',
  },
  'registry-missing': {
    zh: '无登记公钥，不能封存信息',
    en: 'No registry key: nothing can be sealed',
  },
  'registry-early': { zh: '登记公钥尚未生效', en: 'Registry key not valid yet' },
} as const satisfies Readonly<Record<string, Phrase>>;

/** Every alarm that has words of its own. */
export const alarmCodes = Object.keys(alarmTable) as readonly (keyof typeof alarmTable)[];

/**
 * @param code an alarm's; `device-<name>` for a device's
 * @returns its words; for a code that nobody has words for, the code itself
 */
export function alarmWords(code: string): Phrase {
  const words: Readonly<Record<string, Phrase>> = alarmTable;
  const device = code.startsWith('device-') ? code.slice('device-'.length) : '';
  if (Object.hasOwn(deviceTitles, device)) {
    const { zh, en } = deviceTitles[device as DeviceName];
    return { zh: `${zh}故障`, en: `${en}: trouble` };
  }
  return (Object.hasOwn(words, code) ? words[code] : undefined) ?? { zh: code, en: code };
}

export const laneWords = {
  locked: { zh: '已锁闭', en: 'Locked' },
  lockdown: { zh: '封闭', en: 'Lockdown' },
  fault: { zh: '故障', en: 'Fault' },
  committing: { zh: '正在记录', en: 'Recording' },
  granted: { zh: '已放行，等待通过', en: 'Open: waiting' },
  passing: { zh: '正在通过', en: 'Passing' },
  settling: { zh: '正在复位', en: 'Closing' },
  released: { zh: '已释放，可通行', en: 'Released: open' },
} as const satisfies WordsFor<ShownLane>;

export const clockWords: Readonly<Record<ClockState, Phrase>> = {
  synced: { zh: '已校准', en: 'synced' },
  holdover: { zh: '守时', en: 'holdover' },
  floor: { zh: '未校准', en: 'not set' },
  conflict: { zh: '冲突', en: 'conflict' },
};

export const feedbackWords = {
  done: { zh: '已办', en: 'Done' },
  'nobody-on-duty': {
    zh: '无效：无人值班。请按住 NEXT 刷门卫证',
    en: 'Nobody on duty: hold NEXT, scan your badge',
  },
  'not-shown-long-enough': {
    zh: '无效：请看满一秒再按确认',
    en: 'Too soon: look for a second, then CONFIRM',
  },
  'nothing-to-confirm': { zh: '现在没有要确认的', en: 'Nothing to confirm now' },
  'nothing-to-refuse': { zh: '现在没有人可拒绝', en: 'Nobody to refuse now' },
  'lane-busy': { zh: '通道正忙，请稍后再按', en: 'Lane busy: press again in a moment' },
  'locked-down': { zh: '封闭中，不能开门入校', en: 'Lockdown: no entry' },
  'badge-without-next': {
    zh: '刷门卫证时请按住 NEXT',
    en: 'Hold NEXT while you scan your badge',
  },
  'badge-refused': { zh: '门卫证无效', en: 'Badge refused' },
  'relay-refused': { zh: '继电器拒绝，请再按一次', en: 'The relay refused: press again' },
} as const satisfies WordsFor<FeedbackCode>;

export const openReasonWords: Readonly<Record<OpenReason, Phrase>> = {
  unspecified: { zh: '未说明', en: 'no reason given' },
  'urgent-need': { zh: '本人急需', en: "the person's urgent need" },
  'registered-by-hand': { zh: '已人工登记', en: 'registered by hand' },
  'no-id-card': { zh: '未带身份证', en: 'no ID card' },
  'student-approved': { zh: '经批准的学生', en: 'approved student' },
  'replacement-ticket': { zh: '补发的出入票', en: 'replacement ticket' },
  'service-call': { zh: '抢修、服务', en: 'service call' },
  accompanied: { zh: '随行儿童', en: 'accompanied child' },
};

export const attestableWords: Readonly<Record<Attestable, Phrase>> = {
  'resumption-certificate': { zh: '复工证明（纸质）', en: 'resumption certificate on paper' },
  'work-id': { zh: '工作证', en: 'work ID' },
  questions: { zh: '已询问（是否外地返哈）', en: 'questions asked' },
  landlord: { zh: '房东确认', en: "landlord's confirmation" },
  'property-office': { zh: '物业部门确认', en: "property office's confirmation" },
  temperature: { zh: '人工测温正常', en: 'temperature by hand: normal' },
  originals: { zh: '已核对原件', en: 'originals seen' },
  'not-returning': { zh: '非外地返哈', en: 'not back from outside' },
};

export const detailWords: Readonly<Record<DetailField, Phrase>> = {
  name: { zh: '姓名', en: 'Name' },
  'id-number': { zh: '身份证号', en: 'ID number' },
  'campus-address': { zh: '校内住址', en: 'Campus address' },
  phone: { zh: '电话', en: 'Phone' },
  'where-from': { zh: '来自何地', en: 'Where from' },
  transport: { zh: '交通工具（车次、航班）', en: 'Transport (train, flight)' },
  household: { zh: '户号', en: 'Household number' },
  'campus-id': { zh: '工号（校园卡号）', en: 'Campus id' },
  service: { zh: '单位（急救、消防、公安…）', en: 'Service (ambulance, fire, police …)' },
  people: { zh: '人数', en: 'Number of people' },
  'vehicle-plate': { zh: '车牌', en: 'Vehicle plate' },
  temperature: { zh: '人工测温 ℃', en: 'Temperature by hand, ℃' },
};

/** What a temperature means, or why there is none. */
export const temperatureWords: Readonly<Record<'normal' | 'fever' | NoReading, Phrase>> = {
  normal: { zh: '体温正常', en: 'Normal' },
  fever: { zh: '发热', en: 'Fever' },
  'too-cold': { zh: '过低，无读数：暖手后再测', en: 'Too cold, no reading: warm up' },
  'too-hot': { zh: '过高，无读数：请重测', en: 'Too hot, no reading: again' },
  ambient: { zh: '环境温度不适，请人工测温', en: 'Ambient unfit: measure by hand' },
  'not-new': { zh: '请移开手腕再测', en: 'Wrist was there before: again' },
};

/** What may follow a fever. */
export const feverWords: Readonly<Record<Exclude<FeverStanding, 'none'>, Phrase>> = {
  paused: { zh: '复测须等候', en: 'Wait before measuring again' },
  measure: { zh: '现在可以复测', en: 'May be measured again now' },
  exhausted: { zh: '一小时内不再复测', en: 'No more measuring within the hour' },
};

export const verdictWords: Readonly<Record<Verdict['type'], Phrase>> = {
  refused: { zh: '刚才：未通过', en: 'Just now: not accepted' },
  passed: { zh: '刚才：已通过', en: 'Just now: passed' },
  'no-show': { zh: '刚才：放行后无人通过', en: 'Just now: opened, nobody passed' },
  'not-opened': { zh: '刚才：未能开门', en: 'Just now: could not open' },
};

/** What a line of the list is where no paper names it. */
export const lineWords = {
  scan: { zh: '二维码', en: 'Code' },
  arrivalDay: { zh: '到达日期（按 NEXT 选）', en: 'Day of arrival (by NEXT)' },
  attend: { zh: '门卫查看本人', en: "The guard's look" },
} as const satisfies Readonly<Record<string, Phrase>>;

export const cardWords: Readonly<Record<IdCardKind, Phrase>> = {
  resident: { zh: '身份证', en: 'ID card' },
  'hk-macao-taiwan': { zh: '港澳台居民居住证', en: 'HK, Macao, Taiwan residence permit' },
  'foreign-2017': { zh: '外国人永久居留身份证', en: "Foreigner's permanent residence card" },
  'foreign-2023': { zh: '外国人永久居留身份证', en: "Foreigner's permanent residence card" },
};

const variantTitles: Readonly<Record<string, Phrase>> = {
  'staff-entry': { zh: '工作人员入校审批表', en: 'staff entry form' },
  'lab-duty': { zh: '实验室上岗审批表', en: 'laboratory duty form' },
  'external-entry': { zh: '外协人员入校审批表', en: 'external entry form' },
  student: { zh: '校园卡二维码（学生）', en: 'campus card code: STUDENT' },
};

/** @returns what a paper of this kind and variant is called; null: what was scanned told neither */
export function paperWords(kind: CredentialKind | null, variant: string | null): Phrase {
  const ofVariant = variant !== null && Object.hasOwn(variantTitles, variant);
  return (
    (ofVariant ? variantTitles[variant] : undefined) ??
    (kind === null ? lineWords.scan : credentialTitles[kind])
  );
}

/** Why something sent from the page was not taken. */
export const faultWords: Readonly<Record<BoothFault, Phrase>> = {
  'foreign-host': { zh: '本机不认这个网址', en: 'Not an address of this gate' },
  'foreign-origin': { zh: '请求来自别的网页', en: 'Sent by another page' },
  'no-origin': { zh: '请求没有说明来自哪个网页', en: 'No Origin header came' },
  'no-session': { zh: '请重新登录', en: 'Please log in again' },
  'wrong-token': { zh: '口令不对', en: 'Wrong token' },
  'too-many-tries': { zh: '试错太多，请一分钟后再试', en: 'Too many tries: wait a minute' },
  'no-length': { zh: '请求不完整', en: 'Incomplete request' },
  'too-large': { zh: '内容太长', en: 'Too long' },
  'not-json': { zh: '请求格式不符', en: 'Wrong type of request' },
  'bad-json': { zh: '请求格式不符', en: 'Malformed request' },
  'bad-message': { zh: '内容不合规', en: 'Not understood' },
  'bad-fields': { zh: '未登记：请改正', en: 'Not taken: please correct' },
  'prompt-changed': { zh: '无效：内容已变，请再看', en: 'It has changed: look again' },
  'not-wanted': { zh: '未登记：此人已离开', en: 'Not taken: the person has gone' },
};

/** What is wrong with an entry. */
export const detailFaultWords: Readonly<Record<DetailFault, Phrase>> = {
  empty: { zh: '一项也没有填', en: 'Nothing was entered' },
  'too-long': { zh: '太长', en: 'Too long' },
  'bad-characters': { zh: '含有不可见字符', en: 'Characters that cannot be read' },
  'bad-number': { zh: '不是身份证号', en: 'No ID number' },
  'bad-check-digit': { zh: '号码有误（校验位不符）', en: 'A digit is wrong (check digit)' },
  'bad-form': { zh: '格式不对', en: 'Wrong form' },
  'out-of-range': { zh: '数值不合理', en: 'Out of range' },
};
