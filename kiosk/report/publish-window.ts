/**
 * One window for all that a connection publishes with QoS 1, whatever it is: a broker that takes so
 * many at once is never handed one more (MQTT 5, section 4.9). Within a topic nothing overtakes. Pure.
 */

export const windowLimits = {
  /** publishes under way, at the most, whatever a broker allows */
  sizeMax: 64,
} as const;

export interface OutMessage {
  readonly topic: string;
  readonly payload: Uint8Array | string;
  /** it stands at the broker: of two that wait, the later one is enough */
  readonly retain: boolean;
  /** goes before all that waits; only of what is retained */
  readonly isFirst?: true;
  /** MQTT 5: what it answers had it */
  readonly correlation?: Uint8Array;
}

export type PublishResult =
  | { readonly ok: true }
  /** `refused`: the broker said so (MQTT 5 only); `late`: no answer in time; `down`: the link went */
  | { readonly ok: false; readonly why: 'refused' | 'late' | 'down'; readonly code: number | null };

export type Answer = (result: PublishResult) => void;

export interface PublishWindow {
  /** @param answer called once; a message that a later one has replaced is answered with it */
  push(message: OutMessage, answer: Answer): void;
  underWay(): number;
  /** Sends of what waits only what is first, the rest is answered as `down`; then, with nothing under way, calls back. */
  finish(done: () => void): void;
  /** The connection is gone: all that is under way or waits is answered so, and nothing more is sent. */
  close(result: PublishResult): void;
}

interface Entry {
  message: OutMessage;
  readonly answers: Answer[];
}

/**
 * Precedence: what is first; then in turns what stands at the broker, one at a time, and the others.
 *
 * @param size of the window; at least one is sent
 * @param send hands one to the broker; its answer comes later
 * @returns a window of one connection
 */
export function publishWindow(
  size: number,
  send: (message: OutMessage, answer: Answer) => void,
): PublishWindow {
  const first = new Map<string, Entry>();
  const standing = new Map<string, Entry>();
  const others: Entry[] = [];
  const underWay = new Set<Entry>();
  /** topics of what is retained and under way */
  const busy = new Set<string>();
  let isStandingUnderWay = false;
  let wasStanding = false;
  let isClosed = false;
  let isFinishing = false;
  let finished: (() => void) | null = null;

  const next = (): Entry | undefined => {
    for (const [topic, entry] of first) {
      if (busy.has(topic)) continue;
      first.delete(topic);
      busy.add(topic);
      return entry;
    }
    const isTheirTurn = !wasStanding || others.length === 0;
    const [told] = isTheirTurn && !isStandingUnderWay ? standing : [];
    wasStanding = told !== undefined;
    if (told === undefined) return others.shift();
    standing.delete(told[0]);
    isStandingUnderWay = true;
    return told[1];
  };
  const over = (entry: Entry, result: PublishResult): void => {
    if (!underWay.delete(entry)) return;
    const { retain, isFirst, topic } = entry.message;
    if (isFirst === true) busy.delete(topic);
    else if (retain) isStandingUnderWay = false;
    for (const answer of entry.answers) answer(result);
    pump();
  };
  const settle = (): void => {
    if (underWay.size > 0 || finished === null) return;
    const done = finished;
    finished = null;
    done();
  };
  const pump = (): void => {
    while (!isClosed && underWay.size < Math.max(1, size)) {
      const entry = next();
      if (entry === undefined) return settle();
      underWay.add(entry);
      send(entry.message, (result) => over(entry, result));
    }
  };

  return {
    push(message, answer) {
      if (isFinishing && message.isFirst !== true) return queueMicrotask(() => answer(givenUp));
      if (!message.retain) others.push({ message, answers: [answer] });
      else {
        const lane = message.isFirst === true ? first : standing;
        const waiting = lane.get(message.topic);
        if (waiting === undefined) lane.set(message.topic, { message, answers: [answer] });
        else {
          waiting.message = message;
          waiting.answers.push(answer);
        }
      }
      pump();
    },
    underWay: () => underWay.size,
    finish(done) {
      finished = done;
      isFinishing = true;
      const left = [...standing.values(), ...others.splice(0)];
      standing.clear();
      for (const { answers } of left) for (const answer of answers) answer(givenUp);
      pump();
    },
    close(result) {
      isClosed = true;
      const all = [...underWay, ...first.values(), ...standing.values(), ...others];
      underWay.clear();
      for (const { answers } of all) for (const answer of answers) answer(result);
    },
  };
}

const givenUp: PublishResult = { ok: false, why: 'down', code: null };
