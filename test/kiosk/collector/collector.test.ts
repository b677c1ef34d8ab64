import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import {
  type CollectorOptions,
  collectorLimits,
  startCollector,
} from '../../../kiosk/collector/collector.js';
import type { CollectorEvent } from '../../../kiosk/collector/events.js';
import type { GateState } from '../../../kiosk/collector/gates.js';
import { acknowledge } from '../../../kiosk/collector/notices.js';
import { kioskNumber, wholeSite } from '../../../kiosk/collector/shard.js';
import { standingMax } from '../../../kiosk/collector/standing.js';
import { nothingStored } from '../../../kiosk/collector/take.js';
import { tellLimits } from '../../../kiosk/collector/teller.js';
import type { BrokerEvents, OutMessage, PublishResult } from '../../../kiosk/report/broker-link.js';
import { isSignedNoticeAck, parseNoticeAck } from '../../../kiosk/report/notice-ack.js';
import { isSignedReceipt, parseReceipt, type Receipt } from '../../../kiosk/report/receipt.js';
import { cosignedAt, signCheckpoint } from '../../../kiosk/report/signed-note.js';
import { gateTopics, settledTopic } from '../../../kiosk/report/topics.js';
import {
  collectorKey,
  collectorName,
  journalId,
  kiosk,
  madeJournal,
  plain,
  type StoreRig,
  site,
  startMs,
  storeRig,
} from './rig.js';

const names = { site, kiosk };
const topics = gateTopics(names);
const device = generatePrivateKey();
const collectors = [{ name: collectorName, key: collectorKey.publicKey }];
const witness = { name: collectorName, key: collectorKey.publicKey };
const connection = { sessionPresent: false, receiveMaximum: 20, packetBytesMax: 131_072 };

let rig: StoreRig;
beforeEach(() => {
  rig = storeRig();
});
afterEach(() => rig.dispose());

/** A collector on a link that the test holds in its hands, in virtual time. */
function begin(change: Partial<CollectorOptions> = {}) {
  const time = virtualClock({ wallMs: startMs });
  const sent: OutMessage[] = [];
  const events: CollectorEvent[] = [];
  const answers: ((result: PublishResult) => void)[] = [];
  const dropped: string[] = [];
  const marks: string[] = [];
  let broker: BrokerEvents | null = null;
  let isAnswering = true;
  const collector = startCollector({
    site,
    name: collectorName,
    key: collectorKey,
    kiosks: new Map([[kiosk, device.publicKey]]),
    unknownKiosks: 'collect',
    notGates: new Set([collectorName]),
    shard: wholeSite,
    store: rig.store,
    clock: time,
    scheduler: time,
    connect(own) {
      broker = own;
      return {
        publish(message, done) {
          if (message.topic === settledTopic(site)) {
            marks.push(message.payload.toString());
            return queueMicrotask(() => done({ ok: true }));
          }
          sent.push(message);
          if (isAnswering) queueMicrotask(() => done({ ok: true }));
          else answers.push(done);
        },
        subscribe() {},
        unsubscribe() {},
        drop: (why) => void dropped.push(why),
        close: () => Promise.resolve(),
      };
    },
    observe: (event) => events.push(event),
    ...change,
  });
  let takenCount = 0;
  const it = () => {
    if (broker === null) throw new Error('no link');
    return broker;
  };
  return {
    collector,
    time,
    sent,
    events,
    dropped,
    answers,
    hold() {
      isAnswering = false;
    },
    up: () => it().up(connection),
    down: () => it().down('a cable'),
    taken: () => takenCount,
    marks,
    message(topic: string, payload: Uint8Array | string, retained = false) {
      it().message({ topic, payload: Buffer.from(payload), retained }, () => {
        takenCount += 1;
      });
    },
    /** Lets a beat pass, and returns the receipts that have gone out since the last call. */
    receipts(): readonly Receipt[] {
      time.advance(20);
      return sent.splice(0).flatMap(({ topic, payload }) => {
        if (!topic.endsWith('/ev/ack')) return [];
        const receipt = parseReceipt(Buffer.from(payload));
        if (receipt === null) throw new Error('no receipt');
        expect(
          isSignedReceipt(receipt, { site, kiosk: topic.split('/')[3] ?? '' }, collectors),
        ).toBe(true);
        return [receipt];
      });
    },
  };
}

