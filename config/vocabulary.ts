/**
 * The words that every folder shares: kinds, variants, reasons, parties, directions.
 * Data only: no behaviour beyond type guards, no I/O.
 */

/** Credential kinds by their number in claim -70001/1 (GK1 profile). */
export const credentialKinds = {
  1: 'approval-form',
  2: 'campus-card-code',
  3: 'residence-pass',
  4: 'exit-entry-ticket',
  5: 'resumption-certificate',
  6: 'visit-filing',
  7: 'guard-badge',
} as const;
export type CredentialKindNumber = keyof typeof credentialKinds;
export type CredentialKind = (typeof credentialKinds)[CredentialKindNumber];

/** Chinese and English titles of the papers, as the notice and the screen name them. */
export const credentialTitles: Readonly<Record<CredentialKind, { zh: string; en: string }>> = {
  'approval-form': { zh: '入校审批表', en: 'approval form' },
  'campus-card-code': { zh: '校园卡认证二维码', en: 'campus card code' },
  'residence-pass': { zh: '住宅通行证', en: 'residence pass' },
  'exit-entry-ticket': { zh: '出入票', en: 'exit-entry ticket' },
  'resumption-certificate': { zh: '复工证明', en: 'resumption-of-work certificate' },
  'visit-filing': { zh: '来访报备', en: 'visit filing' },
  'guard-badge': { zh: '门卫证', en: 'guard badge' },
};

export const formVariants = ['staff-entry', 'lab-duty', 'external-entry'] as const;
export const codeVariants = ['staff', 'student'] as const;
export const purposes = ['research', 'service', 'logistics'] as const;

/** Why a credential is refused: the fixed order of the checks (GK1 profile). */
export const credentialReasons = [
  'too-long',
  'bad-prefix',
  'bad-base45',
  'bad-structure',
  'bad-algorithm',
  'unknown-key',
  'bad-signature',
  'bad-claims',
  'kind-not-allowed',
  'not-yet-valid',
  'expired',
  'revoked',
  'already-used',
] as const;
export type CredentialReason = (typeof credentialReasons)[number];

/** The stops that a policy may have; each is the reason of what it decides. */
export const stopIds = ['isolation', 'fever', 'student'] as const;
export type StopId = (typeof stopIds)[number];

/** Why the policy refuses or refers what is cryptographically fine. */
export const policyReasons = [
  // about one paper
  'outside-window',
  'lifetime-too-long',
  'wrong-zone',
  'second-ticket',
  'exit-unknown',
  'ticket-uncertain',
  // a bearer paper in after in, or out after out
  'direction-repeated',
  // it names another holder than the ID card shown, or nobody where somebody must be named
  'wrong-holder',
  'holder-unnamed',
  // the filing names another host
  // an ID card that is there and cannot be read
  'card-unreadable',
  // about the attempt
  'incomplete',
  'no-rule',
  ...stopIds,
  'identity-changes',
  // about the gate
  'guard-needed',
  'registry-missing',
  'clock-untrusted',
  'part-failed',
  'disk-late',
  'disk-failed',
] as const;
export type PolicyReason = (typeof policyReasons)[number];
export type Reason = CredentialReason | PolicyReason;

export const parties = [
  'guard',
  'duty-officer',
  'property-office',
  'community',
  'police-station',
  'health-office',
  'college',
  'host-unit',
  'units-concerned',
] as const;
export type Party = (typeof parties)[number];

export const directions = ['in', 'out'] as const;
export type Direction = (typeof directions)[number];
export const zoneKinds = ['campus-gate', 'building'] as const;
export type ZoneKind = (typeof zoneKinds)[number];

/** The three slots of an attempt's identity; also the spaces of person tokens. */
export const identitySpaces = ['campus-id', 'id-number', 'household'] as const;
export type IdentitySpace = (typeof identitySpaces)[number];

export const clockStates = ['synced', 'holdover', 'floor', 'conflict'] as const;
/**
 * What can be wrong with reports: the broker takes none; a receipt that is no collector's; a broker that
 * breaks the protocol, or floods the gate with what is nobody's to send; the gate's certificate ends soon.
 */
export const reportFaults = [
  'reports-refused',
  'receipt-refused',
  'broker-breach',
  'certificate-expiring',
] as const;
export type ReportFault = (typeof reportFaults)[number];
/**
 * What can be wrong with the journal: it was damaged or gone, and a new one has been begun; what is
 * undelivered comes near to its cap.
 */
