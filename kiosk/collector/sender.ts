/**
 * Publishes within a window, the gates in turn: what waits under one name is replaced by what comes
 * later, and one gate's many messages hold up no other's.
 */
import type { BrokerLink, OutMessage, PublishResult } from '../report/broker-link.js';

export interface Sender {
  /**
   * @param gate whom it is for
   * @param name two messages of one name are one: the later
   */
  send(gate: string, name: string, message: OutMessage): void;
  /** A connection is there: how many may be under way at once. */
  open(window: number): void;
  /** It is gone: what waits is forgotten, whoever sent it knows it anew. */
  close(): void;
}

/** Waiting for one gate: 500 acknowledgements and a few receipts at most, unless it makes journals up. */
const gateMax = 1_000;

/**
 * @param publish of the link
 * @param refused told of each publish that the broker has refused
 * @returns a sender that sends nothing until it is opened
 */
export function windowedSender(
  publish: BrokerLink['publish'],
  refused: (topic: string, code: number | null) => void,
): Sender {
  const waiting = new Map<string, Map<string, OutMessage>>();
  let window = 0;
  let underWay = 0;
  /** answers of an earlier connection are nobody's */
  let connection = 0;

  const pump = (): void => {
    for (const [gate, own] of waiting) {
      if (underWay >= window) return;
      const [next] = own;
      waiting.delete(gate);
      if (next === undefined) continue;
      const [name, message] = next;
      own.delete(name);
      // Behind all others.
      if (own.size > 0) waiting.set(gate, own);
      underWay += 1;
      const made = connection;
      publish(message, (result: PublishResult) => {
        if (made !== connection) return;
        underWay -= 1;
        if (!result.ok && result.why === 'refused') refused(message.topic, result.code);
        pump();
      });
    }
  };
  return {
    send(gate, name, message) {
      if (window === 0) return;
      const own = waiting.get(gate) ?? new Map<string, OutMessage>();
      // What is dropped its gate asks for again.
      if (own.size >= gateMax && !own.has(name)) return;
      own.set(name, message);
      waiting.set(gate, own);
      pump();
    },
    open(size) {
      connection += 1;
      underWay = 0;
      window = size;
    },
    close() {
      connection += 1;
      underWay = 0;
      window = 0;
      waiting.clear();
    },
  };
}