const journal = madeJournal(journalId(1), plain(20));
const other = madeJournal(journalId(1), plain(20, 'b'));
const headOf = (seq: number) => ({ journal: journal.id, seq, hash: journal.hashAt(seq) });
const noteAt = (seq: number, of = journal, key = device): string =>
  signCheckpoint(key, {
    origin: `gk/1/${site}/${kiosk}/${of.id}`,
    head: { seq, hash: of.hashAt(seq) },
  });

function refusedCounts() {
  return rig.store.database
    .prepare("SELECT kiosk, theirs, count FROM faults WHERE kind = 'refused' ORDER BY 1, 2")
    .all();
}

describe('a receipt', () => {
  test('is signed, for what is on the disk, once for all that came within a beat', () => {
    const { up, message, receipts, sent } = begin();
    up();
    message(topics.events, journal.bytes(1, 4));
    message(topics.events, journal.bytes(5, 9));
    expect(sent).toEqual([]);
    expect(rig.held(journal.id)).toEqual([]);
    const [receipt, ...more] = receipts();
    expect(receipt).toMatchObject(headOf(9));
    expect(more).toEqual([]);
    expect(rig.held(journal.id)).toHaveLength(9);
  });

  test('is sent again for what came twice or cannot follow, and never for what is not there', () => {
    const { up, message, receipts } = begin();
    up();
    message(topics.events, journal.bytes(3, 4));
    // Nothing is here: it is to begin at record 1.
    expect(receipts()).toMatchObject([nothingStored]);
    message(topics.events, journal.bytes(1, 4));
    expect(receipts()).toMatchObject([headOf(4)]);
    message(topics.events, journal.bytes(2, 3));
    expect(receipts()).toMatchObject([headOf(4)]);
    message(topics.events, journal.bytes(9));
    expect(receipts()).toMatchObject([headOf(4)]);
    message(topics.events, other.bytes(1));
    expect(receipts()).toMatchObject([headOf(4)]);
  });

  test('tells every gate where it stands when the link, or the gate, comes back', () => {
    const { up, down, message, receipts } = begin();
    up();
    message(topics.events, journal.bytes(1, 4));
    receipts();
    down();
    message(topics.events, journal.bytes(5, 6));
    expect(receipts()).toEqual([]);
    up();
    expect(receipts()).toMatchObject([headOf(6)]);
    message(topics.state, '{"online":true,"session":2}');
    expect(receipts()).toMatchObject([headOf(6)]);
    message(topics.state, '{"online":true,"session":2}');
    expect(receipts()).toEqual([]);
  });

  test('is for the journal that a gate writes now, whichever came up last', () => {
    const { up, down, message, receipts } = begin();
    const old = madeJournal(journalId(2), plain(5));
    up();
    message(topics.events, journal.bytes(1, 4));
    message(topics.events, old.bytes(1));
    receipts();
    message(topics.state, JSON.stringify({ online: true, session: 1, journal: journal.id }));
    expect(receipts()).toMatchObject([headOf(4)]);
    down();
    up();
    expect(receipts()).toMatchObject([headOf(4)]);
  });

  test('waits within the window, and then says the newest', async () => {
    const { up, message, time, sent, answers, hold } = begin();
    up();
    // The mark that came first has its answer.
    await Promise.resolve();
    hold();
    const gates = Array.from({ length: 20 }, (_, index) => `gate-${index}`);
    const journals = gates.map((_, index) => madeJournal(journalId(100 + index), plain(3)));
    for (const [index, gate] of gates.entries())
      message(gateTopics({ site, kiosk: gate }).events, journals[index]?.bytes(1, 2) ?? '');
    time.advance(20);
    expect(sent).toHaveLength(16);
    for (const [index, gate] of gates.entries())
      message(gateTopics({ site, kiosk: gate }).events, journals[index]?.bytes(3) ?? '');
    time.advance(20);
    expect(sent).toHaveLength(16);
    for (const answer of answers.splice(0)) answer({ ok: true });
    const seqs = sent.slice(16).map(({ payload }) => parseReceipt(Buffer.from(payload))?.seq);
    // Four had not gone out at all; the first twelve of the others have theirs.
    expect(seqs).toEqual(Array.from({ length: 16 }, () => 4));
  });

  test('is sent for all others where a message of one gate shows a defect of ours', () => {
    const { gates } = rig.store;
    const takeState = (whose: string, state: GateState) => {
      if (whose === 'gate-9') throw new TypeError('nobody has thought of this');
      return gates.takeState(whose, state);
    };
    const store = { ...rig.store, gates: { ...gates, takeState } };
    const { up, message, receipts, events, dropped } = begin({ store });
    up();
    const state = { online: true, bootId: 'b', session: '1', at: '2020-02-12T00:00:00.000Z' };
    message(gateTopics({ site, kiosk: 'gate-9' }).state, JSON.stringify(state));
    message(topics.events, journal.bytes(1, 4));
    expect(receipts()).toMatchObject([headOf(4)]);
    expect(dropped).toEqual([]);
    const why = 'nobody has thought of this';
    expect(events).toContainEqual({ is: 'defect', kiosk: 'gate-9', why });
    expect(refusedCounts()).toEqual([{ kiosk: 'gate-9', theirs: 'unforeseen', count: 1 }]);
  });

  test('is not sent for what the disk did not take: the link is dropped, the gates send again', () => {
    const { up, message, receipts, events, dropped } = begin();
    up();
    message(topics.events, journal.bytes(1, 4));
    receipts();
    rig.store.database.exec('PRAGMA query_only = ON');
    message(topics.events, journal.bytes(5, 6));
    expect(receipts()).toEqual([]);
    expect(dropped).toHaveLength(1);
    expect(events).toContainEqual({ is: 'disk', why: 'read-only' });
    rig.store.database.exec('PRAGMA query_only = OFF');
    up();
    expect(receipts()).toMatchObject([headOf(4)]);
    message(topics.events, journal.bytes(5, 6));
    expect(receipts()).toMatchObject([headOf(6)]);
  });

  test('for the last that came goes out with the goodbye', async () => {
    const { up, message, collector, sent, taken } = begin();
    up();
    message(topics.events, journal.bytes(1, 4));
    await collector.close();
    expect(sent.map(({ payload }) => parseReceipt(Buffer.from(payload))?.seq)).toEqual([4]);
    message(topics.events, journal.bytes(5));
    // The broker keeps it.
    expect(taken()).toBe(1);
    expect(rig.held(journal.id)).toHaveLength(4);
  });
});

