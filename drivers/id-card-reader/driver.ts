/**
 * The SAM_V reader's session: one command at a time, its answer matched to it, and what came of
 * it handed to the presence of a card. What is told is text only.
 */
import type { Cancel, Link } from '../../hardware/ports.js';
import type { Discarded } from '../decoder.js';
import { foreignDetector } from '../foreign.js';
import type { Driver } from '../reading.js';
import { type DriverTools, session } from '../session.js';
import { answerOf } from './answer.js';
import {
  type CommandName,
  encodeCommand,
  type ReadCommand,
  type Reply,
  replyDecoder,
} from './codec.js';
import { nextCommand, nobody, stepPresence } from './presence.js';
import type { PresenceEvent } from './presence-state.js';
import type { ModuleFault } from './status.js';

/** From find to find: vendors' programs poll each 100 to 300 ms. */
const pollMs = 250;
/** After a failure the card is tried again sooner, as somebody holds it. */
const retryMs = 100;
/** The module is asked for its health this often, and more often while it is ill. */
const statusMs = 3_000;
const illStatusMs = 1_000;

/** How long vendors' programs wait for the module; a find under way does not outlast a person. */
const answerMsMax: Readonly<Record<'find' | 'select' | 'status' | 'reset' | ReadCommand, number>> =
  {
    find: 100,
    select: 100,
    status: 300,
    reset: 1_000,
    '30 01': 2_000,
    '30 10': 3_000,
  };
/** What a serial server, a USB bridge and 16 bytes at 9,600 baud may add to it. */
const linkMsMax = 400;
/** The answer has begun, and is no find's, when this much has come of it; */
const begunBytesMin = 64;
/** and it has broken off when nothing follows for this long. */
const brokenOffMs = 300;
/** A timer this late says that the process was held up and that bytes may lie unread. */
const lateMsMax = 20;
/** Troubles in a row before the module is reset. */
const troublesMax = 3;
/** While garbage was on the line this lately, a text that holds must come twice. */
const noisyMs = 10_000;
/** Beyond a read that runs out of time: the question after it, and that once more. */
const silentMsOver = 1_600;

export interface IdCardReaderOptions extends DriverTools {
  readonly link: Link;
  /** `30 01` without it */
  readonly readCommand?: ReadCommand;
  /** bits a second to try in turn until it answers; the link's own without it */
  readonly baudRates?: readonly number[];
}

type Name = keyof typeof answerMsMax;

/**
 * Makes the driver of a SAM_V reader. Emits `card`, `card-removed`, `card-unreadable`, `discarded`
 * and `device`: `lost` (what a session and its link say), `degraded` (`self-test-failed`,
 * `not-authorised`, `failing`).
 */
