/** What goes into `step` and what comes out of it. */
import type {
  BootReason,
  CommandName,
  ConfigChannel,
  DeviceName,
  DeviceStatus,
  JournalFault,
  KnownEntry,
  PanelButton,
  ReportFault,
  SettingsFault,
  StepPhase,
} from '../../config/vocabulary.js';
import type { RecordDraft, RestoredUse, Standing, UseChange } from '../journal/port.js';
import type { DetailsEvidence, Evidence } from './evidence.js';
import type { FeedbackCode } from './guard/guard-state.js';
import type { GateSettings } from './settings.js';
import type { SignedTime } from './time/signed-time.js';

/** What names a configuration; the policy's hash stands among the gate's settings. Hex SHA-256 each. */
export interface ConfigurationHashes {
  /** of `kiosk.json`, as far as it is not for editors only */
  readonly configuration: string;
  readonly trust: string;
  /** null: nothing is revoked */
  readonly revocations: string | null;
}

export interface StepNews {
  readonly channel: ConfigChannel;
  readonly seq: number;
  /** hex, of its payload */
  readonly sha256: string;
  readonly phase: StepPhase;
  /** why, where it is refused or taken back */
  readonly code: string;
}

export type Input =
  /** once, first: what the journal knew; again when one that could not be opened then has been */
  | {
      readonly type: 'boot';
      readonly uses: readonly RestoredUse[];
      readonly endedCleanly: boolean;
      /** how the last run ended */
      readonly reason: BootReason;
      readonly version: string;
      /** what stood when the last run ended */
      readonly standing: Standing;
    }
  | { readonly type: 'evidence'; readonly evidence: Evidence }
  /** `reversed`: a body against the lane's direction */
  | { readonly type: 'passage'; readonly phase: 'entered' | 'left' | 'reversed' }
  /** of the panel, or of the booth's keyboard */
  | {
      readonly type: 'button';
      readonly button: PanelButton;
      readonly event: 'pressed' | 'released' | 'long';
    }
  /** entered at the booth */
  | { readonly type: 'details'; readonly details: DetailsEvidence }
  /** the supervised loop of the fire panel: told at the start and at each change */
  | { readonly type: 'fire'; readonly active: boolean }
  /** the mains monitor: told at the start and at each change */
  | { readonly type: 'power'; readonly mains: boolean }
  /** the door beside the arm: `left-open` between the other two */
  | { readonly type: 'door'; readonly phase: 'opened' | 'left-open' | 'closed' }
  /** the button that asks for a way out */
  | { readonly type: 'exit-button' }
  /** the cabinet's lids: told at the start where one is open, and at each change */
  | { readonly type: 'tamper'; readonly open: boolean }
  | {
      readonly type: 'device';
      readonly device: DeviceName;
      readonly status: DeviceStatus;
      readonly why: string;
    }
  /** the journal has synced request `id`; its last record has number `lastSeq` */
  | { readonly type: 'committed'; readonly id: number; readonly lastSeq: number }
  | { readonly type: 'append-failed'; readonly id: number; readonly why: string }
  | { readonly type: 'pulse-started' | 'pulse-ended' | 'pulse-refused'; readonly id: number }
  /** what other gates know; as untrusted in form as anything from outside */
  | { readonly type: 'known'; readonly entries: readonly unknown[] }
  /** whether what other gates tell can reach this one now */
  | { readonly type: 'others'; readonly reachable: boolean }
  /** whose key private data is sealed to from now on: `early` and `none` are alarms */
  | {
      readonly type: 'registry';
      readonly key: 'current' | 'early' | 'none';
      /** of the key itself: the first 8 bytes of its SHA-256 in hex; null: there is none */
      readonly keyId: string | null;
    }
  /** of reporting: it is so (`on`), or over; a forged receipt is not over by itself */
  | { readonly type: 'reports'; readonly fault: ReportFault; readonly on: boolean }
  /** of the journal: it is so (`on`), or over; that one was damaged is not over by itself */
  | { readonly type: 'journal'; readonly fault: JournalFault; readonly on: boolean }
  /** by what the gate goes from now on, or no longer */
  | {
      readonly type: 'configuration';
      readonly event: 'entered' | 'left';
      readonly hashes: ConfigurationHashes;
      readonly version: string;
      /** from the next attempt on it goes by these; left out: it goes by them already */
      readonly settings?: GateSettings;
    }
  /** of a channel of signed configuration: what has become of a step */
  | ({ readonly type: 'config-step' } & StepNews)
  /** a message of a channel that is no step of it, by its stable reason */
  | {
      readonly type: 'config-refused';
      readonly channel: ConfigChannel;
      readonly why: string;
      /** as many more since the last that was told */
      readonly omitted: number;
    }
  /** an admin's, judged: signed, to this gate, once, now */
  | {
      readonly type: 'command';
      readonly name: CommandName;
      /** the sender's own */
      readonly id: string;
      /** names of the admins who have signed it */
      readonly admins: readonly string[];
    }
  /** admins', or a time service's, judged: signed, for this site; a `set` for this gate, and once */
  | ({ readonly type: 'signed-time' } & SignedTime & {
        /** names of the admins who have signed it */
        readonly admins: readonly string[];
        /** kids of the time services that have */
        readonly services: readonly string[];
        /** as many more that were not believed since the last that was told */
        readonly omitted: number;
      })
  /** of configuration: it is so (`on`), or over; only what is stale is over by itself */
  | { readonly type: 'settings'; readonly fault: SettingsFault; readonly on: boolean }
  /** a deadline of the state may have passed */
  | { readonly type: 'timer' };

/** What a command came to; `not-allowed`: this gate takes none of the name from afar. */
export type CommandResult = FeedbackCode | 'not-allowed';

export type Effect =
  | {
      readonly type: 'append';
      readonly id: number;
      readonly records: readonly RecordDraft[];
      readonly uses: readonly UseChange[];
      /** what stands from now on, kept in the same transaction; left out: as before */
      readonly standing?: Standing;
      readonly urgent: boolean;
    }
  | { readonly type: 'relay-pulse'; readonly id: number; readonly durationMs: number }
  /** a level is over: nobody is to go by that pulse any more */
  | { readonly type: 'relay-end'; readonly id: number }
  | { readonly type: 'relay-release'; readonly on: boolean; readonly untilMs: number }
  /** what a command came to; nobody waits for it but its sender */
  | {
      readonly type: 'answer';
      readonly id: string;
      readonly name: CommandName;
      readonly result: CommandResult;
    }
  /** to the other gates */
  | { readonly type: 'tell'; readonly entries: readonly KnownEntry[] };
