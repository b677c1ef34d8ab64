/** The schema of `kiosk.json`: refuses what does not fit and describes itself to editors. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { boardLinesSchema } from './board-files.js';
import { cameraProblems } from './camera-schema.js';
import { idCardReaderSchema } from './id-card-reader-schema.js';
import {
  gpioBackends,
  isAbsolutePath,
  isLoopback,
  isSecureBroker,
  type KioskConfig,
  loopbackHost,
  pathCharactersMax,
  timeZoneOffsetMinutes,
} from './kiosk-config.js';
import { languagesMax } from './language.js';
import { linkSchema } from './link-schema.js';
import { mqttSchema } from './mqtt-schema.js';
import { type PlacedProblem, problemsOf } from './problems.js';
import { retentionProblems, retentionSchema } from './retention-schema.js';
import { scannerSchema } from './scanner-schema.js';
import { thermometerProblems, thermometerSchema } from './thermometer-schema.js';
import {
  directions,
  fireSupervisions,
  guardedButtons,
  turnstileModes,
  zoneKinds,
} from './vocabulary.js';

/** The contact's closing in milliseconds: the bounds of `relayLimits` in hardware/ports.ts. */
export const pulseMsRange = { min: 100, max: 1_000 } as const;
/** Groups of one gate: campus, side, building and a few more. */
const groupsMax = 16;
/** As a credential names zones: 1-16 bytes (GK1 profile, key 5). */
const zoneBytesMax = 16;

export const pulseMsSchema = z
  .int()
  .min(pulseMsRange.min)
  .max(pulseMsRange.max)
  .describe('closing of the grant contact in pulse mode');

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9 and -, not beginning with -');
const path = z
  .string()
  .max(pathCharactersMax)
  .refine(isAbsolutePath, 'must be an absolute path, as /var/lib/gate-kiosk');

const zoneName = z
  .string()
  .min(1)
  .refine(
    (name) => new TextEncoder().encode(name).length <= zoneBytesMax,
    `must be at most ${zoneBytesMax} bytes of UTF-8 (5 Chinese characters), as credentials name it`,
  )
  .refine(
    (name) => name !== '*' && !/\p{Cc}/u.test(name),
    'must be one zone: no *, no control characters',
  );

