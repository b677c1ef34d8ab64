/** Publishes within a window: what waits under one name is replaced by what comes later. */
import type { BrokerLink, OutMessage, PublishResult } from '../report/broker-link.js';

export interface Sender {
  /** @param name two messages of one name are one: the later */
  send(name: string, message: OutMessage): void;
  /** A connection is there: how many may be under way at once. */
  open(window: number): void;
  /** It is gone: what waits is forgotten, whoever sent it knows it anew. */
  close(): void;
}

/**
 * @param publish of the link
 * @param refused told of each publish that the broker has refused
 * @returns a sender that sends nothing until it is opened
 */
export function windowedSender(
  publish: BrokerLink['publish'],
  refused: (topic: string, code: number | null) => void,
): Sender {
  const waiting = new Map<string, OutMessage>();
  let window = 0;
  let underWay = 0;
  /** answers of an earlier connection are nobody's */
  let connection = 0;

  const pump = (): void => {
    for (const [name, message] of waiting) {
      if (underWay >= window) return;
      waiting.delete(name);
      underWay += 1;
      const own = connection;
      publish(message, (result: PublishResult) => {
        if (own !== connection) return;
        underWay -= 1;
        if (!result.ok && result.why === 'refused') refused(message.topic, result.code);
        pump();
      });
    }
  };
  return {
    send(name, message) {
      if (window === 0) return;
      waiting.set(name, message);
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
