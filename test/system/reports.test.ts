/**
 * A gate's journal, its reports, a real broker and the collector, together: whatever the broker does,
 * every record reaches the collector's database once, in order, and nothing is forgotten before.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../config/crypto/ed25519-key.js';
import { systemClock, systemScheduler } from '../../hardware/linux/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { type Collector, startCollector } from '../../kiosk/collector/collector.js';
import { collectorLink } from '../../kiosk/collector/link.js';
import { wholeSite } from '../../kiosk/collector/shard.js';
import type { Head } from '../../kiosk/journal/chain.js';
import { openJournal } from '../../kiosk/journal/journal.js';
import { connectBroker, type PublishResult } from '../../kiosk/report/broker-link.js';
import { signReceipt } from '../../kiosk/report/receipt.js';
import { type Reporter, startReporter } from '../../kiosk/report/reporter.js';
import { gateTopics } from '../../kiosk/report/topics.js';
import {
  collectorKey,
  collectorName,
  kiosk,
  type StoreRig,
  site,
  storeRig,
} from '../kiosk/collector/rig.js';
import { isMosquittoMissing, type Mosquitto, startMosquitto } from './mosquitto.js';
import { type Access, secure, shippedBroker } from './shipped-broker.js';
import { slowLine } from './slow-line.js';

const clock = systemClock();
const scheduler = systemScheduler();
const names = { site, kiosk };
const topics = gateTopics(names);
const journalId = '5a'.repeat(16);
const at = new Date(clock.now().wallMs).toISOString();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface GateRun {
  readonly reporter: Reporter;
  readonly faults: readonly string[];
  record(count: number, fields?: Record<string, string | readonly string[]>): Promise<void>;
  /** the journal's: a hash that covers all before it */
  head(): Head;
  stop(): Promise<void>;
}

/** The report side of a gate on a journal of its own folder. */
async function startGate(folder: string, access: Access): Promise<GateRun> {
  const opened = await openJournal({
    file: join(folder, 'journal.db'),
    bootId: 'boot',
    at,
    newJournalId: journalId,
    previous: null,
  });
  if (!opened.ok) throw new Error(`${opened.why}: ${opened.detail}`);
  const { journal, outbox, reported, restored } = opened;
  const faults: string[] = [];
  const reporter = startReporter({
    ...{ names, bootId: 'boot', version: 'test', journal: restored.journal, head: restored.head },
    ...{ outbox, reported, clock, scheduler },
    collectors: [{ name: collectorName, key: collectorKey.publicKey }],
    deviceKey,
    random: random(Date.now()).bytes,
    log: pino({ level: 'silent' }),
    facts: () => ({ wallMs: clock.now().wallMs, clock: 'synced', devices: {}, config: {} }),
    maskOf: () => null,
    fault: (fault, on) => faults.push(`${fault} ${on}`),
    connect: (wishes, events) =>
      connectBroker(
        { ...access, clientId: kiosk, keepAliveSeconds: 5, sessionSeconds: 60, ...wishes },
        { clock, scheduler, chance: () => 0 },
        events,
      ),
  });
  let head: Head = restored.head;
  let requests = 0;
  const waiting = new Map<number, () => void>();
  journal.subscribe((event) => {
    if (event.type === 'committed') {
      head = { seq: event.lastSeq, hash: event.hash };
      reporter.committed(head);
    }
    waiting.get(event.id)?.();
  });
  let isStopped = false;
  const self: GateRun = {
    reporter,
    faults,
    async record(count, fields = {}) {
      for (let left = count; left > 0; left -= 250) {
        requests += 1;
        const records = Array.from({ length: Math.min(250, left) }, (_, index) => ({
          ...{ type: 'panel', at, index },
          ...fields,
        }));
        const written = new Promise<void>((resolve) => waiting.set(requests, resolve));
        journal.append({ id: requests, records, uses: [], urgent: true });
        await written;
      }
    },
    head: () => head,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await reporter.stop();
      await journal.close();
    },
  };
  ends.push(self.stop);
  return self;
}

const deviceKey = generatePrivateKey();

function collect(rig: StoreRig, access: Access): Collector {
  const collector = startCollector({
    ...{ site, name: collectorName, key: collectorKey, shard: wholeSite, store: rig.store },
    ...{ clock, scheduler },
    kiosks: new Map([[kiosk, deviceKey.publicKey]]),
    unknownKiosks: 'collect',
    notGates: new Set([collectorName]),
    connect: collectorLink(
      { ...access, site, name: collectorName, shard: wholeSite },
      { clock, scheduler, chance: () => 0 },
    ),
    observe: () => {},
  });
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await collector.close();
  };
  ends.push(close);
  return { close };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function temporaryStore(): StoreRig {
  const rig = storeRig();
  ends.push(() => rig.dispose());
  return rig;
}

async function broker(...options: Parameters<typeof startMosquitto>): Promise<Mosquitto> {
  const started = await startMosquitto(...options);
  ends.push(() => started.close());
  return started;
}