const kioskConfigSchema: z.ZodType<KioskConfig> = z
  .strictObject({
    $schema: z.string().max(pathCharactersMax).exactOptional(),
    site: id.describe('the site, as in the topics gk/1/<site>/<kiosk>/'),
    kiosk: id.describe('this gate; unique in its site'),
    timeZone: z
      .string()
      .refine(
        (text) => timeZoneOffsetMinutes(text) !== null,
        'must be a fixed offset from -12:00 to +14:00, as +08:00',
      )
      .describe("the site's fixed offset from UTC, e.g. +08:00"),
    zone: z.strictObject({
      name: zoneName.describe('as approval forms and filings name it'),
      kind: z.enum(zoneKinds),
    }),
    direction: z.enum(directions).describe('one gate is one lane in one direction'),
    groups: z.array(id).max(groupsMax),
    devices: z.strictObject({
      scanner: scannerSchema(linkSchema),
      thermometer: thermometerSchema(linkSchema),
      idCardReader: idCardReaderSchema(linkSchema)
        .exactOptional()
        .describe('reader of identity cards with a SAM_V module'),
      turnstile: z.strictObject({
        mode: z
          .enum(turnstileModes)
          .exactOptional()
          .describe('pulse (default), or level: the grant contact is closed until somebody goes'),
        pulseMs: pulseMsSchema,
        releaseInput: z
          .boolean()
          .exactOptional()
          .describe('false: no input that holds it open; a release pulses the grant contact'),
        passageSensor: z.boolean().describe('false: passages are recorded as unsensed'),
        reverseSensor: z
          .boolean()
          .exactOptional()
          .describe('a contact for bodies against the direction (line passage-reverse)'),
        doorContact: z
          .boolean()
          .exactOptional()
          .describe('a contact of the door beside the arm (line door-closed)'),
        exitButton: z
          .boolean()
          .exactOptional()
          .describe('a button that calls the guard from inside (line exit-button)'),
      }),
      panel: z.strictObject({
        covers: z
          .array(z.enum(guardedButtons))
          .max(guardedButtons.length)
          .exactOptional()
          .describe('buttons whose cover has a contact (lines emergency-cover, lockdown-cover)'),
      }),
      fire: z
        .strictObject({
          supervision: z
            .enum(fireSupervisions)
            .describe('what watches the wires of the loop (line fire-supervision)'),
        })
        .exactOptional()
        .describe('the normally closed loop of the fire panel (line fire-loop)'),
      tamper: z
        .strictObject({})
        .exactOptional()
        .describe('the normally closed loop of the lids (line tamper-loop)'),
      mains: z
        .strictObject({})
        .exactOptional()
        .describe('the contact that tells of the mains (line mains)'),
      signals: z.strictObject({}).exactOptional().describe('lamps and buzzer'),
    }),
    gpio: z.strictObject({
      backend: z
        .enum(gpioBackends)
        .describe('auto: the character device, else sysfs; simulated lines only when asked for'),
      board: z
        .string()
        .max(pathCharactersMax)
        .refine(
          (text) => isAbsolutePath(text) || /^[a-z0-9][a-z0-9-]{0,63}$/.test(text),
          'must be the name of a shipped board map, as raspberry-pi-4, or an absolute path',
        )
        .exactOptional()
        .describe('needed for all but simulated lines'),
      lines: boardLinesSchema.exactOptional().describe('what differs from the board map here'),
    }),
    clock: z.strictObject({
      synchronizedMark: path.describe(
        'a file that the time service touches at each synchronization; older than 75 minutes: holdover',
      ),
    }),
    commands: z
      .strictObject({
        open: z.boolean().describe('an admin may open from afar while a guard is on duty'),
      })
      .exactOptional()
      .describe('what an admin may do from afar beside lockdown, acknowledging and tests'),
    screen: z.strictObject({
      port: z.int().min(0).max(65_535).describe('on loopback; 0 takes any free port'),
      languages: z
        .array(
          z
            .string()
            .max(pathCharactersMax)
            .refine(
              (text) => isAbsolutePath(text) || /^[a-z]{2,3}$/.test(text),
              'must be the name of a shipped language, as zh, or an absolute path',
            ),
        )
        .min(1)
        .max(languagesMax)
        .exactOptional()
        .describe('the first stands large, the second below; default: zh, en'),
    }),
    booth: z
      .strictObject({
        port: z.int().min(0).max(65_535).describe('8081 by custom; 0 takes any free port'),
        host: z
          .string()
          .refine((text) => isIP(text) !== 0, 'must be an IP address, as 127.0.0.1 or 10.0.0.7')
          .exactOptional()
          .describe('default: loopback; another address needs tls and tokenFile'),
        tls: z
          .strictObject({
            certificate: path.describe('PEM; names the hosts that the page is called by'),
            key: path.describe('PEM; chmod 600'),
          })
          .exactOptional(),
        tokenFile: path
          .exactOptional()
          .describe('43 characters, 32 random bytes as base64url; chmod 600'),
      })
      .describe("the guard's page in the booth"),
    mqtt: mqttSchema(path),
    journal: z
      .strictObject({
        retention: retentionSchema.exactOptional().describe('what is undelivered is never purged'),
      })
      .exactOptional(),
    stateDirectory: path.describe('journal, accepted configuration, keys/'),
    policy: path.exactOptional().describe('default: the shipped policy of notice No. 8'),
  })
  .describe('One gate of gate-kiosk. Changes apply at the next start.');

export type ParsedKioskConfig =
  | { readonly ok: true; readonly config: KioskConfig }
  | { readonly ok: false; readonly problems: readonly PlacedProblem[] };