describe('a checkpoint', () => {
  test('that is what is stored is cosigned, in this and in later receipts', () => {
    const { up, message, receipts } = begin();
    up();
    message(topics.events, journal.bytes(1, 4));
    receipts();
    message(topics.checkpoint, noteAt(3), true);
    const [receipt] = receipts();
    const checkpoint = {
      origin: `gk/1/${site}/${kiosk}/${journal.id}`,
      head: { seq: 3, hash: journal.hashAt(3) },
    };
    expect(cosignedAt(receipt?.witness ?? '', witness, checkpoint)).toBe(startMs / 1_000);
    message(topics.events, journal.bytes(5));
    expect(receipts()).toMatchObject([{ ...headOf(21), witness: receipt?.witness }]);
  });

  test('beyond what is stored waits until that is reached', () => {
    const { up, message, receipts } = begin();
    up();
    message(topics.checkpoint, noteAt(8));
    message(topics.events, journal.bytes(1, 4));
    expect(receipts()[0]).not.toHaveProperty('witness');
    message(topics.events, journal.bytes(5, 9));
    const [receipt] = receipts();
    expect(receipt).toMatchObject(headOf(9));
    expect(receipt).toHaveProperty('witness');
  });

  test('is kept for good; one that is older than the newest is kept without a cosignature', () => {
    const { up, message, receipts } = begin();
    up();
    for (const seq of [4, 8, 12]) message(topics.checkpoint, noteAt(seq));
    message(topics.events, journal.bytes(1, 10));
    receipts();
    message(topics.checkpoint, noteAt(6));
    message(topics.checkpoint, noteAt(8));
    receipts();
    const kept = rig.store.database
      .prepare<[], { seq: number; state: string; note: string; witness: string | null }>(
        'SELECT seq, state, note, witness FROM checkpoints ORDER BY seq',
      )
      .all();
    expect(kept.map(({ seq, state }) => `${seq} ${state}`)).toEqual([
      ...['4 verified', '6 verified', '8 verified', '12 waiting'],
    ]);
    expect(kept.map(({ note }) => note)).toEqual([4, 6, 8, 12].map((seq) => noteAt(seq)));
    const cosigned = kept.map(({ seq, witness: line }) => {
      const origin = `gk/1/${site}/${kiosk}/${journal.id}`;
      const checkpoint = { origin, head: { seq, hash: journal.hashAt(seq) } };
      return line === null ? null : cosignedAt(line, witness, checkpoint);
    });
    expect(cosigned).toEqual([startMs / 1_000, null, startMs / 1_000, null]);
    message(topics.events, journal.bytes(11));
    expect(receipts()[0]?.witness).not.toBe(kept[2]?.witness);
  });

  test('that contradicts what is stored is a fork, whichever of them came first', () => {
    const { up, message, receipts } = begin();
    up();
    message(topics.checkpoint, noteAt(8, other));
    message(topics.events, journal.bytes(1, 9));
    expect(receipts()[0]).not.toHaveProperty('witness');
    expect(rig.faults()).toEqual(['fork 8']);
    message(topics.checkpoint, noteAt(6, other));
    expect(receipts()).toEqual([]);
    expect(rig.faults()).toEqual(['fork 8', 'fork 6']);
  });

  test('by another key, of another journal’s name or of no gate on the list is cosigned never', () => {
    const { up, message, receipts } = begin();
    up();
    message(topics.events, journal.bytes(1, 9));
    receipts();
    message(topics.checkpoint, noteAt(3, journal, generatePrivateKey()));
    message(topics.checkpoint, 'nonsense');
    message(topics.checkpoint, Buffer.alloc(10_000, 'x'));
    const foreign = gateTopics({ site, kiosk: 'gate-2' });
    message(foreign.checkpoint, noteAt(3));
    message(foreign.checkpoint, noteAt(3).replaceAll(kiosk, 'gate-2'));
    expect(receipts()).toEqual([]);
    expect(rig.store.checkpoints.witness(kiosk, journal.id)).toBeNull();
    expect(rig.store.checkpoints.witness('gate-2', journal.id)).toBeNull();
    expect(refusedCounts()).toEqual([
      { kiosk: 'gate-2', theirs: 'bad-checkpoint', count: 1 },
      { kiosk, theirs: 'bad-checkpoint', count: 3 },
    ]);
  });
});

