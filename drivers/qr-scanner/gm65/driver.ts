/**
 * The session of a GM65-family module: sets it up at each connection, asks it now and then whether
 * it is there, since a UART has no plug to be missed, and takes its lines in between. One that does
 * not answer is read in line mode, and is degraded: the guard opens.
 */
import type { Gm65Settings } from '../../../config/scanner-config.js';
import type { Cancel, Link } from '../../../hardware/ports.js';
import type { Driver } from '../../reading.js';
import { type DriverTools, session } from '../../session.js';
import { type LineFault, lineDoubt } from '../line-doubt.js';
import { scanIntake } from '../scan-intake.js';
import { asker } from './asker.js';
import { gm65Decoder, type ZoneReply } from './codec.js';
import { type Gm65Fault, gm65Setup, type Setup, type SetupOutcome } from './setup.js';
import { switchingLink } from './switching-link.js';
import { wantedZones, zoneBaud, zoneMode } from './zones.js';

/** Between two questions whether it is still there and still set up. */
export const askEveryMs = 10_000;
/** A module that has never answered is asked again after this: it may have been starting. */
export const askAgainMs = 30_000;
/** A link on which neither question nor set-up ended by then is opened anew. */
const stuckMsMax = 60_000;
/** In the life of the process: a module that forgets its settings must not wear its EEPROM out. */
export const savesMax = 5;

export interface Gm65ScannerOptions extends DriverTools {
  readonly link: Link;
  /** bits a second, the one to be set first, then those to look for; none where the far end sets it */
  readonly speeds: readonly number[];
  readonly settings?: Gm65Settings;
  /** silence that ends a line without an end, milliseconds */
  readonly idleMs?: number;
}

/**
 * Makes the driver of a module of the GM65 family.
 * @param options the link, the speeds to find the module at, and how it is to be set up
 * @returns emits `scan`, `discarded` and `device`: `degraded` with a `Gm65Fault` or, at the place of
 *   one that does not answer, a `LineFault`; `lost` with `silent` where a module that has answered
 *   before does not any more
 */
export function gm65Scanner(options: Gm65ScannerOptions): Driver {
  const { clock, scheduler, emit, speeds, settings = {}, idleMs } = options;
  const link = switchingLink(options.link);
  const questions = asker({ clock, scheduler, write: (bytes) => link.write(bytes) });
  const doubt = lineDoubt();
  let setupFault: Gm65Fault | null = null;
  /** Who speaks counts before how it is set up. */
  const tellFault = (lineFault: LineFault | null): void => base.setFault(lineFault ?? setupFault);
  const intake = scanIntake<ZoneReply>({
    ...options,
    decoder: gm65Decoder(),
    doubt,
    doubted: tellFault,
    other: (reply) => questions.took(reply),
    ...(idleMs !== undefined && { idleMs }),
  });
  /** until the module is heard at this speed, its bytes are looked through for replies alone */
  let search: ReturnType<typeof gm65Decoder> | null = null;
  let hasAnswered = false;
  let saves = 0;
  let cancelTimer: Cancel = () => {};
  const after = (ms: number, task: () => void): void => {
    cancelTimer = scheduler.at(clock.now().monotonicMs + ms, task);
  };

  const listenForReplies = (): void => {
    intake.disconnected();
    search = gm65Decoder();
  };

  const setUp = (): void => {
    listenForReplies();
    const maySave = saves < savesMax;
    go(gm65Setup({ settings, speeds, maySave }), null, true);
  };

  /** Does one step after the other; the last brings the outcome. */
  const go = (setup: Setup, answer: ZoneReply | null, isFirst = false): void => {
    const step = isFirst ? setup.next() : setup.next(answer);
    if (step.done === true) ended(step.value);
    else if (step.value.type === 'ask') {
      const { command } = step.value;
      // The answer to this one may come at either speed.
      if (command.type === 'write' && command.zone === zoneBaud) listenForReplies();
      questions.ask(command, (reply) => {
        if (reply !== null) heard();
        go(setup, reply);
      });
    } else {
      listenForReplies();
      link.switchTo(step.value.baudRate, () => go(setup, null));
    }
  };

  const heard = (): void => {
    search = null;
    hasAnswered = true;
    doubt.reset();
    base.proveAlive();
  };

  const ended = ({ answered, saved, fault }: SetupOutcome): void => {
    search = null;
    if (saved) saves++;
    if (!answered && hasAnswered) {
      link.fail('silent');
      return;
    }
    setupFault = fault;
    tellFault(doubt.fault);
    base.proveAlive();
    after(answered ? askEveryMs : askAgainMs, ask);
  };

  const ask = (): void => {
    questions.ask({ type: 'read', zone: zoneMode, byteCount: 1 }, (reply) => {
      if (reply === null && hasAnswered) {
        link.fail('silent');
        return;
      }
      base.proveAlive();
      if (reply === null) after(askAgainMs, ask);
      else if (!hasAnswered || !isAsWanted(reply)) setUp();
      else after(askEveryMs, ask);
    });
  };

  const isAsWanted = ({ data }: ZoneReply): boolean => {
    const setting = wantedZones(settings, null).find(({ zone }) => zone === zoneMode);
    return setting?.wanted([...data])[0] === data[0];
  };

  const base = session({
    ...options,
    link,
    device: 'scanner',
    silentMsMax: stuckMsMax,
    connected: setUp,
    received(bytes) {
      if (search === null) {
        intake.received(bytes);
        return;
      }
      const replies = search.push(bytes).filter((it) => it.type === 'zone-reply');
      const { monotonicMs } = clock.now();
      if (replies.length === 0)
        emit({
          type: 'discarded',
          device: 'scanner',
          why: 'noise',
          byteCount: bytes.length,
          monotonicMs,
        });
      for (const reply of replies) questions.took(reply);
    },
    disconnected() {
      cancelTimer();
      questions.cancel();
      intake.disconnected();
      setupFault = null;
    },
  });
  return base;
}