/** Takes a parsed JSON value; returns the configuration, or every problem with its place in it. */
export function parseKioskConfig(value: unknown): ParsedKioskConfig {
  const parsed = kioskConfigSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error) };
  const problems = ofNeighbours(parsed.data);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: parsed.data };
}

/** What is right alone and wrong together. */
function ofNeighbours(config: KioskConfig): readonly PlacedProblem[] {
  const groups = config.groups.flatMap((group, index) =>
    config.groups.indexOf(group) === index
      ? []
      : [{ place: `groups[${index}]`, problem: `"${group}" stands twice` }],
  );
  const covers = (config.devices.panel.covers ?? []).flatMap((button, index, all) =>
    all.indexOf(button) === index
      ? []
      : [{ place: `devices.panel.covers[${index}]`, problem: `"${button}" stands twice` }],
  );
  const languages = (config.screen.languages ?? []).flatMap((language, index, all) =>
    all.indexOf(language) === index
      ? []
      : [{ place: `screen.languages[${index}]`, problem: `"${language}" stands twice` }],
  );
  const { scanner, thermometer, idCardReader } = config.devices;
  const owners = new Map<string, string>();
  const shared: PlacedProblem[] = [];
  for (const [name, device] of Object.entries({ scanner, thermometer, idCardReader })) {
    if (device === undefined || !('link' in device)) continue;
    const { path } = device.link;
    const owner = owners.get(path);
    owners.set(path, owner ?? name);
    if (owner === undefined) continue;
    const problem = `is the path of devices.${owner} too: each device has its own`;
    shared.push({ place: `devices.${name}.link.path`, problem });
  }
  return [
    ...groups,
    ...covers,
    ...languages,
    ...shared,
    ...ofTurnstile(config),
    ...thermometerProblems(config.devices.thermometer),
    ...(scanner.driver === 'camera' ? cameraProblems(scanner, 'devices.scanner') : []),
    ...ofBooth(config),
    ...ofMqtt(config),
    ...retentionProblems(config.journal?.retention),
  ];
}

/** Nobody would end a level but its time, and a crowd goes through meanwhile. */
function ofTurnstile({ devices }: KioskConfig): readonly PlacedProblem[] {
  const { mode, passageSensor } = devices.turnstile;
  if (mode !== 'level' || passageSensor) return [];
  const problem = 'level needs passageSensor: true, the contact by which it ends; else write pulse';
  return [{ place: 'devices.turnstile.mode', problem }];
}

/** Who reaches the booth's page opens the gate: from elsewhere only encrypted, and only with a token. */
function ofBooth({ booth, screen }: KioskConfig): readonly PlacedProblem[] {
  const { port, host = loopbackHost, tls, tokenFile } = booth;
  const ports =
    port !== 0 && port === screen.port
      ? [{ place: 'booth.port', problem: 'is the port of the screen too: each has its own' }]
      : [];
  if (isLoopback(host)) return ports;
  const problem = `missing: ${host} is reached from elsewhere, there it is needed`;
  return [
    ...ports,
    ...(tls === undefined ? [{ place: 'booth.tls', problem }] : []),
    ...(tokenFile === undefined ? [{ place: 'booth.tokenFile', problem }] : []),
  ];
}

function ofMqtt({ mqtt }: KioskConfig): readonly PlacedProblem[] {
  if (mqtt === undefined) return [];
  const isSecure = isSecureBroker(mqtt.broker) === true;
  if (isSecure && mqtt.tls === undefined)
    return [{ place: 'mqtt.tls', problem: 'missing: mqtts needs authority, certificate and key' }];
  if (!isSecure && mqtt.tls !== undefined)
    return [{ place: 'mqtt.tls', problem: 'is of no use with mqtt://: write mqtts://' }];
  return [];
}

/** The JSON schema (2020-12) that is shipped as `kiosk.schema.json`. */
export function kioskJsonSchema(): unknown {
  return { ...z.toJSONSchema(kioskConfigSchema), title: 'gate-kiosk: kiosk.json' };
}
