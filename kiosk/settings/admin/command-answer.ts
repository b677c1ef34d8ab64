/** What a gate answers to a command (`rsp/<name>`), as its sender reads it. Pure. */
import { parseStrictJsonBytes } from '../../../config/strict-json.js';

const statuses = ['ok', 'rejected', 'expired', 'failed'] as const;
type CommandStatus = (typeof statuses)[number];

export interface CommandAnswer {
  readonly status: CommandStatus;
  /** why; empty where it is `ok` */
  readonly code: string;
  /** of diagnostics its figures; null for all others */
  readonly detail: unknown;
}

/** Diagnostics have a few hundred counts at most. */
const answerBytesMax = 65_536;
const codeLengthMax = 120;

/**
 * @param bytes of a message
 * @param id of the command that is waited for
 * @returns the answer to it; null for one to another, or of another form
 */
export function readCommandAnswer(bytes: Uint8Array, id: string): CommandAnswer | null {
  const json = parseStrictJsonBytes(bytes, answerBytesMax);
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return null;
  const answer = json.value as Readonly<Record<string, unknown>>;
  const status = statuses.find((known) => known === answer['status']);
  if (answer['id'] !== id || status === undefined) return null;
  const { code, detail = null } = answer;
  return { status, code: typeof code === 'string' ? code.slice(0, codeLengthMax) : '', detail };
}

/**
 * A message may come to the gate twice, by a connection lost: what it says of the second copy says nothing of
 * the first.
 *
 * @returns what is known after one answer more
 */
export function knownAnswer(
  before: CommandAnswer | null,
  next: CommandAnswer | null,
): CommandAnswer | null {
  return isFinal(before) ? before : (next ?? before);
}

/** Whether it says what the command has come to. */
export function isFinal(answer: CommandAnswer | null): boolean {
  return answer !== null && answer.code !== 'repeated';
}