/** Looks again after a while, as long as the test's own limit allows. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20);
}
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    scheduler.at(clock.now().monotonicMs + ms, resolve);
  });
}
const isDrained = (gate: GateRun) => () => gate.reporter.figures().backlog === 0;

/** Once, in order, and the same as in the journal. */
function expectWhole(rig: StoreRig, gate: GateRun): void {
  const { seq, hash } = gate.head();
  const held = rig.held(journalId);
  expect(held.map((row) => row.seq)).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
  expect(held.at(-1)?.hash).toBe(hash);
  // What a broker has forgotten leaves a gap until it has come again.
  expect(rig.faults().filter((fault) => !fault.endsWith(' closed'))).toEqual([]);
  expect(gate.reporter.figures()).toMatchObject({ backlog: 0, released: seq });
}

for (const protocol of [5, 4] as const)
  describe.skipIf(isMosquittoMissing)(
    `on mosquitto (skipped without it), ${protocol === 5 ? 'MQTT 5' : 'MQTT 3.1.1'}`,
    () => {
      const plain = ({ url }: Mosquitto): Access => ({ url, protocol, tls: null });

      test('killed, wiped, frozen and started again in the middle: nothing is lost', async () => {
        const mosquitto = await broker();
        const rig = temporaryStore();
        collect(rig, plain(mosquitto));
        const gate = await startGate(temporaryFolder(), plain(mosquitto));
        for (const round of [1, 2, 3]) {
          await gate.record(2_000);
          await until(() => rig.held(journalId).length > (round - 1) * 2_000 + 50);
          await mosquitto.kill();
          mosquitto.wipe();
          await gate.record(500);
          await mosquitto.start();
        }
        mosquitto.freeze();
        await gate.record(500);
        await wait(1_000);
        mosquitto.thaw();
        await until(isDrained(gate));
        expectWhole(rig, gate);
      });

      test('the shipped ACL and TLS 1.3: a gate writes its own, and nobody else’s', async () => {
        const mosquitto = await broker(
          shippedBroker([kiosk, 'another-gate', collectorName, 'nobody']),
        );
        const rig = temporaryStore();
        collect(rig, secure(mosquitto, collectorName, protocol));
        const gate = await startGate(temporaryFolder(), secure(mosquitto, kiosk, protocol));
        await gate.record(300);
        await until(isDrained(gate));
        expectWhole(rig, gate);
        // One with another gate's certificate writes under this gate's name: it never arrives.
        const before = rig.held(journalId).length;
        const forger = await publisher(secure(mosquitto, 'another-gate', protocol));
        const refused = await forger.publish(topics.events, '{"forged":1}');
        expect(refused).toMatchObject(protocol === 5 ? { ok: false, code: 135 } : { ok: true });
        const spoof = signReceipt(
          collectorKey,
          names,
          { journal: journalId, ...gate.head() },
          { collector: collectorName },
        );
        await forger.publish(topics.receipt, JSON.stringify(spoof));
        await gate.record(1);
        await until(isDrained(gate));
        expect(rig.held(journalId).length).toBe(before + 1);
        expect(gate.faults).toEqual([]);
        expect(gate.reporter.figures().counts.get('receipt/bad-form')).toBeUndefined();
      });

      test('a gate whose name the ACL does not know is refused, says so, and loses nothing', async () => {
        const mosquitto = await broker(
          shippedBroker([kiosk, 'another-gate', collectorName, 'nobody']),
        );
        const rig = temporaryStore();
        collect(rig, secure(mosquitto, collectorName, protocol));
        const folder = temporaryFolder();
        const refused = await startGate(folder, secure(mosquitto, 'nobody', protocol));
        await refused.record(20);
        if (protocol === 5) await until(() => refused.faults.includes('reports-refused true'));
        else await until(() => (refused.reporter.figures().counts.get('publish/taken') ?? 0) > 1);
        expect(rig.held(journalId)).toEqual([]);
        await refused.stop();
        const gate = await startGate(folder, secure(mosquitto, kiosk, protocol));
        await until(isDrained(gate));
        expectWhole(rig, gate);
      });

      test('a forged receipt releases nothing, and is an alarm', async () => {
        const mosquitto = await broker();
        const gate = await startGate(temporaryFolder(), plain(mosquitto));
        await gate.record(50);
        // Before it has subscribed nobody can lie to it: the broker keeps no receipt.
        await until(() => (gate.reporter.figures().counts.get('publish/taken') ?? 0) > 0);
        const liar = await publisher(plain(mosquitto));
        const stored = { journal: journalId, ...gate.head() };
        const more = { collector: collectorName };
        const forged = signReceipt(generatePrivateKey(), names, stored, more);
        await liar.publish(topics.receipt, JSON.stringify(forged));
        await until(() => gate.faults.length === 1);
        // A true one for another history.
        const other = signReceipt(collectorKey, names, { ...stored, hash: '0'.repeat(64) }, more);
        await liar.publish(topics.receipt, JSON.stringify(other));
        await until(() => gate.reporter.figures().counts.get('receipt/other-hash') === 1);
        expect(gate.faults).toEqual(['receipt-refused true']);
        expect(gate.reporter.figures()).toMatchObject({ released: 0, backlog: 51 });
      });

      test('a queue that is full for a collector that is away: what did not fit goes out again', async () => {
        const mosquitto = await broker({ config: () => 'max_queued_messages 3' });
        const rig = temporaryStore();
        await collect(rig, plain(mosquitto)).close();
        const gate = await startGate(temporaryFolder(), plain(mosquitto));
        await gate.record(6_000);
        await until(() => (gate.reporter.figures().counts.get('publish/taken') ?? 0) > 10);
        collect(rig, plain(mosquitto));
        await until(isDrained(gate));
        expectWhole(rig, gate);
      });

      test('what a party is told stands at the broker, a wiped one too', async () => {
        const mosquitto = await broker();
        const gate = await startGate(temporaryFolder(), plain(mosquitto));
        await gate.record(1, { type: 'decision', outcome: 'refer', tells: ['health-office'] });
        await until(() => gate.reporter.figures().openNotices === 1);
        const notice = topics.notice(`${journalId.slice(0, 8)}-2-health-office`);
        const look = async (): Promise<void> => {
          const reader = await publisher(plain(mosquitto), [topics.notice('+'), topics.state]);
          await until(() => reader.seen.has(notice) && reader.seen.has(topics.state));
          await reader.close();
        };
        await look();
        await mosquitto.kill();
        mosquitto.wipe();
        await mosquitto.start();
        await look();
      });
    },
  );

