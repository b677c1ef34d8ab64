/** The collector on a real broker, which is killed, wiped and frozen under it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { backUp, restoreBackup } from '../../kiosk/collector/backup.js';
import { type Collector, startCollector } from '../../kiosk/collector/collector.js';
import { collectorLink } from '../../kiosk/collector/link.js';
import { kioskNumber, wholeSite } from '../../kiosk/collector/shard.js';
import { connectBroker, type OutMessage } from '../../kiosk/report/broker-link.js';
import { gateTopics } from '../../kiosk/report/topics.js';
import {
  collectorKey,
  collectorName,
  journalId,
  type MadeJournal,
  madeJournal,
  plain,
  type StoreRig,
  site,
  storeRig,
} from '../kiosk/collector/rig.js';
import { isMosquittoMissing, startMosquitto } from './mosquitto.js';
import { type SendingGate, sendJournal } from './sending-gate.js';

const collectors = [{ name: collectorName, key: collectorKey.publicKey }];
const clock = systemClock();
const scheduler = systemScheduler();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function collect(rig: StoreRig, url: string, protocol: 4 | 5, shard = wholeSite): Collector {
  const tools = { clock, scheduler, chance: () => 0 };
  return startCollector({
    ...{ site, name: collectorName, key: collectorKey, shard, store: rig.store },
    ...{ clock, scheduler },
    kiosks: new Map(),
    unknownKiosks: 'collect',
    notGates: new Set([collectorName]),
    connect: collectorLink({ url, protocol, tls: null, site, name: collectorName, shard }, tools),
    observe: () => {},
  });
}

async function begin(protocol: 4 | 5) {
  const broker = await startMosquitto();
  ends.push(() => broker.close());
  const rig = storeRig();
  ends.push(() => rig.dispose());
  const run = { collector: collect(rig, broker.url, protocol) };
  ends.push(() => run.collector.close());
  const gates: SendingGate[] = [];
  ends.push(() => Promise.all(gates.map((gate) => gate.close())));
  return {
    broker,
    rig,
    async restartCollector() {
      await run.collector.close();
      rig.reopen();
      run.collector = collect(rig, broker.url, protocol);
    },
    run,
    gate(kiosk: string, journal: MadeJournal, batchRows = 20, released = 0): SendingGate {
      const names = { site, kiosk };
      const gate = sendJournal({
        ...{ url: broker.url, protocol, names, journal, batchRows, collectors, released },
      });
      gates.push(gate);
      return gate;
    },
  };
}

/** One message of a client of its own. */
function publish(url: string, protocol: 4 | 5, message: OutMessage): Promise<void> {
  return new Promise((resolve) => {
    const options = { url, protocol, tls: null, clientId: 'one', keepAliveSeconds: 30 };
    const link = connectBroker(
      { ...options, sessionSeconds: 0, filters: [] },
      { clock, scheduler, chance: () => 0 },
      {
        up: () => link.publish(message, () => void link.close().then(resolve)),
        down: () => {},
        message: (_message, taken) => taken(),
      },
    );
  });
}

/** Looks until it is so. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (isSo()) resolve();
      else scheduler.at(clock.now().monotonicMs + 20, look);
    };
    look();
  });
}

/** Everything is there, once, in order. */
function expectWhole(rig: StoreRig, kiosk: string, journal: MadeJournal): void {
  expect(rig.held(journal.id, kiosk)).toEqual(journal.rows.map(({ seq, hash }) => ({ seq, hash })));
}