export function idCardReader(options: IdCardReaderOptions): Driver {
  const { clock, scheduler, emit, link, readCommand = '30 01' } = options;
  const strangers = foreignDetector(['sam-v']);
  let decoder = replyDecoder();
  let presence = nobody;
  let isConnected = false;
  let asked: { readonly name: Name; readonly atMs: number } | null = null;
  let cancel: Cancel = () => {};
  /** Replies come in order and name no command: after one has run out of time, the answer to a
   * question of another form says that the older ones have come or never will. */
  let isUnsettled = true;
  let isResetDue = false;
  let troubles = 0;
  /** of them those of its work, while it may say that it is well */
  let workTroubles = 0;
  let illness: ModuleFault | null = null;
  let illAnswers = 0;
  let statusAtMs = 0;
  let noisyAtMs = Number.NEGATIVE_INFINITY;
  let bytesSinceAsked = 0;

  const nowMs = (): number => clock.now().monotonicMs;
  const after = (atMs: number, task: () => void): void => {
    cancel();
    // Whoever is told of a card may stop the driver before it has asked for the next.
    if (isConnected) cancel = scheduler.at(atMs, task);
  };
  const discard = (discarded: Omit<Discarded, 'type'>): void =>
    emit({ ...discarded, type: 'discarded', device: 'id-card-reader', monotonicMs: nowMs() });

  const happened = (event: PresenceEvent): void => {
    const monotonicMs = nowMs();
    const step = stepPresence(presence, event, monotonicMs);
    presence = step.presence;
    for (const told of step.told) emit({ ...told, monotonicMs });
  };

  const ask = (): void => {
    if (!isConnected) return;
    const atMs = nowMs();
    const name = commandNow(atMs);
    asked = { name, atMs };
    bytesSinceAsked = 0;
    if (name === 'status') statusAtMs = atMs;
    if (name === 'reset') isResetDue = false;
    link.write(encodeCommand(onWire(name)));
    watch(atMs + answerMsMax[name] + linkMsMax);
  };
  const commandNow = (atMs: number): Name => {
    if (isResetDue) return 'reset';
    const isIdle = presence.name === 'absent' || presence.name === 'wait-removal';
    const isStatusDue = isIdle && atMs - statusAtMs >= statusMs;
    if (isUnsettled || illness !== null || isStatusDue) return 'status';
    const command = nextCommand(presence);
    return command === 'read' ? readCommand : command;
  };

  const watch = (dueMs: number): void => {
    after(dueMs, () => {
      if (nowMs() - dueMs > lateMsMax) return watch(nowMs());
      const unanswered = asked;
      // A true answer may stand behind a false beginning that waited for more.
      publish(decoder.end());
      if (unanswered === null || asked !== unanswered) return;
      asked = null;
      isUnsettled = true;
      const isWork = unanswered.name !== 'status' && unanswered.name !== 'reset';
      trouble(isWork);
      if (isWork) happened({ type: 'failed', why: 'no-answer' });
      ask();
    });
  };

  const publish = (results: readonly (Reply | Discarded)[]): void => {
    for (const result of results)
      if (result.type === 'reply') take(result);
      else {
        noisyAtMs = nowMs();
        discard(result);
      }
  };

  const take = (reply: Reply): void => {
    const isDoubtful = nowMs() - noisyAtMs < noisyMs;
    const answer = asked === null ? null : answerOf(asked.name, reply, isDoubtful);
    if (reply.body.type === 'card') reply.body.text.fill(0);
    if (asked === null || answer === null) {
      discard({ why: 'late', byteCount: reply.byteCount });
      return;
    }
    const { name, atMs } = asked;
    asked = null;
    switch (answer.type) {
      case 'ill':
        illness = answer.why;
        illAnswers += 1;
        // Only a failed self-test may pass when it is made again.
        isResetDue = answer.why === 'self-test-failed' && illAnswers % troublesMax === 0;
        happened({ type: 'failed', why: answer.why });
        break;
      case 'trouble':
        isUnsettled = true;
        trouble(true);
        happened({ type: 'failed', why: answer.why });
        break;
      case 'well':
        if (name === 'reset' || illness !== null) happened({ type: 'module-reset' });
        isUnsettled = name === 'reset';
        illness = null;
        illAnswers = 0;
        break;
      default:
        troubles = 0;
        workTroubles = 0;
        happened(answer);
    }
    connection.setFault(fault());
    strangers.reset();
    connection.proveAlive();
    after(Math.max(nowMs(), atMs + pauseAfter(name, answer.type)), ask);
  };

  /** From one question to the next. */
  const pauseAfter = (name: Name, answer: string): number => {
    if (illness !== null) return illStatusMs;
    if (answer === 'trouble' || (answer === 'failed' && presence.name === 'present'))
      return retryMs;
    return name === 'find' && (presence.name === 'absent' || presence.name === 'wait-removal')
      ? pollMs
      : 0;
  };

  const trouble = (isWork: boolean): void => {
    troubles += 1;
    if (isWork) workTroubles += 1;
    if (troubles % troublesMax === 0) isResetDue = true;
    connection.setFault(fault());
  };
  const fault = (): string | null => illness ?? (workTroubles >= troublesMax ? 'failing' : null);

  const onWire = (name: Name): CommandName =>
    name === '30 01' || name === '30 10' ? `read ${name}` : name;

  const connection = session({
    ...options,
    device: 'id-card-reader',
    isForeign: strangers.push,
    silentMsMax: answerMsMax[readCommand] + linkMsMax + silentMsOver,
    connected() {
      isConnected = true;
      isUnsettled = true;
      ask();
    },
    received(bytes) {
      bytesSinceAsked += bytes.length;
      publish(decoder.push(bytes));
      if (asked === null || bytesSinceAsked < begunBytesMin) return;
      const dueMs = asked.atMs + answerMsMax[asked.name] + linkMsMax;
      watch(Math.min(dueMs, nowMs() + brokenOffMs));
    },
    disconnected() {
      isConnected = false;
      cancel();
      asked = null;
      publish(decoder.end());
      decoder = replyDecoder();
      strangers.reset();
      isResetDue = false;
      troubles = 0;
      workTroubles = 0;
      illness = null;
      happened({ type: 'disconnected' });
    },
  });
  return {
    start: connection.start,
    stop() {
      connection.stop();
      presence = nobody;
    },
  };
}