describe('what is no message of a gate', () => {
  test('is counted by its reason, and what is right goes on', () => {
    const { up, message, receipts } = begin();
    up();
    const big = Buffer.from(JSON.stringify({ journal: journal.id, records: ['x'.repeat(70_000)] }));
    message(topics.events, 'not json');
    message(topics.events, big);
    message(topics.events, journal.bytes(1, 4).subarray(0, 200));
    message(topics.state, '{"online":"yes"}');
    message(topics.notice('12-guard'), '{"id":"13-guard"}');
    message(topics.notice('a b'), '{}');
    message('gk/1/main-campus/GATE/ev', journal.bytes(1));
    message('gk/1/main-campus/gate-9/cmd/open', '{}');
    message(topics.events, journal.bytes(1, 4));
    expect(receipts()).toMatchObject([headOf(4)]);
    expect(refusedCounts()).toEqual([
      { kiosk: '', theirs: 'bad-topic', count: 3 },
      { kiosk, theirs: 'bad-form', count: 3 },
      { kiosk, theirs: 'bad-notice', count: 1 },
      { kiosk, theirs: 'bad-state', count: 1 },
    ]);
  });

  test('of a gate that the list does not name: collected, or ignored where the site says so', () => {
    const topic = gateTopics({ site, kiosk: 'gate-2' }).events;
    const open = begin();
    open.up();
    open.message(topic, journal.bytes(1, 4));
    expect(open.receipts()).toMatchObject([headOf(4)]);
    const strict = begin({ unknownKiosks: 'ignore' });
    strict.up();
    strict.receipts();
    strict.message(topic, journal.bytes(5));
    expect(strict.receipts()).toEqual([]);
    expect(rig.held(journal.id, 'gate-2')).toHaveLength(4);
  });

  test('of another collector’s gate is left to that one', () => {
    const gates = ['gate-1', 'gate-2', 'gate-3', 'gate-4'];
    const taken = [0, 1, 2].map((index) => {
      const own = begin({ shard: { index, count: 3 } });
      own.up();
      own.receipts();
      for (const [serial, gate] of gates.entries()) {
        const { bytes } = madeJournal(journalId(50 + 10 * index + serial), []);
        own.message(gateTopics({ site, kiosk: gate }).events, bytes(1));
      }
      return own.receipts().length;
    });
    const expected = [0, 1, 2].map(
      (index) => gates.filter((gate) => kioskNumber(gate) % 3 === index).length,
    );
    expect(taken).toEqual(expected);
    expect(taken.reduce((sum, count) => sum + count)).toBe(4);
  });
});

