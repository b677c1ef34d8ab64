/**
 * `/etc/gate-kiosk/kiosk.json` once it has been checked: what one gate is, and where its devices
 * are. Types and pure helpers only; `load.ts` reads it. Everything applies at the next start.
 */
import type { LineOverrides } from './board-map.js';
import type { CameraConfig } from './camera-config.js';
import type { FrameLayout, PollConfig } from './frame-layout.js';
import type { RetentionConfig } from './retention.js';
import type { Gm65Settings, HidSelector, IdleConfig } from './scanner-config.js';
import type {
  Direction,
  FireSupervision,
  GuardedButton,
  TurnstileMode,
  ZoneKind,
} from './vocabulary.js';

export interface KioskConfig {
  /** for editors; the gate does not look at it */
  readonly $schema?: string;
  readonly site: string;
  readonly kiosk: string;
  /** the site's fixed offset, `+08:00`: the machine's own zone is never asked */
  readonly timeZone: string;
  readonly zone: { readonly name: string; readonly kind: ZoneKind };
  readonly direction: Direction;
  /** by which signed configuration addresses several gates */
  readonly groups: readonly string[];
  readonly devices: {
    readonly scanner: ScannerConfig;
    readonly thermometer: ThermometerConfig;
    /** without it no rule that needs an identity card grants by itself */
    readonly idCardReader?: IdCardReaderConfig;
    readonly turnstile: TurnstileConfig;
    readonly panel: PanelConfig;
    /** without it no fire loop comes to the board; the turnstile's own wiring is the primary path */
    readonly fire?: { readonly supervision: FireSupervision };
    /** the normally closed loop of the cabinet's lids; none without it */
    readonly tamper?: Record<string, never>;
    /** the contact that tells whether the mains is there; nothing is known of it without */
    readonly mains?: Record<string, never>;
    /** lamps and buzzer; without it there are none */
    readonly signals?: Record<string, never>;
  };
  readonly gpio: GpioConfig;
  readonly clock: {
    /** a file that the time service touches whenever it has synchronized the system clock */
    readonly synchronizedMark: string;
  };
  /** what an admin may do from afar; nothing without it */
  readonly commands?: {
    /** open for the guard on duty, as OPEN does */
    readonly open: boolean;
  };
  readonly screen: {
    /** on loopback; 0 takes any free one */
    readonly port: number;
    /** the first stands large, the second below: shipped ones by name, others by absolute path */
    readonly languages?: readonly string[];
  };
  readonly booth: BoothConfig;
  /** reports to a broker; without it the journal stays on the board */
  readonly mqtt?: MqttConfig;
  /** how long the journal keeps what; the defaults of `retention.ts` without it */
  readonly journal?: { readonly retention?: RetentionConfig };
  /** journal, accepted configuration, `keys/` */
  readonly stateDirectory: string;
  /** absolute path; without it the shipped policy of notice No. 8 */
  readonly policy?: string;
}

/** How the gate's lines are reached; `auto` takes the character device where there is one. */
export const gpioBackends = ['auto', 'chardev', 'sysfs', 'simulated'] as const;
export type GpioBackend = (typeof gpioBackends)[number];

export interface GpioConfig {
  readonly backend: GpioBackend;
  /** name of a shipped board map, or an absolute path; needed for all but simulated lines */
  readonly board?: string;
  /** what differs from the map here */
  readonly lines?: LineOverrides;
}

/** What reads codes: lines from a link, a module that is set up by commands, or a USB scanner. */
export type ScannerConfig =
  | ({ readonly driver: 'line'; readonly link: LinkConfig } & IdleConfig)
  | ({ readonly driver: 'gm65'; readonly link: LinkConfig } & IdleConfig & Gm65Settings)
  | { readonly driver: 'hid-pos'; readonly hid: HidSelector }
  | CameraConfig;

export interface LinkConfig {
  /** a tty (`/dev/serial/by-id/…`) or `tcp://host:port` */
  readonly path: string;
  /** needed for a tty; over TCP the far end sets the speed */
  readonly baudRate?: BaudRate;
}

export type ThermometerConfig =
  | { readonly driver: 'gy-614v3'; readonly link: LinkConfig }
  | {
      readonly driver: 'gy-mcu90614';
      readonly link: LinkConfig;
      /** hundredths of a degree from the surface that it measures to the body */
      readonly compensationCentidegrees: number;
    }
  | {
      readonly driver: 'frames';
      readonly link: LinkConfig;
      readonly frame: FrameLayout;
      readonly poll?: PollConfig;
      /** needed where the frame has no estimate for the body */
      readonly compensationCentidegrees?: number;
    };

/** Reads text and photo, or fingerprints too; the text alone is used. */
export const readCommands = ['30 01', '30 10'] as const;

