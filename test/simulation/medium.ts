/**
 * What is between the gates: each tells the others of what was used, over a network that loses,
 * delays, repeats and falls apart. As over MQTT, what a gate has told stands as a snapshot too, and
 * comes to whoever can be reached again.
 */
import type { KnownEntry } from '../../config/vocabulary.js';
import type { VirtualClock } from '../../hardware/simulated/clock.js';
import type { Random } from '../../hardware/simulated/random.js';
import type { KnownPort } from '../../kiosk/gate-ports.js';
import type { GateTruth } from './truth.js';

export interface Medium {
  /** The port of a gate; what it hears is noted in its truth. */
  join(gate: GateTruth): KnownPort;
  /** The gate is cut off from all others, until `mend`. */
  cut(gate: GateTruth): void;
  mend(gate: GateTruth): void;
  isCut(gate: GateTruth): boolean;
  /** Somebody tells the gate something that no gate has said. */
  rumour(gate: GateTruth, entries: readonly unknown[]): void;
  /** From now on nothing is lost, late or twice. */
  heal(): void;
}

interface Member {
  readonly gate: GateTruth;
  hear: ((entries: readonly unknown[]) => void) | null;
  reach: ((reachable: boolean) => void) | null;
  cutSinceMs: number | null;
  /** all that it has told and that is not over, by type, key and direction */
  readonly told: Map<string, KnownEntry>;
}

const usualDelayMs = { min: 20, spread: 180 };
const lateMsMax = 30_000;
/** A snapshot follows what may have been lost, after this long. */
const snapshotMs = 600_000;

/**
 * @param clock of the world
 * @param dice for what goes wrong
 * @param badness the probability that one message is lost, late or doubled (each)
 */
export function medium(clock: VirtualClock, dice: Random, badness: number): Medium {
  const members: Member[] = [];
  let chance = badness;
  const nowMs = (): number => clock.now().monotonicMs;
  const later = (ms: number, task: () => void): void => void clock.at(nowMs() + ms, task);
  const isJoined = (one: Member, other: Member): boolean =>
    one.cutSinceMs === null && other.cutSinceMs === null;

  const deliver = (from: Member, to: Member, entries: readonly KnownEntry[]): void => {
    if (!isJoined(from, to) || to.hear === null || entries.length === 0) return;
    for (const entry of entries) {
      const name = nameOf(entry);
      if (!to.gate.heard.has(name)) to.gate.heard.set(name, nowMs());
    }
    to.hear(entries);
  };
  const snapshot = (from: Member, to: Member): void => {
    const { wallMs } = clock.now();
    for (const [name, { until }] of from.told)
      if (Date.parse(until) <= wallMs) from.told.delete(name);
    deliver(from, to, [...from.told.values()]);
  };
  const send = (from: Member, to: Member, entries: readonly KnownEntry[]): void => {
    if (!isJoined(from, to)) return;
    const isLost = dice.chance(chance);
    if (isLost || to.hear === null) later(dice.int(snapshotMs), () => snapshot(from, to));
    if (isLost) return;
    for (let times = dice.chance(chance) ? 2 : 1; times > 0; times -= 1) {
      const lateMs = dice.chance(chance) ? dice.int(lateMsMax) : 0;
      const delayMs = usualDelayMs.min + dice.int(usualDelayMs.spread) + lateMs;
      later(delayMs, () => deliver(from, to, entries));
    }
  };
  const others = (member: Member): Member[] => members.filter((it) => it !== member);
  const memberOf = (gate: GateTruth): Member => {
    const found = members.find((it) => it.gate === gate);
    if (found !== undefined) return found;
    const made = { gate, hear: null, reach: null, cutSinceMs: null, told: new Map() };
    members.push(made);
    return made;
  };

  return {
    join(gate) {
      const own = memberOf(gate);
      return {
        publish(entries) {
          for (const entry of entries) own.told.set(nameOf(entry), entry);
          for (const other of others(own)) send(own, other, entries);
        },
        subscribe(listener) {
          own.hear = listener;
          // What stands at the broker comes first.
          for (const other of others(own)) later(usualDelayMs.min, () => snapshot(other, own));
          return () => {
            if (own.hear === listener) own.hear = null;
          };
        },
        reachable(listener) {
          own.reach = listener;
          listener(own.cutSinceMs === null);
          return () => {
            if (own.reach === listener) own.reach = null;
          };
        },
      };
    },
    cut(gate) {
      const own = memberOf(gate);
      if (own.cutSinceMs !== null) return;
      own.cutSinceMs = nowMs();
      own.reach?.(false);
    },
    mend(gate) {
      const own = memberOf(gate);
      if (own.cutSinceMs === null) return;
      gate.partitions.push({ fromMs: own.cutSinceMs, toMs: nowMs() });
      own.cutSinceMs = null;
      own.reach?.(true);
      for (const other of others(own)) {
        later(usualDelayMs.min, () => snapshot(other, own));
        later(usualDelayMs.min, () => snapshot(own, other));
      }
    },
    isCut: (gate) => memberOf(gate).cutSinceMs !== null,
    rumour(gate, entries) {
      const own = memberOf(gate);
      if (own.cutSinceMs !== null || own.hear === null) return;
      for (const entry of entries)
        if (isTicket(entry) && !gate.heard.has(nameOf(entry)))
          gate.heard.set(nameOf(entry), nowMs());
      own.hear(entries);
    },
    heal() {
      chance = 0;
    },
  };
}

function isTicket(entry: unknown): entry is KnownEntry {
  return typeof entry === 'object' && entry !== null && 'type' in entry && entry.type === 'ticket';
}

/** @returns what tells an entry from others */
export function nameOf({ type, key, direction }: KnownEntry): string {
  return `${type} ${key} ${direction ?? ''}`;
}