describe('a gate', () => {
  const stateOf = () =>
    rig.store.database.prepare('SELECT online, session, heardMs FROM gates').get();

  test('is online until the will of its newest connection comes; an older one’s is nothing', () => {
    const { up, message, receipts, events } = begin();
    up();
    message(topics.state, '{"online":true,"session":"one"}');
    message(topics.state, '{"online":true,"session":"two"}');
    message(topics.state, '{"online":false,"session":"one"}');
    receipts();
    expect(stateOf()).toMatchObject({ online: 1, session: 'two' });
    message(topics.state, '{"online":false,"session":"two"}');
    receipts();
    expect(stateOf()).toMatchObject({ online: 0 });
    const gates = events.filter(({ is }) => is === 'gate');
    expect(gates).toMatchObject([{ online: true }, { online: true }, { online: false }]);
  });

  test('is not heard by what the broker has kept, nor by a will', () => {
    const { up, message, receipts, time } = begin();
    up();
    message(topics.state, '{"online":true,"session":1}', true);
    receipts();
    expect(stateOf()).toMatchObject({ online: 1, heardMs: null });
    time.advance(60_000);
    message(topics.events, journal.bytes(1, 2));
    receipts();
    const heardMs = startMs + 60_040;
    expect(stateOf()).toMatchObject({ heardMs });
    time.advance(60_000);
    message(topics.state, '{"online":false,"session":1}');
    receipts();
    expect(stateOf()).toMatchObject({ online: 0, heardMs });
  });
});

