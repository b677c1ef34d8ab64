/**
 * What an enrolment file says, and whether a board may become that: judged whole, by the admin's tool
 * before it is locked and by the board before anything is written.
 */
import { decodeBase64url, encodeBase64url } from '../../config/crypto/base64url.js';
import { parsePublicKey } from '../../config/crypto/ed25519-key.js';
import type { KioskConfig } from '../../config/kiosk-config.js';
import { isSecureBroker } from '../../config/kiosk-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';
import type { PlacedProblem } from '../../config/problems.js';
import { formatRfc3339 } from '../../config/rfc3339.js';
import { decodeUtf8 } from '../../config/utf8.js';
import { keyProblems } from '../credential/key-reader.js';
import { ListReader, type Members } from '../credential/list-reader.js';
import { pepperBytes } from '../credential/tokens.js';
import { parseTrustListBytes } from '../credential/trust.js';
import { parseExactJson } from '../settings/signed/exact-json.js';
import { enrolledTls } from './board-paths.js';
import { type BrokerIdentity, identityProblem } from './certificate.js';
import { contentBytesMax } from './sealed-file.js';

export interface Enrolment {
  /** 16 random bytes in hex: one file is one enrolment, however often it is used */
  readonly id: string;
  /** milliseconds since 1970 */
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly config: KioskConfig;
  /** the trust list as the admin has it, its bytes unchanged */
  readonly trustText: string;
  /** secret */
  readonly pepper: Uint8Array;
  /** null: this gate reaches its broker without TLS, or reports to none */
  readonly broker: BrokerIdentity | null;
  /**
   * the public device key of the board that asked for it, whose keys are there already; null: for
   * whichever board has the passphrase
   */
  readonly device: string | null;
}

export type ReadEnrolment =
  | { readonly ok: true; readonly enrolment: Enrolment }
  | {
      readonly ok: false;
      readonly why: 'unsound' | 'expired' | 'clock-behind';
      /** each with its place in the file; hold no secret */
      readonly problems: readonly PlacedProblem[];
    };

/** An admin's clock and a board's may differ by so much; a board that was never set shows years. */
const clockSlackMs = 600_000;
const formNumber = 1;
const idBytes = 16;

/** Takes an enrolment; returns the text that is locked into its file. */
export function formatEnrolment(enrolment: Enrolment): string {
  const { id, issuedMs, expiresMs, config, trustText, pepper, broker, device } = enrolment;
  return JSON.stringify({
    form: formNumber,
    id,
    issued: formatRfc3339(issuedMs),
    expires: formatRfc3339(expiresMs),
    config,
    trust: trustText,
    pepper: encodeBase64url(pepper),
    broker,
    device,
  });
}

/**
 * Takes the bytes that were locked in, and the board's time in milliseconds; returns the enrolment, or
 * why nothing may be written of it. Never throws.
 */
export function readEnrolment(bytes: Uint8Array, wallMs: number): ReadEnrolment {
  const json = parseExactJson(bytes, contentBytesMax);
  if (!json.ok) return unsound([{ place: '', problem: json.problem }]);
  const reader = new EnrolmentReader();
  const enrolment = reader.enrolment(json.value);
  if (enrolment === null || reader.problems.length > 0) return unsound(reader.problems);
  const { issuedMs, expiresMs } = enrolment;
  if (wallMs < issuedMs - clockSlackMs) return { ok: false, why: 'clock-behind', problems: [] };
  if (wallMs >= expiresMs) return { ok: false, why: 'expired', problems: [] };
  const problems = enrolmentProblems(enrolment, wallMs);
  return problems.length > 0 ? unsound(problems) : { ok: true, enrolment };
}

