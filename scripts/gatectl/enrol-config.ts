/** What `gatectl enrol` makes of its words: one gate's configuration out of a base, a zone, days. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import { isSecureBroker } from '../../config/kiosk-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import { fileBytesMax } from '../../config/read-file.js';
import { parseStrictJsonBytes } from '../../config/strict-json.js';
import { enrolledTls } from '../../kiosk/enrol/board-paths.js';
import { formatProblems, UsageError } from './command.js';
import { readBytesUpTo } from './files.js';

interface Names {
  readonly site: string;
  readonly kiosk: string;
  readonly zone: { readonly name: string; readonly kind: string };
  readonly direction: string;
  readonly groups?: readonly string[];
  readonly broker?: string;
}

/**
 * Takes the file of a `kiosk.json` and what is this gate's own; returns the gate's configuration. What the
 * base says of one gate alone is replaced, and `$schema`, which leads nowhere on a board, left out. Throws
 * UsageError with every problem.
 */
export function configOf(base: string, { broker, ...names }: Names): KioskConfig {
  const json = parseStrictJsonBytes(readBytesUpTo(base, fileBytesMax), fileBytesMax);
  if (!json.ok) throw new UsageError(formatProblems(base, json.problems));
  const { $schema: _, mqtt, ...rest }: Record<string, unknown> = { ...Object(json.value) };
  const { tls: __, ...former }: Record<string, unknown> = { ...Object(mqtt) };
  const url = broker ?? former['broker'];
  const { stateDirectory } = rest;
  const tls = enrolledTls(typeof stateDirectory === 'string' ? stateDirectory : '');
  const isSecure = typeof url === 'string' && isSecureBroker(url) === true;
  const mqttNow =
    url === undefined ? {} : { mqtt: { ...former, broker: url, ...(isSecure && { tls }) } };
  const parsed = parseKioskConfig({ ...rest, ...names, ...mqttNow });
  if (!parsed.ok) throw new UsageError(formatProblems(base, parsed.problems));
  return parsed.config;
}

/** Takes NAME:KIND; returns both. The name may hold a colon. Throws UsageError. */
export function zoneOf(text: string): Names['zone'] {
  const at = text.lastIndexOf(':');
  if (at < 0) throw new UsageError(`--zone ${text} is no NAME:KIND, as north-gate:campus-gate`);
  return { name: text.slice(0, at), kind: text.slice(at + 1) };
}

/** Takes an option's text and its range; returns days. Throws UsageError. */
export function daysOf(
  text: string | undefined,
  option: string,
  { usual, max }: { readonly usual: number; readonly max: number },
): number {
  if (text === undefined) return usual;
  const days = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > max) throw new UsageError(`${option} is a number of days, 1-${max}`);
  return days;
}