for (const protocol of [5, 4] as const) {
  const on = protocol === 5 ? 'MQTT 5' : 'MQTT 3.1.1';
  describe.skipIf(isMosquittoMissing)(`on mosquitto (skipped without it), ${on}`, () => {
    test('gates send what they have, and each gets a receipt for its last record', async () => {
      const { rig, gate } = await begin(protocol);
      const journals = [1, 2, 3].map((serial) => madeJournal(journalId(serial), plain(300)));
      const gates = journals.map((journal, index) => gate(`gate-${index}`, journal));
      await Promise.all(gates.map(({ done }) => done));
      for (const [index, journal] of journals.entries()) {
        expectWhole(rig, `gate-${index}`, journal);
        const seqs = gates[index]?.receipts.map(({ seq }) => seq) ?? [];
        expect(seqs).toEqual([...seqs].sort((left, right) => left - right));
      }
    });

    test('two collectors with a shard each take every gate once between them', async () => {
      const { broker, rig, gate, run } = await begin(protocol);
      await run.collector.close();
      run.collector = collect(rig, broker.url, protocol, { index: 0, count: 2 });
      const other = storeRig();
      ends.push(() => other.dispose());
      const second = collect(other, broker.url, protocol, { index: 1, count: 2 });
      ends.push(() => second.close());
      const kiosks = ['gate-1', 'gate-2', 'gate-3', 'gate-4'];
      const journals = kiosks.map((_, index) => madeJournal(journalId(index), plain(100)));
      const gates = journals.map((journal, index) => gate(kiosks[index] ?? '', journal));
      await Promise.all(gates.map(({ done }) => done));
      for (const [index, kiosk] of kiosks.entries()) {
        const [journal] = journals.slice(index);
        if (journal === undefined) throw new Error('no journal');
        const isFirsts = kioskNumber(kiosk) % 2 === 0;
        expectWhole(isFirsts ? rig : other, kiosk, journal);
        expect((isFirsts ? other : rig).held(journal.id, kiosk)).toEqual([]);
      }
    });

    test('a broker that is killed and has forgotten everything costs nothing', async () => {
      const { broker, rig, gate } = await begin(protocol);
      const journal = madeJournal(journalId(1), plain(400));
      const sending = gate('gate-1', journal);
      for (const seq of [60, 200]) {
        await sending.reached(seq);
        await broker.kill();
        broker.wipe();
        await broker.start();
      }
      await sending.done;
      expectWhole(rig, 'gate-1', journal);
    });

    test('a broker that stands still for a while costs nothing', async () => {
      const { broker, rig, gate } = await begin(protocol);
      const journal = madeJournal(journalId(1), plain(400));
      const sending = gate('gate-1', journal);
      await sending.reached(60);
      broker.freeze();
      await new Promise<void>((resolve) => {
        scheduler.at(clock.now().monotonicMs + 500, () => {
          broker.thaw();
          resolve();
        });
      });
      await sending.done;
      expectWhole(rig, 'gate-1', journal);
    });

    test('a restored collector says where its backup ends: a gate that goes by it sends the rest again', async () => {
      const { broker, rig, gate, run } = await begin(protocol);
      await run.collector.close();
      const journal = madeJournal(journalId(1), plain(400));
      rig.take(journal.batch(1, 100), 'gate-1');
      rig.take(journal.batch(101, 200), 'gate-1');
      const backup = join(rig.folder, 'backup.db');
      expect(backUp(rig.file, backup).ok).toBe(true);
      rig.take(journal.batch(201, 300), 'gate-1');
      rig.store.close();
      for (const end of ['', '-wal', '-shm']) rmSync(`${rig.file}${end}`, { force: true });
      expect(restoreBackup(backup, rig.file).ok).toBe(true);
      rig.reopen();
      run.collector = collect(rig, broker.url, protocol);
      const sending = gate('gate-1', journal, 20, 300);
      await sending.done;
      expect(sending.receipts[0]?.seq).toBe(200);
      expectWhole(rig, 'gate-1', journal);
      expect(rig.faults().filter((fault) => !fault.endsWith('closed'))).toEqual([]);
    });

    test('a notice that was cleared while no collector was there is closed when one comes', async () => {
      const { broker, rig, restartCollector, run } = await begin(protocol);
      const topics = gateTopics({ site, kiosk: 'gate-1' });
      const notice = (id: string): string =>
        JSON.stringify({ id, kind: 'fever', party: 'college', at: '2020-02-12T00:00:00Z' });
      const openIds = (): readonly unknown[] =>
        rig.store.database
          .prepare('SELECT id FROM notices WHERE unseenMs IS NULL ORDER BY id')
          .pluck()
          .all();
      const say = async (...messages: readonly (readonly [string, string])[]): Promise<void> => {
        for (const [topic, payload] of messages)
          await publish(broker.url, protocol, { topic, payload, retain: true });
      };
      const state = [topics.state, '{"online":true,"session":"1"}'] as const;
      const second = [topics.notice('2-college'), notice('2-college')] as const;
      await say(state, [topics.notice('1-college'), notice('1-college')], second);
      await until(() => openIds().length === 2);
      await run.collector.close();
      // The collector's session is forgotten with all that waited for it.
      await broker.kill();
      await broker.start();
      await say(state, second);
      await restartCollector();
      await until(() => openIds().length === 1);
      expect(openIds()).toEqual(['2-college']);
    });

    test('a collector that is started again goes on where it was', async () => {
      const { rig, gate, restartCollector } = await begin(protocol);
      const journal = madeJournal(journalId(1), plain(400));
      const sending = gate('gate-1', journal);
      await sending.reached(60);
      await restartCollector();
      await sending.reached(200);
      await restartCollector();
      await sending.done;
      expectWhole(rig, 'gate-1', journal);
      expect(rig.faults().filter((fault) => !fault.endsWith('closed'))).toEqual([]);
    });
  });
}
