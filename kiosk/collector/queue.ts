/**
 * Messages between the broker and the disk, a queue for each gate: what one gate sends, however much,
 * neither keeps the others waiting nor fills the memory. Pure.
 */
import type { InMessage } from '../report/broker-link.js';

export const queueLimits = {
  /** what a message costs beside its bytes: an empty one is work too */
  overheadBytes: 1_024,
  /** a queue's turn: a full batch of 64 KiB with its topic */
  turnBytes: 67_584,
  /**
   * Held of one gate. One that keeps to what it may has 4.2 MiB of batches without a receipt and up to 500
   * notices; what is beyond is not taken, and its gate, without a receipt, sends it again.
   */
  gateBytesMax: 6_291_456,
} as const;

export interface MessageQueue {
  /**
   * @param owner a gate; empty: nobody's
   * @returns false: of this gate there is too much already; it is not taken
   */
  put(owner: string, message: InMessage): boolean;
  /**
   * @param bytesMax the slice ends with the message that reaches it
   * @returns the next messages, from each gate in its turn; of one gate in the order in which they came
   */
  take(bytesMax: number): readonly InMessage[];
  /** what is held, each message with its topic and overhead */
  bytes(): number;
  clear(): void;
}

interface Item {
  readonly message: InMessage;
  readonly bytes: number;
}

interface Own {
  readonly items: Item[];
  /** of `items`, how many are gone: taking from the front of an array would move all the others */
  gone: number;
  bytes: number;
  /** what of its turns it has not used: a message larger than one turn waits for the next */
  credit: number;
}

/** @returns an empty queue */
export function messageQueue(): MessageQueue {
  const owners = new Map<string, Own>();
  let heldBytes = 0;

  /** One gate's turn. */
  const takeTurn = (own: Own, out: InMessage[], roomBytes: number): number => {
    own.credit += queueLimits.turnBytes;
    let taken = 0;
    for (;;) {
      const item = own.items[own.gone];
      if (item === undefined || item.bytes > own.credit || taken >= roomBytes) return taken;
      own.gone += 1;
      own.credit -= item.bytes;
      own.bytes -= item.bytes;
      taken += item.bytes;
      out.push(item.message);
    }
  };

  return {
    put(owner, message) {
      const bytes = message.topic.length + message.payload.length + queueLimits.overheadBytes;
      const own = owners.get(owner) ?? { items: [], gone: 0, bytes: 0, credit: 0 };
      if (own.bytes + bytes > queueLimits.gateBytesMax) return false;
      own.items.push({ message, bytes });
      own.bytes += bytes;
      heldBytes += bytes;
      owners.set(owner, own);
      return true;
    },
    take(bytesMax) {
      const out: InMessage[] = [];
      let taken = 0;
      // A map is walked in the order in which its keys came: who is put in again comes last.
      for (const [owner, own] of owners) {
        if (taken >= bytesMax) break;
        taken += takeTurn(own, out, bytesMax - taken);
        owners.delete(owner);
        if (own.bytes > 0) owners.set(owner, { ...own, items: own.items.slice(own.gone), gone: 0 });
      }
      heldBytes -= taken;
      return out;
    },
    bytes: () => heldBytes,
    clear() {
      owners.clear();
      heldBytes = 0;
    },
  };
}