export const journalFaults = ['journal-damaged', 'journal-filling'] as const;
export type JournalFault = (typeof journalFaults)[number];
/** Channels of signed configuration. */
export const configChannels = ['trust', 'policy', 'revocation', 'device'] as const;
export type ConfigChannel = (typeof configChannels)[number];
/** What an admin may ask of a gate from afar. */
export const commandNames = [
  'open',
  'lockdown',
  'release',
  'end-attempt',
  'acknowledge',
  'lamp-test',
  'diagnostics',
] as const;
export type CommandName = (typeof commandNames)[number];
/** What has become of a step of a channel, as on `cfg/reported`. */
export type StepPhase = 'pending' | 'probation' | 'confirmed' | 'reverted' | 'refused';
/**
 * What can be wrong with configuration: somebody has sent what no admin has signed, or tried to go back;
 * a step was taken back; what is in force is past its date; what was accepted is not on the disk any more.
 */
export const settingsFaults = [
  'configuration-forged',
  'configuration-reverted',
  'configuration-stale',
  'configuration-lost',
] as const;
export type SettingsFault = (typeof settingsFaults)[number];
export type ClockState = (typeof clockStates)[number];

export const deviceNames = [
  'scanner',
  'thermometer',
  'id-card-reader',
  'turnstile',
  'panel',
  'fire',
  'signals',
  'relay',
  'journal',
  'mains',
] as const;
export type DeviceName = (typeof deviceNames)[number];
export type DeviceStatus = 'ok' | 'degraded' | 'lost';

/**
 * What a guard on duty may attest in place of evidence; never a campus card code, a ticket or an ID
 * card.
 */
export const attestables = [
  'resumption-certificate',
  'work-id',
  'questions',
  'landlord',
  'property-office',
  'temperature',
  'originals',
  'not-returning',
] as const;
export type Attestable = (typeof attestables)[number];

/** Why the guard opened; `unspecified` until one is chosen. `accompanied`: a child with its adult. */
export const openReasons = [
  'unspecified',
  'urgent-need',
  'registered-by-hand',
  'no-id-card',
  'student-approved',
  'replacement-ticket',
  'service-call',
  'accompanied',
] as const;
export type OpenReason = (typeof openReasons)[number];

/** What the guard enters at the booth's keyboard; sealed at once. */
export const detailFields = [
  'name',
  'id-number',
  'campus-address',
  'phone',
  'where-from',
  'transport',
  'household',
  'campus-id',
  'service',
  'people',
  'vehicle-plate',
  'temperature',
] as const;
export type DetailField = (typeof detailFields)[number];

/** Why a run of the gate began: what is known of the end of the one before it. */
export const bootReasons = [
  // the journal is new: nothing was before it, or nothing that it knows
  'first',
  // told to end, and started again
  'stopped',
  // told to end, and the machine was started again
  'restarted',
  // it broke a law of its own
  'invariant',
  // a fault of the program, or a part of it was lost
  'fault',
  // gone without a word while the machine went on
  'killed',
  // the machine went down without a word: its power, or its kernel
  'power-lost',
  // nobody can tell: the journal could not be read, or the machine does not say when it started
  'unknown',
] as const;
export type BootReason = (typeof bootReasons)[number];

/** The buttons of the guard's panel. */
export const panelButtons = [
  'open',
  'refuse',
  'confirm',
  'next',
  'emergency',
  'lockdown',
  'acknowledge',
] as const;
export type PanelButton = (typeof panelButtons)[number];
/** Those under a cover, which may have a contact of its own. */
export const guardedButtons = ['emergency', 'lockdown'] as const satisfies readonly PanelButton[];
export type GuardedButton = (typeof guardedButtons)[number];

/** What watches the fire loop's wires, besides the loop itself. */
export const fireSupervisions = ['none', 'end-of-line', 'second-contact'] as const;
export type FireSupervision = (typeof fireSupervisions)[number];

/**
 * What a turnstile takes for the permission to let one person through: a short closing of a contact, or
 * a closing for as long as somebody may go.
 */
export const turnstileModes = ['pulse', 'level'] as const;
export type TurnstileMode = (typeof turnstileModes)[number];

/** A moment as every decision sees it: durations by the monotonic clock, dates by the wall clock. */
export interface Now {
  /** milliseconds since an arbitrary start, never running back */
  readonly monotonicMs: number;
  /** milliseconds since 1970-01-01T00:00:00Z */
  readonly wallMs: number;
  readonly clock: ClockState;
}

/** What one gate tells another (`_spent`): merged as a set, times in RFC 3339. */
export interface KnownEntry {
  readonly type: 'ticket' | 'code' | 'window' | 'isolation' | 'passage';
  /** hex kid‖cti for tickets and codes; a person's token for passages and isolations */
  readonly key: string;
  readonly direction?: Direction;
  /** from when on the entry may be forgotten */
  readonly until: string;
  readonly at: string;
}
