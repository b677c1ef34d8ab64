/**
 * A broker and a collector at the near end of the link: takes batches in order, and signs for what it
 * has. What it has signed for is said before the gate hears of it, so that it outlives the process.
 */
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import type { Head } from '../../kiosk/journal/chain.js';
import { parseBatch } from '../../kiosk/report/batch.js';
import type { BrokerEvents, BrokerLink } from '../../kiosk/report/broker-link.js';
import { signReceipt } from '../../kiosk/report/receipt.js';
import { gateTopics } from '../../kiosk/report/topics.js';
import { collectorName, names } from './stage.js';
import type { Watch } from './watched-ports.js';

const topics = gateTopics(names);

/**
 * @param key the collector's
 * @param received where it stands
 * @param events the gate's side of the link
 * @returns the link, up at once
 * @throws where it is sent another history than the one it has signed for
 */
export function nearCollector(
  key: PrivateKey,
  received: Head,
  { say, at, sabotage }: Watch,
  events: BrokerEvents,
): BrokerLink {
  let has = received;
  const signed = (journal: string): Uint8Array =>
    Buffer.from(
      JSON.stringify(signReceipt(key, names, { journal, ...has }, { collector: collectorName })),
    );
  const take = (payload: Uint8Array): void => {
    const parsed = parseBatch(payload);
    if (!parsed.ok) throw new Error(`the gate sends a batch that is ${parsed.why}`);
    const { journal, records, prevHash } = parsed.batch;
    const first = records[0]?.seq ?? 0;
    // A gap is the broker's loss: the next batches come from behind the last receipt.
    if (first > has.seq + 1) return;
    const known =
      first === has.seq + 1 ? prevHash : records.find(({ seq }) => seq === has.seq)?.hash;
    const last = records.at(-1);
    if (last === undefined || last.seq <= has.seq) return;
    if (known !== has.hash) throw new Error(`another history than was signed for at ${has.seq}`);
    // A gate that forgets more than it was told to is seen to do so where it was told of little.
    const until = sabotage === 'release beyond the receipt' ? records[0] : last;
    if (until === undefined || until.seq <= has.seq) return;
    has = { seq: until.seq, hash: until.hash };
    say({ said: 'receipt', ...has });
    at('receipt signed');
    const receipt = { topic: topics.receipt, payload: signed(journal), retained: false };
    events.message(receipt, () => {});
    at('receipt heard');
  };

  queueMicrotask(() =>
    events.up({ sessionPresent: false, receiveMaximum: 16, packetBytesMax: 131_072 }),
  );
  return {
    publish({ topic, payload }, done) {
      if (topic !== topics.events) return queueMicrotask(() => done({ ok: true }));
      at('batch asked');
      queueMicrotask(() => {
        take(Buffer.from(payload));
        done({ ok: true });
        at('batch sent');
      });
    },
    subscribe() {},
    unsubscribe() {},
    drop: () => {},
    close: async () => {},
  };
}