describe('a gate that sends whatever it can', () => {
  const flood = 'flood-gate';
  const floodTopics = gateTopics({ site, kiosk: flood });
  const floodWith = (message: (topic: string, payload: string) => void): number => {
    const rounds = 6_000;
    for (let index = 0; index < rounds; index += 1) {
      message(floodTopics.notice(`${index}-guard`), '');
      message(floodTopics.events, '');
      message(floodTopics.state, 'nonsense');
    }
    return 3 * rounds;
  };

  test('delays no other gate’s receipt by more than two slices', () => {
    const { store } = rig;
    let slices = 0;
    let storedIn: number | null = null;
    const { up, message, receipts } = begin({
      store: {
        ...store,
        transact(work) {
          slices += 1;
          const result = store.transact(work);
          if (store.journals.find(kiosk, journal.id) !== null) storedIn ??= slices;
          return result;
        },
      },
    });
    up();
    floodWith(message);
    message(topics.events, journal.bytes(1, 4));
    floodWith(message);
    expect(receipts()).toMatchObject([headOf(4)]);
    expect(slices).toBeGreaterThan(10);
    expect(storedIn).toBeLessThanOrEqual(2);
  });

  test('is held to its share; all of it is counted, a few lines are told, and the broker is not held back', () => {
    const { up, message, receipts, taken, events, time } = begin();
    up();
    const sentCount = floodWith(message);
    expect(taken()).toBe(sentCount);
    receipts();
    time.advance(tellLimits.windowMs);
    const counts = rig.store.database
      .prepare<[string], { theirs: string; count: number }>(
        "SELECT theirs, count FROM faults WHERE kiosk = ? AND kind = 'refused' ORDER BY theirs",
      )
      .all(flood);
    expect(counts.map(({ theirs }) => theirs)).toEqual(['bad-form', 'bad-state', 'flood']);
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    // What clears nothing is nothing, where it was taken: every third message.
    expect(Math.abs(sentCount - total - (counts[0]?.count ?? 0))).toBeLessThanOrEqual(1);
    const lines = events.filter(({ is }) => is === 'refused' || is === 'untold');
    expect(lines).toHaveLength(tellLimits.toldMax + 1);
    expect(lines.at(-1)).toMatchObject({ is: 'untold', kiosk: flood });
  });

  test('nothing that is right costs no sync of its own: refusals are written down once a second', () => {
    const { store } = rig;
    let commits = 0;
    const { up, message, time } = begin({
      store: {
        ...store,
        transact(work) {
          commits += 1;
          return store.transact(work);
        },
      },
    });
    up();
    for (let index = 0; index < 40; index += 1) {
      message(floodTopics.events, 'nonsense');
      time.advance(20);
    }
    expect(commits).toBe(0);
    time.advance(1_000);
    expect(commits).toBe(1);
    expect(refusedCounts()).toEqual([{ kiosk: flood, theirs: 'bad-form', count: 40 }]);
  });

  test('in many names is what holds the broker back, until there is room', () => {
    const { up, message, time, taken } = begin();
    up();
    const payload = Buffer.alloc(60_000, 'x');
    let put = 0;
    while (taken() === put) {
      message(gateTopics({ site, kiosk: `gate-${put % 50}` }).events, payload);
      put += 1;
    }
    expect(put * 61_100).toBeGreaterThan(collectorLimits.queueBytesMax);
    expect(put * 60_000).toBeLessThan(collectorLimits.queueBytesMax);
    expect(taken()).toBe(put - 1);
    time.advance(20);
    expect(taken()).toBe(put);
  });
});

describe('the name of a collector or an admin', () => {
  test('is no gate’s: nothing that comes under it is stored, whatever the broker let pass', () => {
    const { up, message, receipts, time } = begin({
      notGates: new Set(['collector-2', 'admin-1']),
    });
    up();
    for (const name of ['collector-2', 'admin-1']) {
      const posing = gateTopics({ site, kiosk: name });
      message(posing.events, journal.bytes(1, 4));
      message(posing.state, '{"online":true,"session":1}');
    }
    expect(receipts()).toEqual([]);
    time.advance(1_000);
    expect(rig.store.database.prepare('SELECT count(*) AS n FROM gates').get()).toEqual({ n: 0 });
    expect(refusedCounts()).toEqual([{ kiosk: '', theirs: 'no-gate', count: 4 }]);
  });
});