/** What a SAM_V module can be set to, the factory's first (its command 60). */
export const idCardReaderBaudRates = [115_200, 57_600, 38_400, 19_200, 9_600] as const;

export interface IdCardReaderConfig {
  readonly driver: 'sam-v';
  readonly link: LinkConfig;
  /** `30 01` without it */
  readonly readCommand?: (typeof readCommands)[number];
}

export interface TurnstileConfig {
  /** `pulse` without it; `level` needs the passage contact, which ends it */
  readonly mode?: TurnstileMode;
  /**
   * false: no input that holds it open; in a fire or an EMERGENCY the grant contact is pulsed again and
   * again, and one goes at a time. There is one without it
   */
  readonly releaseInput?: boolean;
  /** of a pulse; a level lasts until somebody goes, or for as long as one may last */
  readonly pulseMs: number;
  readonly passageSensor: boolean;
  /** a second contact, for bodies against the lane's direction; none without it */
  readonly reverseSensor?: boolean;
  /** a contact of the door beside the arm; none without it */
  readonly doorContact?: boolean;
  /** a button that calls the guard from inside; none without it */
  readonly exitButton?: boolean;
}

export interface PanelConfig {
  /** covers that have a contact; none by default */
  readonly covers?: readonly GuardedButton[];
}

/**
 * The guard's page, on a listener of its own. Off the board only with TLS and a token: what it takes
 * opens the gate.
 */
export interface BoothConfig {
  /** 0 takes any free one */
  readonly port: number;
  /** the IP address to listen on; loopback without it */
  readonly host?: string;
  /** absolute paths of PEM files; the certificate names the hosts that the page is called by */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** absolute path: what the booth's computer is let in with, 32 random bytes as base64url */
  readonly tokenFile?: string;
}

export interface MqttConfig {
  /** mqtts://host:port, or mqtt://host:port where the network is the site's own */
  readonly broker: string;
  /** 5 without it; 4 is MQTT 3.1.1 */
  readonly protocol?: 4 | 5;
  /** after one and a half of it a silent broker is given up; 30 s without it */
  readonly keepAliveSeconds?: number;
  /** absolute paths of PEM files; the certificate's name is the kiosk's id */
  readonly tls?: { readonly authority: string; readonly certificate: string; readonly key: string };
}

export const keepAliveSecondsRange = { min: 5, max: 600, usual: 30 } as const;

const brokerPattern =
  /^(mqtts?):\/\/(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9a-fA-F:.]{2,45}\]):([0-9]{1,5})$/;

/** @returns whether a broker is reached by TLS; null for what is no broker's address */
export function isSecureBroker(broker: string): boolean | null {
  const match = brokerPattern.exec(broker);
  const port = Number(match?.[2]);
  if (match === null || port < 1 || port > 65_535) return null;
  return match[1] === 'mqtts';
}

export const loopbackHost = '127.0.0.1';

/** @returns whether only this machine reaches what listens on an IP address */
export function isLoopback(host: string): boolean {
  return host === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}

export const baudRates = [
  1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
] as const;
export type BaudRate = (typeof baudRates)[number];

/** What `link.path` names. */
export type LinkTarget =
  | { readonly type: 'tty'; readonly path: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number };

const tcpPattern =
  /^tcp:\/\/(?:([A-Za-z0-9][A-Za-z0-9.-]{0,252})|\[([0-9a-fA-F:.]{2,45})\]):([0-9]{1,5})$/;
/** The longest path the kernel takes is 4,096 bytes; no device path is near this. */
export const pathCharactersMax = 1_024;

/** Reads a link's path: absolute paths and `tcp://host:port` (IPv6 in brackets); null: neither. */
export function linkTarget(path: string): LinkTarget | null {
  if (isAbsolutePath(path)) return { type: 'tty', path };
  const match = tcpPattern.exec(path);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port < 1 || port > 65_535) return null;
  return { type: 'tcp', host, port };
}

/** An absolute path without control characters; only such paths mean the same from any folder. */
export function isAbsolutePath(path: string): boolean {
  return path.length <= pathCharactersMax && /^\/[^\p{Cc}]+$/u.test(path);
}

const timeZonePattern = /^([+-])(0[0-9]|1[0-4]):(00|15|30|45)$/;

/**
 * Minutes east of UTC of `+08:00`, from -12:00 to +14:00 in quarters; null for anything else,
 * `-00:00` included, which RFC 3339 section 4.3 gives to an unknown zone.
 */
export function timeZoneOffsetMinutes(timeZone: string): number | null {
  const match = timeZonePattern.exec(timeZone);
  if (match === null || timeZone === '-00:00') return null;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  const offset = match[1] === '-' && minutes > 0 ? -minutes : minutes;
  return offset < -720 || offset > 840 ? null : offset;
}
