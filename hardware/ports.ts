/**
 * What the rest of the product sees of the operating system's devices. Each port has a real
 * implementation in `linux/` and a simulated twin in `simulated/`. Types only.
 */
import type { DeviceStatus, Now } from '../config/vocabulary.js';

export interface Clock {
  now(): Now;
}

export type Cancel = () => void;

export interface Scheduler {
  /** Runs `task` once, when the monotonic clock has reached `monotonicMs`; at once if it has. */
  at(monotonicMs: number, task: () => void): Cancel;
}

/**
 * Why a link is not there. `absent`: nothing at its path or address; `denied`: no permission; `busy`:
 * another program holds it; `wrong-device`: what is at the path is no such thing; `gone`: it was
 * open and went away; `refused`: the far machine is there and does not serve it; `failed`: any other.
 */
export const linkLosses = [
  'absent',
  'denied',
  'busy',
  'wrong-device',
  'gone',
  'refused',
  'failed',
] as const;
export type LinkLoss = (typeof linkLosses)[number];

/** What a link reports to the device session that opened it. */
export interface LinkEvents {
  opened(): void;
  data(bytes: Uint8Array): void;
  /**
   * Sent once after `opened`, or once instead of it when opening failed.
   * @param why a stable code, one of `linkLosses` where one of them fits
   * @param detail the system's words, for the log
   */
  closed(why: string, detail?: string): void;
}

/** A byte stream to one device: a tty, a TCP port, a simulated wire. */
export interface Link {
  /**
   * Starts one connection; call again after `closed` for the next.
   * @param baudRate instead of the link's own; where the far end sets the speed it says nothing
   */
  open(events: LinkEvents, baudRate?: number): void;
  /** Bytes written while closed are dropped. */
  write(bytes: Uint8Array): void;
  /** Ends the connection; `closed` is not sent for it. */
  close(): void;
}

/**
 * A link to a HID device: each `data` is one whole input report, its id first where the device
 * numbers its reports; `write` sends one output report.
 */
export interface HidLink extends Link {
  /** The device's own description of its reports (HID 1.11 section 6.2.2); empty while closed. */
  reportDescriptor(): Uint8Array;
}

/** What a camera reports to the driver that opened it. */
export interface CameraEvents {
  opened(): void;
  /** A frame has been looked at: the text of each QR code in it, mostly none. */
  looked(texts: readonly string[]): void;
  /** Sent once after `opened`, or once instead of it when opening failed. */
  closed(why: string): void;
}

/** A camera whose frames are looked at for QR codes, the newest always first; none is queued. */
export interface Camera {
  /** Starts the camera; call again after `closed` for the next try. */
  open(events: CameraEvents): void;
  /** Stops it; `closed` is not sent for it. */
  close(): void;
}

/** One change of an input line, as the kernel time-stamped it. */
export interface LineEdge {
  /** the line's name in the board map, e.g. `passage` or `emergency` */
  readonly line: string;
  /** true: active level (polarity is already applied) */
  readonly active: boolean;
  readonly monotonicMs: number;
}

export interface InputLines {
  subscribe(listener: (edge: LineEdge) => void): Cancel;
  /** The level now; unknown lines are inactive. */
  isActive(line: string): boolean;
  /**
   * Tells at once and at each change why the lines cannot be read; empty: they can. Left out: always.
   */
  status?(listener: (why: string) => void): Cancel;
}

/** Lamps and buzzers; nothing that moves the turnstile, which is the relay's alone. */
export interface OutputLines {
  /** Sets a line, named as in the board map; unknown lines are ignored. Never throws. */
  set(line: string, on: boolean): void;
  /** As for inputs: why the lines cannot be set. Left out: they always can. */
  status?(listener: (why: string) => void): Cancel;
}

/** What the relay's owner says about its line; a pulse is one closing of the grant contact. */
export type RelayReport =
  | { readonly type: 'pulse-started'; readonly id: number; readonly monotonicMs: number }
  | { readonly type: 'pulse-ended'; readonly id: number; readonly monotonicMs: number }
  /** not started: another pulse is on, or less than a second has passed since the last one began */
  | { readonly type: 'pulse-refused'; readonly id: number; readonly why: string }
  | {
      readonly type: 'status';
      readonly status: DeviceStatus;
      readonly why: string;
      /** the owner has ended: nothing moves any more before the gate starts anew */
      readonly ended?: true;
    };

/** The only way to move the turnstile. Implementations enforce `relayLimits` themselves. */
export interface RelayPort {
  /**
   * One pulse of at most `relayLimits.pulseMsMax`; of `levelMsMax` where the owner was made for a
   * turnstile that wants a level.
   */
  pulse(id: number, durationMs: number): void;
  /** Ends that pulse at once, if it is on: nobody is to go by it any more. */
  drop(id: number): void;
  /**
   * The separate release output (emergency, fire): held until the deadline passes or `false`. Where the
   * owner was made without one, the grant contact is pulsed again and again, or its level held, meanwhile.
   */
  release(on: boolean, untilMonotonicMs: number): void;
  /** Everything off at once. */
  off(): void;
  subscribe(listener: (report: RelayReport) => void): Cancel;
  close(): Promise<void>;
}

/** Hard limits of the relay's owner, whatever it is asked to do. */
export const relayLimits = {
  /** longest closing of the grant contact; boards need 100 ms at least (PERCo manuals) */
  pulseMsMax: 1_000,
  pulseMsMin: 100,
  /** longest hold for a turnstile that wants a level: as long as those with a pulse stay unlocked */
  levelMsMax: 5_000,
  /** least distance between the starts of two pulses: two before a passage are one permission */
  pulseIntervalMsMin: 1_000,
  /** of a pulse that stands for a release output: as long off again before the next */
  releasePulseMs: 500,
  /** longest hold of the release output without being asked again: an EMERGENCY press is 120 s */
  releaseMsMax: 121_000,
} as const;
