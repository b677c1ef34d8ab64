/**
 * Commands of admins: judged, remembered, done by the gate, answered. What is retained, repeated, late or
 * another gate's does nothing and says so; whom nobody has signed for is not answered.
 */
import type { Logger } from 'pino';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { CommandName, SettingsFault } from '../../../config/vocabulary.js';
import type { Clock } from '../../../hardware/ports.js';
import type { CommandResult } from '../../core/messages.js';
import type { TrustList } from '../../credential/trust.js';
import type { GuestLine, LinkGuest } from '../../report/link-guest.js';
import type { OutMessage } from '../../report/publish-window.js';
import { gateTopics, type Names } from '../../report/topics.js';
import { type CommandRefusal, commandLimits, judgeCommand } from '../signed/judge-command.js';

/** Answers that wait for a connection: more commands than that at once are nobody's. */
const unsaidMax = 64;

export interface CommandDeskOptions {
  readonly names: Names;
  readonly clock: Clock;
  readonly log: Logger;
  trust(): TrustList;
  /** the time, where the clock is trusted; null: it is not */
  nowMs(): number | null;
  /** hands one to the gate, which answers by `answered` */
  give(name: CommandName, id: string, admins: readonly string[]): void;
  /** shows all lamps and sounds for a moment */
  lampTest(): void;
  /** what an admin may know of the gate from afar; nothing of persons */
  diagnostics(): Readonly<Record<string, unknown>>;
  fault(fault: SettingsFault, on: boolean): void;
}

export interface CommandDesk {
  readonly guest: LinkGuest;
  /** What the gate has made of a command. */
  answered(id: string, name: CommandName, result: CommandResult): void;
}

/** @param options of one run; commands of before it are not taken */
export function startCommandDesk(options: CommandDeskOptions): CommandDesk {
  const { names, log } = options;
  const { base } = gateTopics(names);
  const prefix = `${base}/cmd/`;
  /** nonces, with their expiry; the oldest first */
  const seen = new Map<string, number>();
  /** MQTT 5's own words of who asked, by the id */
  const correlations = new Map<string, Uint8Array>();
  const startedMs = options.clock.now().monotonicMs;
  let line: GuestLine | null = null;
  /** what came before the connection was up, or was done while it was lost */
  let unsaid: readonly { readonly message: OutMessage; readonly untilMs: number }[] = [];

  const respond = (
    id: string,
    name: string,
    status: 'ok' | 'rejected' | 'expired',
    code: string,
    detail: unknown,
  ): void => {
    const correlation = correlations.get(id);
    correlations.delete(id);
    const payload = JSON.stringify({ id, status, code, detail });
    const message = { topic: `${base}/rsp/${name}`, payload, retain: false };
    say(correlation === undefined ? message : { ...message, correlation });
  };

  const say = (message: OutMessage): void => {
    if (line !== null) return line.publish(message, () => {});
    // Nobody waits for an answer longer than a command lives.
    const untilMs = options.clock.now().monotonicMs + commandLimits.lifeMs;
    unsaid = [...unsaid, { message, untilMs }].slice(-unsaidMax);
  };

  return {
    guest: {
      filters: [`${prefix}+`],
      up(next) {
        line = next;
        const { monotonicMs } = options.clock.now();
        for (const { message, untilMs } of unsaid) if (untilMs > monotonicMs) say(message);
        unsaid = [];
      },
      down() {
        line = null;
      },
      message({ topic, payload, retained, correlation }) {
        if (!topic.startsWith(prefix)) return 'unasked';
        // What is not asked any more: a retained message taken back.
        if (payload.length === 0) return 'taken';
        const name = topic.slice(prefix.length);
        const nowMs = options.nowMs();
        const sinceMs = options.clock.now().monotonicMs - startedMs;
        // Not as soon as they are over: admins may set time back to before that.
        for (const [nonce, untilMs] of seen)
          if (seen.size > commandLimits.knownAgainMax && nowMs !== null && untilMs <= nowMs)
            seen.delete(nonce);
        const verdict = judgeCommand(payload, {
          ...names,
          ...{ name, isRetained: retained, trust: options.trust(), nowMs, seen },
          startedMs: (nowMs ?? 0) - sinceMs,
        });
        if (verdict.is === 'refused') {
          const { why, id, detail } = verdict;
          log.warn({ name, why, detail }, 'a command is refused');
          if (isForged(why)) options.fault('configuration-forged', true);
          if (id === null) return 'refused';
          if (correlation !== undefined) correlations.set(id, correlation);
          respond(id, name, why === 'expired' ? 'expired' : 'rejected', why, null);
          return 'refused';
        }
        const { command, signers } = verdict;
        // Before anything is done: what is done twice has been asked for twice.
        seen.set(command.nonce, command.expiresMs);
        if (correlation !== undefined) correlations.set(command.id, correlation);
        const at = nowMs === null ? null : formatRfc3339(nowMs);
        log.info({ name, id: command.id, admins: signers, at }, 'a command');
        if (command.name === 'lamp-test') options.lampTest();
        options.give(command.name, command.id, signers);
        return 'taken';
      },
    },
    answered(id, name, result) {
      const isDone = result === 'done';
      const detail = name === 'diagnostics' ? options.diagnostics() : null;
      respond(id, name, isDone ? 'ok' : 'rejected', isDone ? '' : result, detail);
    },
  };
}

/** @returns whether nobody who may has sent it */
function isForged(why: CommandRefusal): boolean {
  return why === 'not-signed' || why === 'below-threshold';
}
