/**
 * What of `kiosk.json` may be set from afar, by a step of the channel `device`, and how it is laid over what
 * stands there. Never: who the gate is, its lines and contacts, files and keys, and what programs it runs.
 * Pure.
 */
import { z } from 'zod';
import { cameraSchema } from './camera-schema.js';
import { idCardReaderSchema } from './id-card-reader-schema.js';
import type { KioskConfig } from './kiosk-config.js';
import { type ParsedKioskConfig, parseKioskConfig, pulseMsSchema } from './kiosk-config-schema.js';
import { languagesMax, shippedLanguages } from './language.js';
import { linkFromAfarSchema } from './link-schema.js';
import { mqttMembers } from './mqtt-schema.js';
import { type PlacedProblem, problemsOf, unknownKeyProblem } from './problems.js';
import type { RetentionConfig } from './retention.js';
import { retentionSchema } from './retention-schema.js';
import { scannerKinds } from './scanner-schema.js';
import { thermometerKinds } from './thermometer-schema.js';

type Section = Readonly<Record<string, unknown>>;

/**
 * A part of `kiosk.json`, in its places; what it leaves out is as it stands there. A device that names its
 * `driver` stands whole, else only the members that it names are set.
 */
export interface DeviceOverlay {
  readonly devices?: {
    readonly scanner?: Section;
    readonly thermometer?: Section;
    readonly idCardReader?: Section;
    readonly turnstile?: Section;
  };
  readonly commands?: Section;
  readonly mqtt?: Section;
  readonly screen?: { readonly languages?: readonly string[] };
  readonly journal?: { readonly retention?: RetentionConfig };
}

export type ParsedDeviceOverlay =
  | { readonly ok: true; readonly overlay: DeviceOverlay }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

const [line, gm65, hidPos] = scannerKinds(linkFromAfarSchema);
const scanners = [line, gm65, hidPos, cameraSchema.omit({ command: true })] as const;
const thermometers = thermometerKinds(linkFromAfarSchema);
const idCardReader = idCardReaderSchema(linkFromAfarSchema);

/** A file of another language lies on the board already, or not: who stands there names it. */
const languages = z
  .array(
    z
      .string()
      .refine(
        (name) => shippedLanguages.includes(name),
        `must be a language that is shipped (${shippedLanguages.join(', ')}); another one's file is named in kiosk.json, at the gate`,
      ),
  )
  .min(1)
  .max(languagesMax)
  .refine((names) => new Set(names).size === names.length, 'must not name a language twice');

const whole = {
  scanner: z.discriminatedUnion('driver', scanners),
  thermometer: z.discriminatedUnion('driver', thermometers),
  idCardReader,
};
const members = {
  scanner: membersOf(scanners),
  thermometer: membersOf(thermometers),
  idCardReader: membersOf([idCardReader]),
};

/** The members that a device of any of these kinds may have. */
function membersOf(kinds: readonly z.ZodObject[]): z.ZodObject {
  const { driver: _, ...shape } = Object.assign({}, ...kinds.map((kind) => kind.shape));
  return z.strictObject(shape).partial();
}

/**
 * @param value a parsed JSON value
 * @returns the overlay, as far as it can be judged without the gate that it is for; or every problem
 */
export function parseDeviceOverlay(value: unknown): ParsedDeviceOverlay {
  const devices = memberOf(value, 'devices');
  const device = (name: keyof typeof whole): z.ZodType => {
    const isWhole = memberOf(memberOf(devices, name), 'driver') !== undefined;
    return (isWhole ? whole : members)[name].optional();
  };
  const schema = z.strictObject({
    devices: z
      .strictObject({
        scanner: device('scanner'),
        thermometer: device('thermometer'),
        idCardReader: device('idCardReader'),
        turnstile: z.strictObject({ pulseMs: pulseMsSchema }).partial().optional(),
      })
      .optional(),
    commands: z.strictObject({ open: z.boolean() }).optional(),
    mqtt: z.strictObject(mqttMembers).partial().optional(),
    screen: z.strictObject({ languages }).partial().optional(),
    journal: z.strictObject({ retention: retentionSchema.optional() }).optional(),
  });
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return { ok: true, overlay: parsed.data as DeviceOverlay };
  const problems = problemsOf(parsed.error).map(({ place, problem }) => ({
    place,
    problem:
      problem === unknownKeyProblem ? 'is nothing that is set from afar: remove it' : problem,
  }));
  return { ok: false, problems };
}

/**
 * @param config a checked `kiosk.json`
 * @param overlay what is laid over it
 * @returns the configuration that comes of it, checked as a file is; or every problem, with its place
 */
export function withOverlay(config: KioskConfig, overlay: DeviceOverlay): ParsedKioskConfig {
  const { scanner, thermometer, idCardReader, turnstile } = overlay.devices ?? {};
  const { retention } = overlay.journal ?? {};
  const { devices } = config;
  const problems = ofGate(config, overlay);
  if (problems.length > 0) return { ok: false, problems };
  return parseKioskConfig({
    ...config,
    devices: {
      ...devices,
      scanner: device(devices.scanner, scanner),
      thermometer: device(devices.thermometer, thermometer),
      ...(devices.idCardReader && { idCardReader: device(devices.idCardReader, idCardReader) }),
      turnstile: { ...devices.turnstile, ...turnstile },
    },
    ...(overlay.commands && { commands: { ...config.commands, ...overlay.commands } }),
    ...(overlay.mqtt && { mqtt: { ...config.mqtt, ...overlay.mqtt } }),
    ...(overlay.screen && { screen: { ...config.screen, ...overlay.screen } }),
    ...(retention && {
      journal: { ...config.journal, retention: { ...config.journal?.retention, ...retention } },
    }),
  });
}

function device(own: object | undefined, set: Section = {}): Section {
  return Object.hasOwn(set, 'driver') ? set : { ...own, ...set };
}

/** What stands in the file of this gate, and what is set, do not go together. */
function ofGate({ devices, mqtt }: KioskConfig, overlay: DeviceOverlay): readonly PlacedProblem[] {
  const problems: PlacedProblem[] = [];
  const { scanner = {} } = overlay.devices ?? {};
  const own = devices.scanner;
  const isSized = !Object.hasOwn(scanner, 'driver') && Object.keys(scanner).length > 0;
  if (own.driver === 'camera' && own.command !== undefined && isSized) {
    const problem = 'the camera is what its command in kiosk.json was told: change it there';
    problems.push({ place: 'devices.scanner', problem });
  }
  if (mqtt === undefined && overlay.mqtt !== undefined)
    problems.push({ place: 'mqtt', problem: 'this gate has no broker in kiosk.json' });
  if (devices.idCardReader === undefined && overlay.devices?.idCardReader !== undefined)
    problems.push({ place: 'devices.idCardReader', problem: 'this gate has none in kiosk.json' });
  return problems;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}
