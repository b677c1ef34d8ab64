/** A broker of a few bytes that does what no honest one does: for what a link must not bear. */
import { createServer, type Socket } from 'node:net';

export interface LyingBroker {
  readonly url: string;
  /** first byte and body of every packet that has come, oldest first */
  readonly packets: readonly { readonly head: number; readonly body: Uint8Array }[];
  /** Sends bytes on the newest connection. */
  send(bytes: Uint8Array): void;
  /** Answers the oldest publish that has no answer. */
  puback(): void;
  close(): Promise<void>;
}

export interface Lies {
  readonly protocol: 4 | 5;
  /** in its CONNACK, MQTT 5 only */
  readonly receiveMaximum?: number;
  /** sent before the SUBACK */
  readonly beforeSuback?: Uint8Array;
}

const lengthMax = 127;

/** @returns a PUBLISH: first byte, topic, number where it has one, payload of under 100 bytes together */
export function publishPacket(
  protocol: 4 | 5,
  { qos, topic, retain = false }: { qos: 0 | 1 | 2; topic: string; retain?: boolean },
  payload: string,
): Uint8Array {
  const name = Buffer.from(topic, 'utf8');
  const body = Buffer.concat([
    Buffer.from([0, name.length]),
    name,
    Buffer.from(qos === 0 ? [] : [0, 7]),
    Buffer.from(protocol === 5 ? [0] : []),
    Buffer.from(payload, 'utf8'),
  ]);
  if (body.length > lengthMax) throw new Error('longer than this broker can say');
  return Buffer.concat([Buffer.from([0x30 | (qos << 1) | Number(retain), body.length]), body]);
}

/** Starts one on a free port of the loopback. */
export function startLyingBroker(lies: Lies): Promise<LyingBroker> {
  const packets: { head: number; body: Uint8Array }[] = [];
  const unanswered: Uint8Array[] = [];
  const sockets: Socket[] = [];
  const { protocol, receiveMaximum } = lies;
  const five = protocol === 5;
  const limit =
    receiveMaximum === undefined ? [0] : [3, 0x21, receiveMaximum >> 8, receiveMaximum & 255];

  const take = (socket: Socket, head: number, body: Buffer): void => {
    packets.push({ head, body });
    const type = head >> 4;
    if (type === 1) {
      const properties = five ? limit : [];
      socket.write(Buffer.from([0x20, 2 + properties.length, 0, 0, ...properties]));
    }
    if (type === 3) {
      const idAt = 2 + body.readUInt16BE(0);
      unanswered.push(body.subarray(idAt, idAt + 2));
    }
    if (type === 8) {
      if (lies.beforeSuback !== undefined) socket.write(lies.beforeSuback);
      const granted = [...body.subarray(0, 2), ...(five ? [0] : []), 1];
      socket.write(Buffer.from([0x90, granted.length, ...granted]));
    }
  };
  const server = createServer((socket) => {
    sockets.push(socket);
    unanswered.length = 0;
    let held: Buffer = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      for (;;) {
        const frame = frameOf(held);
        if (frame === null) return;
        held = held.subarray(frame.end);
        take(socket, frame.head, frame.body);
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
      resolve({
        url: `mqtt://127.0.0.1:${port}`,
        packets,
        send: (bytes) => void sockets.at(-1)?.write(bytes),
        puback() {
          const id = unanswered.shift();
          if (id !== undefined) sockets.at(-1)?.write(Buffer.from([0x40, 2, ...id]));
        },
        close: () =>
          new Promise((closed) => {
            for (const socket of sockets) socket.destroy();
            server.close(() => closed());
          }),
      });
    });
  });
}

/** The first whole packet of what has come. */
function frameOf(bytes: Buffer): { head: number; body: Buffer; end: number } | null {
  const [head] = bytes;
  let length = 0;
  for (let at = 1; at <= 4; at += 1) {
    const digit = bytes[at];
    if (head === undefined || digit === undefined) return null;
    length += (digit & 127) * 128 ** (at - 1);
    if (digit >= 128) continue;
    const end = at + 1 + length;
    return end > bytes.length ? null : { head, body: bytes.subarray(at + 1, end), end };
  }
  return null;
}
