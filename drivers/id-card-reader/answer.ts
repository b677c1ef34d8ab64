/**
 * Which replies answer which command. A reply names no command, so what cannot be this one's
 * answer is nobody's. Pure.
 */
import { cardMark, readCardText } from './card-text.js';
import type { ReadCommand, Reply } from './codec.js';
import type { PresenceEvent } from './presence-state.js';
import {
  cardFailures,
  type ModuleFault,
  type ModuleTrouble,
  moduleFaults,
  moduleTroubles,
  type Status,
} from './status.js';

export type Answer =
  | Extract<PresenceEvent, { type: 'found' | 'no-card' | 'selected' | 'text' | 'failed' }>
  /** status or reset was answered as it should be */
  | { readonly type: 'well' }
  | { readonly type: 'ill'; readonly why: ModuleFault }
  | { readonly type: 'trouble'; readonly why: ModuleTrouble };

/**
 * Takes the command that waits for an answer and a reply; returns what the reply says, or null
 * where it cannot be the answer. Every module fault and trouble may answer every command.
 * @param isDoubtful a text has to come a second time to count
 */
export function answerOf(
  command: 'find' | 'select' | 'status' | 'reset' | ReadCommand,
  reply: Reply,
  isDoubtful: boolean,
): Answer | null {
  const { status, body } = reply;
  if (isOneOf(moduleFaults, status)) return { type: 'ill', why: status };
  switch (command) {
    case 'status':
    case 'reset':
      if (status === 'ok' && body.type === 'empty') return { type: 'well' };
      return isOneOf(moduleTroubles, status) ? { type: 'trouble', why: status } : null;
    case 'find':
      if (status === 'found') return { type: 'found' };
      // A host that gave up waiting for the module has seen no card.
      if (status === 'no-card' || status === 'gave-up') return { type: 'no-card' };
      return isOneOf(moduleTroubles, status) ? { type: 'trouble', why: status } : null;
    case 'select':
      if (status === 'ok' && body.type === 'selected') return { type: 'selected' };
      return failureOf(status);
    case '30 01':
    case '30 10':
      if (status === 'ok') return textOf(command, reply, isDoubtful);
      return failureOf(status);
  }
}

function failureOf(status: Status): Answer | null {
  if (isOneOf(cardFailures, status)) return { type: 'failed', why: status };
  if (status === 'gave-up') return { type: 'failed', why: status };
  return isOneOf(moduleTroubles, status) ? { type: 'trouble', why: status } : null;
}

/** A reply of another layout is a reading of this card that does not hold. */
function textOf(read: ReadCommand, { body }: Reply, isDoubtful: boolean): Answer | null {
  if (body.type === 'card' && body.read === read) {
    const { text } = body;
    return { type: 'text', mark: cardMark(text), text: readCardText(text), isDoubtful };
  }
  if (body.type !== 'card' && body.type !== 'other') return null;
  const text = { ok: false, fault: 'bad-layout' } as const;
  return { type: 'text', mark: 0, text, isDoubtful };
}

function isOneOf<Known extends Status>(
  known: readonly Known[],
  status: Status,
): status is Known & Status {
  return (known as readonly Status[]).includes(status);
}