/** A journal with records that nobody has seen; notices among them. */
async function leaveBehind(folder: string, count: number, notices = 0, text = ''): Promise<void> {
  const nobody: Access = { url: 'mqtt://127.0.0.1:9', protocol: 5, tls: null };
  const gate = await startGate(folder, nobody);
  await gate.record(count - notices, { text });
  await gate.record(notices, { type: 'decision', outcome: 'refer', tells: ['health-office'] });
  await gate.stop();
}

test.skipIf(isMosquittoMissing)(
  'a line of 3 kB a second: 200 records and 20 notices get through (skipped without mosquitto)',
  async () => {
    const mosquitto = await broker();
    const rig = temporaryStore();
    collect(rig, { url: mosquitto.url, protocol: 5, tls: null });
    const folder = temporaryFolder();
    await leaveBehind(folder, 200, 20, 'x'.repeat(300));
    const line = await slowLine(mosquitto.port, 3_000);
    ends.push(() => line.close());
    const gate = await startGate(folder, { url: line.url, protocol: 5, tls: null });
    await until(isDrained(gate));
    expectWhole(rig, gate);
    // A batch of 64 KiB takes longer than the keep-alive lasts, one of 32 KiB too.
    expect(line.connections()).toBeLessThanOrEqual(4);
    expect(gate.reporter.figures().openNotices).toBe(20);
  },
);

describe.skipIf(isMosquittoMissing)('70,000 records behind (skipped without mosquitto)', () => {
  let behind = '';
  beforeAll(async () => {
    behind = mkdtempSync(join(tmpdir(), 'behind-'));
    await leaveBehind(behind, 70_000);
  });
  afterAll(() => rmSync(behind, { recursive: true, force: true }));

  for (const protocol of [5, 4] as const)
    test(`MQTT ${protocol === 5 ? '5' : '3.1.1'}: each reaches the collector once, in order`, async () => {
      const mosquitto = await broker();
      const access: Access = { url: mosquitto.url, protocol, tls: null };
      const folder = temporaryFolder();
      cpSync(behind, folder, { recursive: true });
      const rig = temporaryStore();
      collect(rig, access);
      const began = clock.now().monotonicMs;
      const gate = await startGate(folder, access);
      await until(isDrained(gate));
      const seconds = (clock.now().monotonicMs - began) / 1_000;
      expect(gate.head().seq).toBeGreaterThan(70_000);
      console.log(`${gate.head().seq} records drained and stored in ${seconds.toFixed(1)} s`);
      expectWhole(rig, gate);
    });
});

/** Anybody else on the broker. */
async function publisher(access: Access, filters: readonly string[] = []) {
  const seen = new Set<string>();
  let up: () => void = () => {};
  const isUp = new Promise<void>((resolve) => {
    up = resolve;
  });
  const link = connectBroker(
    { ...access, clientId: 'somebody', keepAliveSeconds: 30, sessionSeconds: 0, filters },
    { clock, scheduler, chance: () => 0 },
    {
      up: () => up(),
      down: () => {},
      message(message, taken) {
        // Retained, or told while this one listened.
        if (message.payload.length > 0) seen.add(message.topic);
        taken();
      },
    },
  );
  ends.push(() => link.close());
  await isUp;
  return {
    seen,
    publish: (topic: string, payload: string) =>
      new Promise<PublishResult>((resolve) => {
        link.publish({ topic, payload, retain: false }, resolve);
      }),
    close: () => link.close(),
  };
}