/** Takes an enrolment and the time; returns what does not fit together in it. */
export function enrolmentProblems(
  { config, broker, device }: Pick<Enrolment, 'config' | 'broker' | 'device'>,
  wallMs: number,
): readonly PlacedProblem[] {
  const { mqtt } = config;
  const isSecure = mqtt !== undefined && isSecureBroker(mqtt.broker) === true;
  if (!isSecure)
    return broker === null ? [] : [{ place: 'broker', problem: 'no mqtts:// broker uses it' }];
  if (broker === null) return [{ place: 'broker', problem: 'is missing: mqtts:// needs it' }];
  if ((broker.key === null) !== (device !== null))
    return [
      { place: 'broker.key', problem: 'comes along where no board has asked, and only there' },
    ];
  const paths = enrolledTls(config.stateDirectory);
  if (JSON.stringify(mqtt.tls) !== JSON.stringify(paths))
    return [{ place: 'config.mqtt.tls', problem: `must be ${JSON.stringify(paths)}` }];
  const problem = identityProblem(broker, config.kiosk, wallMs);
  return problem === null ? [] : [{ place: 'broker', problem }];
}

function unsound(problems: readonly PlacedProblem[]): ReadEnrolment {
  return { ok: false, why: 'unsound', problems };
}

class EnrolmentReader extends ListReader {
  enrolment(value: unknown): Enrolment | null {
    const members = this.object(value, '', [
      'form',
      'id',
      'issued',
      'expires',
      'config',
      'trust',
      'pepper',
      'broker',
      'device',
    ]);
    if (members === null) return null;
    members.read('form', (item, place) => this.oneOf(item, place, [formNumber]));
    const timeMs = (name: string): number =>
      members.read(name, (item, place) => this.timeSeconds(item, place) * 1_000) ?? 0;
    const config = members.read('config', (item, place) => this.#config(item, place));
    const enrolment = {
      id: members.read('id', (item, place) => this.hex(item, place, idBytes)) ?? '',
      issuedMs: timeMs('issued'),
      expiresMs: timeMs('expires'),
      trustText: members.read('trust', (item, place) => this.#trust(item, place)) ?? '',
      pepper: members.read('pepper', (item, place) => this.#pepper(item, place)),
      broker: members.read('broker', (item, place) => this.#broker(item, place)),
      device: members.read('device', (item, place) => this.#device(item, place)),
    };
    const { pepper } = enrolment;
    return config === null || pepper === null ? null : { ...enrolment, config, pepper };
  }

  #config(value: unknown, place: string): KioskConfig | null {
    const parsed = parseKioskConfig(value);
    if (parsed.ok) return parsed.config;
    for (const problem of parsed.problems) this.fail(`${place}.${problem.place}`, problem.problem);
    return null;
  }

  #trust(value: unknown, place: string): string {
    const text = typeof value === 'string' ? value : '';
    const bytes = Buffer.from(text, 'utf8');
    const parsed = parseTrustListBytes(bytes);
    if (parsed.ok && decodeUtf8(bytes) === text) return text;
    if (parsed.ok) this.fail(place, 'is no whole UTF-8');
    else
      for (const problem of parsed.problems)
        this.fail(`${place}: ${problem.place}`, problem.problem);
    return '';
  }

  #pepper(value: unknown, place: string): Uint8Array | null {
    const pepper = typeof value === 'string' ? decodeBase64url(value) : null;
    if (pepper?.length === pepperBytes) return pepper;
    this.fail(place, `must be ${pepperBytes} bytes of base64url`);
    return null;
  }

  #broker(value: unknown, place: string): BrokerIdentity | null {
    if (value === null) return null;
    const members = this.object(value, place, ['authority', 'certificate', 'key']);
    if (members === null) return null;
    const pem = (name: string, of: Members): string =>
      of.read(name, (item, at) => this.#text(item, at)) ?? '';
    return {
      authority: pem('authority', members),
      certificate: pem('certificate', members),
      key: members.read('key', (item, at) => (item === null ? null : this.#text(item, at))),
    };
  }

  #device(value: unknown, place: string): string | null {
    if (value === null) return null;
    const parsed = parsePublicKey(typeof value === 'string' ? value : '');
    if (parsed.ok) return parsed.key.text;
    this.fail(place, keyProblems[parsed.problem]);
    return null;
  }

  #text(value: unknown, place: string): string {
    if (typeof value === 'string') return value;
    this.fail(place, 'must be a text');
    return '';
  }
}