describe('a notice', () => {
  const text = JSON.stringify({
    id: '12-guard',
    kind: 'fever',
    party: 'guard',
    at: '2020-02-12T00:00:00.000Z',
    rule: 'fever',
    masked: { card: '**1X' },
    journal: journal.id,
    seq: 12,
  });
  const openCount = () => rig.store.database.prepare('SELECT count(*) AS n FROM notices').get();
  const said = { kiosk: null, id: '12-guard', party: 'guard', at: '2020-02-12T01:00:00Z' } as const;

  test('is open until the gate clears it; what its party acknowledges is passed on, signed', () => {
    const { up, message, time, receipts, sent } = begin();
    up();
    message(topics.notice('12-guard'), text, true);
    receipts();
    expect(openCount()).toEqual({ n: 1 });
    const { database } = rig.store;
    expect(acknowledge(database, { ...said, party: 'college' })).toBe('another-party');
    expect(acknowledge(database, { ...said, id: '13-guard' })).toBe('no-such-notice');
    expect(acknowledge(database, said)).toBe('done');
    time.advance(1_000);
    const [message1, ...more] = sent.splice(0);
    expect(more).toEqual([]);
    expect(message1).toMatchObject({ topic: topics.noticeAck, retain: false });
    const ack = parseNoticeAck(Buffer.from(message1?.payload ?? ''));
    expect(ack !== null && isSignedNoticeAck(ack, names, collectors)).toBe(true);
    time.advance(5_000);
    expect(sent).toEqual([]);
    // The gate was away: it is told once more.
    message(topics.state, '{"online":true,"session":7}');
    time.advance(1_020);
    expect(sent.map(({ topic }) => topic)).toEqual([topics.noticeAck]);
    message(topics.notice('12-guard'), '');
    time.advance(1_020);
    expect(openCount()).toEqual({ n: 0 });
  });

  test('is over after fourteen days', () => {
    const { up, message, time, receipts } = begin();
    up();
    message(topics.notice('12-guard'), text);
    receipts();
    time.jumpWall(14 * 86_400_000 - 60_000);
    time.advance(1_000);
    expect(openCount()).toEqual({ n: 1 });
    time.advance(61_000);
    expect(openCount()).toEqual({ n: 0 });
  });

  const named = (id: string) => text.replaceAll('12-guard', id);
  const online = '{"online":true,"session":1}';
  const rows = () =>
    rig.store.database
      .prepare('SELECT id, unseenMs IS NULL AS isOpen FROM notices ORDER BY id')
      .all();

  describe('that its gate has cleared while nobody listened', () => {
    /** A collector that knows three open notices, and has lost its connection. */
    const away = () => {
      const it = begin();
      it.up();
      it.message(topics.state, online);
      for (const id of ['12-guard', '13-guard', '14-guard'])
        it.message(topics.notice(id), named(id));
      it.receipts();
      it.down();
      const settle = (mark = it.marks.at(-1) ?? ''): void => {
        it.message(settledTopic(site), mark);
        it.time.advance(20);
      };
      return { ...it, settle };
    };
    const allOpen = [
      { id: '12-guard', isOpen: 1 },
      { id: '13-guard', isOpen: 1 },
      { id: '14-guard', isOpen: 1 },
    ];

    test('is closed once all that the broker holds has come; what stands there stays open', () => {
      const { up, message, events, settle, time, sent } = away();
      acknowledge(rig.store.database, said);
      // A broker may tell what it holds before it has granted the subscription.
      message(topics.state, online, true);
      up();
      message(topics.notice('13-guard'), named('13-guard'), true);
      time.advance(20);
      expect(rows()).toEqual(allOpen);
      settle();
      expect(rows()).toEqual([
        { id: '12-guard', isOpen: 0 },
        { id: '13-guard', isOpen: 1 },
        { id: '14-guard', isOpen: 0 },
      ]);
      expect(events).toContainEqual({ is: 'notices-cleared', kiosk, count: 2 });
      sent.splice(0);
      // There is nothing to be passed on any more, and nothing to acknowledge.
      message(topics.state, '{"online":true,"session":2}');
      time.advance(1_020);
      expect(sent).toEqual([]);
      expect(acknowledge(rig.store.database, said)).toBe('no-such-notice');
      // One that the gate tells again is open again, with what was acknowledged.
      message(topics.notice('12-guard'), text);
      time.advance(1_020);
      expect(sent.map(({ topic }) => topic)).toEqual([topics.noticeAck]);
    });

    test('stays open where the broker has forgotten its gate altogether', () => {
      const { up, message, settle } = away();
      up();
      settle();
      expect(rows()).toEqual(allOpen);
      // The gate comes, and tells its notices after its state.
      message(topics.state, '{"online":true,"session":2}');
      settle();
      expect(rows()).toEqual(allOpen);
    });

    test('stays open upon a mark that is another’s, an earlier one, or comes twice', () => {
      const { up, down, message, settle, marks } = away();
      const [earlier] = marks;
      up();
      message(topics.state, online, true);
      settle('collector-2 0/1 1581465600000 2');
      settle(earlier);
      expect(rows()).toEqual(allOpen);
      for (const id of ['12-guard', '13-guard', '14-guard'])
        message(topics.notice(id), named(id), true);
      settle();
      settle();
      expect(rows()).toEqual(allOpen);
      down();
      up();
      expect(new Set(marks).size).toBe(3);
    });

    test('stays open where the broker holds more than it may have told', () => {
      const { up, message, settle } = away();
      up();
      message(topics.state, online, true);
      const gate = gateTopics({ site, kiosk: 'gate-2' });
      for (let count = 0; count < standingMax; count += 1)
        message(gate.notice(`${count}-guard`), 'x', true);
      settle();
      expect(rows()).toEqual(allOpen);
    });
  });
});
