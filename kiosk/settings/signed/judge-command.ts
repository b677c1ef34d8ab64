/**
 * Whether a signed command is to be carried out: to this gate, once, now. What is retained, repeated,
 * late or another's does nothing, and says so. Pure; whether a command is allowed at all, and whether a
 * guard must be on duty, is the policy's.
 */
import { parseEnvelope } from '../../../config/crypto/dsse.js';
import { type CommandName, commandNames } from '../../../config/vocabulary.js';
import { ListReader } from '../../credential/list-reader.js';
import type { TrustList } from '../../credential/trust.js';
import { parseExactJson } from './exact-json.js';
import { judgeLimits, signersWithRole } from './judge-step.js';

export const commandPayloadType = 'application/vnd.gate-kiosk.command+json';

export const commandLimits = {
  /** the envelope: a command says little */
  bytesMax: 8_192,
  /** from its issue to its expiry (`interfaces.md` section 3) */
  lifeMs: 60_000,
  /** commands of the last minute that are remembered; more of them are refused, for each has a record */
  rememberedMax: 100,
  /** of all of a run so many are known again when time has been set back */
  knownAgainMax: 1_000,
  /** of the admins' signatures, where the trust list says nothing else */
  thresholdDefault: 1,
} as const;

export interface Command {
  readonly site: string;
  readonly kiosk: string;
  readonly id: string;
  readonly name: CommandName;
  readonly nonce: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export type CommandRefusal =
  /** a broker has kept it: whoever sent it did not mean now */
  | 'retained'
  | 'too-large'
  | 'bad-envelope'
  | 'wrong-type'
  | 'not-signed'
  | 'below-threshold'
  | 'bad-payload'
  | 'wrong-name'
  | 'wrong-site'
  | 'wrong-kiosk'
  /** nobody can say whether it is late */
  | 'no-clock'
  | 'issued-ahead'
  | 'expired'
  /** of the time before this start, of which nothing is remembered */
  | 'before-start'
  | 'repeated'
  | 'too-many';

export interface CommandContext {
  readonly site: string;
  readonly kiosk: string;
  /** by its topic */
  readonly name: string;
  readonly isRetained: boolean;
  readonly trust: Pick<TrustList, 'admins' | 'thresholds'>;
  /** the time, where the clock is trusted; null: it is not */
  readonly nowMs: number | null;
  /** when this run began, by the same clock */
  readonly startedMs: number;
  /** nonces of commands that have been taken, with their expiry; older ones may be left out */
  readonly seen: ReadonlyMap<string, number>;
}

export type CommandVerdict =
  | { readonly is: 'taken'; readonly command: Command; readonly signers: readonly string[] }
  /** `id`: where it could be read of a message whose signature holds, so that its sender is told */
  | {
      readonly is: 'refused';
      readonly why: CommandRefusal;
      readonly id: string | null;
      readonly detail: string;
    };

const idShape = /^[A-Za-z0-9-]{1,64}$/;
const nonceShape = /^[A-Za-z0-9_-]{16,64}$/;

/**
 * @param bytes the message
 * @param context of this gate, and of the topic by which it came
 * @returns the command, whose nonce the caller remembers before it acts; or why not. Never throws
 */
export function judgeCommand(bytes: Uint8Array, context: CommandContext): CommandVerdict {
  const verdict = judgeOnce(bytes, context);
  if (!context.isRetained) return verdict;
  // Whoever has signed it is told so; of a stranger's it is no news at every connection.
  return refused('retained', verdict.is === 'taken' ? verdict.command.id : verdict.id);
}

function judgeOnce(bytes: Uint8Array, context: CommandContext): CommandVerdict {
  if (bytes.length > commandLimits.bytesMax) return refused('too-large');
  const parsed = parseEnvelope(bytes);
  if (!parsed.ok) return refused(parsed.why);
  const { envelope } = parsed;
  if (envelope.payloadType !== commandPayloadType) return refused('wrong-type');
  const signers = signersWithRole(envelope, context.trust, 'command');
  if (signers.length === 0) return refused('not-signed');
  const threshold = context.trust.thresholds.get('command') ?? commandLimits.thresholdDefault;
  if (signers.length < threshold) return refused('below-threshold');
  const read = parseCommand(envelope.payload);
  if (!read.ok) return refused('bad-payload', null, read.problem);
  const { command } = read;
  const why = placeProblem(command, context) ?? timeProblem(command, context);
  if (why !== null) return refused(why, command.id);
  return { is: 'taken', command, signers: signers.map(({ name }) => name) };
}

function refused(why: CommandRefusal, id: string | null = null, detail = ''): CommandVerdict {
  return { is: 'refused', why, id, detail };
}

function placeProblem(command: Command, context: CommandContext): CommandRefusal | null {
  if (command.name !== context.name) return 'wrong-name';
  if (command.site !== context.site) return 'wrong-site';
  return command.kiosk === context.kiosk ? null : 'wrong-kiosk';
}

function timeProblem(
  { issuedMs, expiresMs, nonce }: Command,
  { nowMs, startedMs, seen }: CommandContext,
): CommandRefusal | null {
  if (nowMs === null) return 'no-clock';
  if (nowMs >= expiresMs) return 'expired';
  if (issuedMs > nowMs + judgeLimits.aheadMs) return 'issued-ahead';
  if (issuedMs < startedMs) return 'before-start';
  if (seen.has(nonce)) return 'repeated';
  const remembered = [...seen.values()].filter((untilMs) => untilMs > nowMs).length;
  return remembered >= commandLimits.rememberedMax ? 'too-many' : null;
}

function parseCommand(
  payload: Uint8Array,
):
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly problem: string } {
  const json = parseExactJson(payload, commandLimits.bytesMax);
  if (!json.ok) return json;
  const reader = new ListReader();
  const command = readCommand(reader, json.value);
  const [first] = reader.problems;
  if (first !== undefined) return { ok: false, problem: `${first.place}: ${first.problem}` };
  if (command === null) return { ok: false, problem: 'is no command' };
  const lifeMs = command.expiresMs - command.issuedMs;
  if (lifeMs <= 0 || lifeMs > commandLimits.lifeMs)
    return {
      ok: false,
      problem: `expires: must be ${commandLimits.lifeMs / 1_000} s later at most`,
    };
  return { ok: true, command };
}

function readCommand(reader: ListReader, value: unknown): Command | null {
  const names = ['site', 'kiosk', 'id', 'name', 'nonce', 'issued', 'expires', 'args'];
  const members = reader.object(value, '', names);
  if (members === null) return null;
  const text = (name: string, shape: RegExp): string =>
    members.read(name, (item, place) => {
      if (typeof item === 'string' && shape.test(item)) return item;
      reader.fail(place, `must fit ${shape.source}`);
      return '';
    }) ?? '';
  const time = (name: string): number =>
    Math.round(1_000 * (members.read(name, (it, at) => reader.timeSeconds(it, at)) ?? 0));
  const args = members.read('args', (item, place) => {
    const isObject = typeof item === 'object' && item !== null && !Array.isArray(item);
    if (!isObject) reader.fail(place, 'must be an object');
    return isObject ? (item as Readonly<Record<string, unknown>>) : {};
  });
  return {
    site: text('site', idShape),
    kiosk: text('kiosk', idShape),
    id: text('id', idShape),
    name: members.read('name', (it, at) => reader.oneOf(it, at, commandNames)) ?? 'diagnostics',
    nonce: text('nonce', nonceShape),
    issuedMs: time('issued'),
    expiresMs: time('expires'),
    args: args ?? {},
  };
}
