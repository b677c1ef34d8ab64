/**
 * A backlog goes out: read from the journal, batched and published, beside raw publishes of the same
 * payloads by the same library, both with 64 under way, to a broker on this machine.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { batchRowsMax, encodeBatch, pageBytesMax } from '../../kiosk/report/batch.js';
import { type BrokerLink, type Connection, connectBroker } from '../../kiosk/report/broker-link.js';
import { startDrain } from '../../kiosk/report/drain.js';
import { windowLimits } from '../../kiosk/report/publish-window.js';
import type { Bench } from './harness.js';

const at = '2020-02-10T08:00:00.000Z';
const recordCount = 20_000;
const perRequest = 250;
const program = '/usr/sbin/mosquitto';

/** @param folder on the disk to be measured; none without a broker program */
export async function drainBenches(folder: string): Promise<readonly Bench[]> {
  if (spawnSync(program, ['-h']).error !== undefined) {
    process.stderr.write(`drain: left out, there is no ${program}\n`);
    return [];
  }
  const port = await freePort();
  const broker = spawn(program, ['-p', String(port)], { stdio: 'ignore' });
  const url = `mqtt://127.0.0.1:${port}`;
  const raw = await rawClient(url, broker);
  const opened = await openJournal({
    file: join(folder, 'drain.db'),
    bootId: 'bench',
    at,
    newJournalId: '00'.repeat(16),
    previous: null,
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { journal, outbox, restored } = opened;
  await fill(journal);
  const clock = systemClock();
  const scheduler = systemScheduler();
  let link: BrokerLink | null = null;
  const connection = await new Promise<Connection>((up) => {
    link = connectBroker(
      {
        url,
        protocol: 5,
        clientId: 'bench-gate',
        keepAliveSeconds: 30,
        tls: null,
        filters: [],
        sessionSeconds: 0,
      },
      { clock, scheduler, chance: () => 0 },
      { up, down: () => {}, message: (_message, taken) => taken() },
    );
  });
  const { payloads, lasts } = await batchesOf(outbox, restored.journal);
  return [
    {
      name: `${recordCount} records drained in ${payloads.length} batches`,
      floorName: 'raw publishes of the same payloads, as many under way',
      rounds: 40,
      itemsPerRound: recordCount,
      warmUpRounds: 5,
      subject: () =>
        new Promise((done) => {
          let index = 0;
          const drain = startDrain({
            journal: restored.journal,
            outbox,
            topic: 'gk/1/bench/gate/ev',
            clock,
            scheduler,
            released: null,
            publish: (message, answered) =>
              link?.publish(message, (result) => {
                if (!result.ok) throw new Error(result.why);
                answered(result);
                // A collector that is as quick as the broker.
                drain.received(lasts[index] ?? 0);
                index += 1;
                if (index < payloads.length) return;
                drain.stop();
                done();
              }),
            refused: () => {},
          });
          drain.head(recordCount + 1);
          drain.up({ ...connection, receiveMaximum: windowLimits.sizeMax });
        }),
      floor: () => publishAll(raw, payloads),
      async close() {
        await link?.close();
        await raw.endAsync();
        broker.kill();
        await journal.close();
      },
    },
  ];
}

type OpenJournal = Extract<Awaited<ReturnType<typeof openJournal>>, { ok: true }>;

async function fill(journal: OpenJournal['journal']): Promise<void> {
  for (let id = 0; id < recordCount / perRequest; id += 1)
    await new Promise<void>((resolve) => {
      const cancel = journal.subscribe(() => {
        cancel();
        resolve();
      });
      const records = Array.from({ length: perRequest }, (_, index) => ({
        type: 'evidence',
        at,
        attempt: index,
        document: 'a1'.repeat(16),
        kind: 'campus-card-code',
        identity: { space: 'campus-id', token: 'b2'.repeat(16) },
      }));
      journal.append({ id, records, uses: [], urgent: true });
    });
}

async function batchesOf(
  outbox: OpenJournal['outbox'],
  journal: string,
): Promise<{ readonly payloads: readonly Uint8Array[]; readonly lasts: readonly number[] }> {
  const payloads: Uint8Array[] = [];
  const lasts: number[] = [];
  for (let after = 0; after < recordCount + 1; ) {
    const limits = { bytesMax: pageBytesMax, rowsMax: batchRowsMax, through: recordCount + 1 };
    const page = await outbox.read(after, limits);
    if (!page.ok) throw new Error(page.why);
    payloads.push(encodeBatch(journal, page.result, false));
    after = page.result.last;
    lasts.push(after);
  }
  return { payloads, lasts };
}

function publishAll(client: MqttClient, payloads: readonly Uint8Array[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let left = payloads.length;
    const one = (): void => {
      const payload = payloads[next];
      next += 1;
      if (payload === undefined) return;
      client.publish('gk/1/bench/raw/ev', Buffer.from(payload), { qos: 1 }, (error) => {
        if (error != null) return reject(error);
        left -= 1;
        if (left === 0) resolve();
        else one();
      });
    };
    for (let under = 0; under < windowLimits.sizeMax; under += 1) one();
  });
}

/** Tries until the broker listens. */
async function rawClient(url: string, broker: ChildProcess): Promise<MqttClient> {
  while (broker.exitCode === null) {
    try {
      return await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  throw new Error('the broker does not start');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
