/** A gate's reports against a broker and a collector in virtual time, each as bad as it can be. */
import fc from 'fast-check';
import pino from 'pino';
import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { random } from '../../../hardware/simulated/random.js';
import { memoryDisk, memoryJournal } from '../../../kiosk/journal/memory.js';
import { parseBatch } from '../../../kiosk/report/batch.js';
import type {
  BrokerEvents,
  BrokerLink,
  OutMessage,
  PublishResult,
} from '../../../kiosk/report/broker-link.js';
import { drainLimits } from '../../../kiosk/report/drain.js';
import { leftoverLimits } from '../../../kiosk/report/leftovers.js';
import { noticeLimits } from '../../../kiosk/report/notice.js';
import { signNoticeAck } from '../../../kiosk/report/notice-ack.js';
import {
  type Answer,
  type PublishWindow,
  publishWindow,
} from '../../../kiosk/report/publish-window.js';
import { type Receipt, signReceipt } from '../../../kiosk/report/receipt.js';
import { reporterLimits, startReporter } from '../../../kiosk/report/reporter.js';
import { cosign, openCheckpoint } from '../../../kiosk/report/signed-note.js';
import { strikeLimits } from '../../../kiosk/report/strikes.js';
import { gateTopics } from '../../../kiosk/report/topics.js';

const names = { site: 'main-campus', kiosk: 'north-gate-in-1' };
const topics = gateTopics(names);
const startWallMs = Date.parse('2020-02-12T08:00:00+08:00');
const at = new Date(startWallMs).toISOString();
const journalId = '5a'.repeat(16);
const zeros = '0'.repeat(64);
const receiveMaximum = 20;

/** What the broker and the collector do wrong: probabilities. */
interface Ills {
  /** the connection goes before a publish is answered */
  readonly cut: number;
  /** a publish is refused */
  readonly refuse: number;
  /** an answer never comes */
  readonly stall: number;
  /** what was answered reaches no collector */
  readonly forget: number;
  /** a receipt is lost, or is a forged one */
  readonly loseReceipt: number;
  readonly forgeReceipt: number;
}
const noIlls: Ills = {
  cut: 0,
  refuse: 0,
  stall: 0,
  forget: 0,
  loseReceipt: 0,
  forgeReceipt: 0,
};

function rig(seed: number, ills: Ills, packetBytesMax = 1e6) {
  const disk = memoryDisk();
  const clock = virtualClock({ wallMs: startWallMs });
  const dice = random(seed);
  let present = ills;
  const collectorKey = generatePrivateKey();
  const otherKey = generatePrivateKey();
  const deviceKey = generatePrivateKey();
  const opened = memoryJournal({
    clock,
    scheduler: clock,
    latencyMs: () => 2,
    disk,
    bootId: 'boot',
    at,
    newJournalId: journalId,
    previous: null,
  });
  /** the collector's store: hashes by number */
  const stored: string[] = [];
  const published: OutMessage[] = [];
  const retained = new Map<string, string>();
  const faults: string[] = [];
  let events: BrokerEvents | null = null;
  let leaptMs = 0;
  let keepsCursor = true;
  let window: PublishWindow | null = null;
  let inFlight = 0;
  let inFlightMax = 0;
  let pushed: (message: OutMessage) => void = () => {};

  const toGate = (topic: string, payload: string, isRetained = false): void =>
    events?.message({ topic, payload: Buffer.from(payload), retained: isRetained }, () => {});
  const receipt = (key = collectorKey): Receipt => {
    const seq = stored.length;
    const hash = stored.at(-1) ?? zeros;
    return signReceipt(key, names, { journal: journalId, seq, hash }, { collector: 'c' });
  };
  const collect = (payload: Uint8Array): void => {
    const parsed = parseBatch(payload);
    if (!parsed.ok) throw new Error(parsed.why);
    const { records, prevHash } = parsed.batch;
    const [first] = records;
    const known = stored[(first?.seq ?? 0) - 2] ?? zeros;
    if (first === undefined || first.seq > stored.length + 1 || known !== prevHash) return;
    for (const { seq, hash } of records) {
      if (seq <= stored.length) expect(stored[seq - 1]).toBe(hash);
      else stored.push(hash);
    }
    if (dice.chance(present.loseReceipt)) return;
    if (dice.chance(present.forgeReceipt)) {
      toGate(topics.receipt, JSON.stringify(receipt(otherKey)));
      toGate(topics.receipt, JSON.stringify({ ...receipt(), seq: stored.length + 100 }));
      return;
    }
    toGate(topics.receipt, JSON.stringify(receipt()));
  };
  const later = (ms: number, task: () => void): void =>
    void clock.at(clock.now().monotonicMs + ms, task);
  const comeBack = (): void => {
    later(1_000 + dice.int(5_000), () => {
      if (window !== null) return;
      window = publishWindow(receiveMaximum, send);
      inFlight = 0;
      events?.up({ sessionPresent: dice.chance(0.5), receiveMaximum, packetBytesMax });
    });
  };
  const cut = (isBreach = false): void => {
    const own = window;
    if (own === null) return;
    window = null;
    own.close({ ok: false, why: 'down', code: null });
    events?.down('cut', isBreach);
    comeBack();
  };
  const send = (message: OutMessage, done: Answer): void => {
    const own = window;
    const isUp = (): boolean => window !== null && window === own;
    const { topic, payload } = message;
    published.push(message);
    if (message.retain) retained.set(topic, payload.toString());
    inFlight += 1;
    inFlightMax = Math.max(inFlightMax, inFlight);
    const answer = (result: PublishResult): void => {
      if (!isUp()) return;
      inFlight -= 1;
      done(result);
    };
    if (dice.chance(present.cut)) return later(1, cut);
    if (dice.chance(present.stall))
      return later(20_000, () => {
        if (isUp()) cut();
      });
    if (topic === topics.events && dice.chance(present.refuse))
      return later(1, () => answer({ ok: false, why: 'refused', code: 135 }));
    later(1, () => {
      if (!isUp()) return;
      answer({ ok: true });
      if (topic === topics.events && !dice.chance(present.forget))
        later(1, () => collect(payload as Uint8Array));
    });
  };
  const link: BrokerLink = {
    publish(message, done) {
      pushed(message);
      if (window !== null) return window.push(message, done);
      queueMicrotask(() => done({ ok: false, why: 'down', code: null }));
    },
    subscribe() {},
    unsubscribe() {},
    drop: (_why, isBreach) => cut(isBreach),
    async close() {
      const own = window;
      window = null;
      own?.close({ ok: false, why: 'down', code: null });
    },
  };
  const reporter = startReporter({
    names,
    bootId: 'boot',
    version: 'test',
    journal: journalId,
    head: opened.restored.head,
    outbox: {
      ...opened.outbox,
      release: async (head) =>
        keepsCursor ? opened.outbox.release(head) : { ok: true, result: 'unkept' },
    },
    reported: opened.reported,
    collectors: [{ name: 'c', key: collectorKey.publicKey }],
    deviceKey,
    clock,
    scheduler: clock,
    random: dice.bytes,
    log: pino({ level: 'silent' }),
    // The time that the gate goes by: it believes no leap.
    facts: () => ({
      wallMs: clock.now().wallMs - leaptMs,
      clock: 'synced',
      devices: { scanner: 'ok' },
      config: {},
    }),
    maskOf: (_run, attempt) => (attempt === 1 ? '张*' : null),
    fault: (fault, on) => faults.push(`${fault} ${on}`),
    connect(wishes, told) {
      events = told;
      wishes.will();
      comeBack();
      return link;
    },
  });
  opened.journal.subscribe((event) => {
    if (event.type === 'committed') reporter.committed({ seq: event.lastSeq, hash: event.hash });
  });
  let requests = 0;
  /** Lets time pass, and what is answered by promises happen in between. */
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left));
      for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    clock,
    disk,
    stored,
    published,
    retained,
    faults,
    reporter,
    deviceKey,
    collectorKey,
    pass,
    toGate,
    cut,
    leap(ms: number) {
      leaptMs += ms;
      clock.jumpWall(ms);
    },
    loseCursor() {
      keepsCursor = false;
    },
    inFlightMax: () => inFlightMax,
    heal() {
      present = noIlls;
    },
    onPublish(listener: (message: OutMessage) => void) {
      pushed = listener;
    },
    fallIll(next: Ills) {
      present = next;
    },
    record(count: number, fields: Record<string, string | number | readonly string[]> = {}) {
      requests += 1;
      const records = Array.from({ length: count }, (_, index) => ({
        type: 'test',
        at,
        index,
        ...fields,
      }));
      opened.journal.append({ id: requests, records, uses: [], urgent: true });
    },
  };
}

test('whatever broker and network do, every record arrives in order, and is forgotten only then', {
  timeout: 120_000,
}, async () => {
  const ill = fc.constantFrom(0, 0, 0.05, 0.3);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.record({
        cut: ill,
        refuse: ill,
        stall: ill,
        forget: ill,
        loseReceipt: ill,
        forgeReceipt: ill,
      }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 }),
      async (seed, ills, counts) => {
        const it = rig(seed, ills);
        for (const count of counts) {
          it.record(count, { text: 'x'.repeat(count) });
          await it.pass(5_000);
          expect(it.disk.released?.seq ?? 0).toBeLessThanOrEqual(it.stored.length);
        }
        it.heal();
        await it.pass(2 * drainLimits.receiptMs.max);
        const hashes = it.disk.rows.map(({ hash }) => Buffer.from(hash).toString('hex'));
        expect(it.stored).toEqual(hashes);
        expect(it.disk.released?.seq).toBe(hashes.length);
        expect(it.reporter.figures().backlog).toBe(0);
        expect(it.inFlightMax()).toBeLessThanOrEqual(receiveMaximum);
      },
    ),
    { numRuns: 20 },
  );
});

test('what was there before the connection is history, what comes after is live', async () => {
  const it = rig(1, noIlls);
  it.record(3);
  await it.pass(10_000);
  it.record(1);
  await it.pass(5_000);
  const batches = it.published
    .filter(({ topic }) => topic === topics.events)
    .map(({ payload }) => parseBatch(payload as Uint8Array));
  expect(batches.map((batch) => batch.ok && batch.batch.historical)).toEqual([true, false]);
});

test('only a collector’s own receipt, not retained, lets anything be forgotten', async () => {
  const it = rig(2, { ...noIlls, loseReceipt: 1 });
  it.record(5);
  await it.pass(10_000);
  expect(it.stored).toHaveLength(6);
  const head = { journal: journalId, seq: 6, hash: it.stored[5] ?? '' };
  const good = signReceipt(it.collectorKey, names, head, { collector: 'c' });
  const tries = [
    [JSON.stringify(signReceipt(generatePrivateKey(), names, head, { collector: 'c' })), false],
    [JSON.stringify({ ...good, collector: 'd' }), false],
    [JSON.stringify(good), true],
    ['{"journal":1}', false],
    [
      JSON.stringify(
        signReceipt(
          it.collectorKey,
          names,
          { ...head, hash: it.stored[4] ?? '' },
          { collector: 'c' },
        ),
      ),
      false,
    ],
    [
      JSON.stringify(signReceipt(it.collectorKey, names, { ...head, seq: 99 }, { collector: 'c' })),
      false,
    ],
  ] as const;
  for (const [text, isRetained] of tries) {
    it.faults.length = 0;
    // One alarm in ten seconds, whoever floods.
    it.toGate(topics.receipt, text, isRetained);
    it.toGate(topics.receipt, text, isRetained);
    await it.pass(reporterLimits.refusedMs + 1_000);
    expect([it.disk.released, it.faults]).toEqual([null, ['receipt-refused true']]);
  }
  it.faults.length = 0;
  it.toGate(topics.receipt, JSON.stringify(good));
  await it.pass(1_000);
  expect([it.disk.released?.seq, it.faults]).toEqual([6, []]);
});

test('a collector that has lost what it acknowledged gets it again', async () => {
  const it = rig(8, noIlls);
  it.record(100);
  await it.pass(10_000);
  expect(it.disk.released?.seq).toBe(101);
  for (const kept of [40, 0]) {
    // Restored from an older backup, then from none.
    it.stored.length = kept;
    const hash = it.stored.at(-1) ?? zeros;
    const head = { journal: journalId, seq: kept, hash };
    const less = signReceipt(it.collectorKey, names, head, { collector: 'c' });
    it.toGate(topics.receipt, JSON.stringify(less));
    await it.pass(drainLimits.rewindMs + 5_000);
    expect(it.stored).toHaveLength(101);
  }
  expect([it.disk.released?.seq, it.faults]).toEqual([101, []]);
});

test('a broker that takes small packets only gets small ones', async () => {
  const it = rig(9, noIlls, 5_000);
  it.record(200, { text: 'x'.repeat(100) });
  await it.pass(20_000);
  expect(it.stored).toHaveLength(201);
  const sizes = it.published
    .filter(({ topic }) => topic === topics.events)
    .map(({ payload }) => payload.length);
  expect(Math.max(...sizes)).toBeLessThan(5_000);
});

test('a clock that leaps ends no notice; an acknowledgement that comes twice clears again', async () => {
  const it = rig(10, noIlls);
  const fever = { type: 'decision', outcome: 'refer', rule: 'fever', tells: ['health-office'] };
  it.record(1, fever);
  await it.pass(10_000);
  const id = `${journalId.slice(0, 8)}-2-health-office`;
  it.leap(20 * 86_400_000);
  it.record(1);
  await it.pass(10_000);
  expect(it.reporter.figures().openNotices).toBe(1);
  const said = { id, party: 'health-office', at } as const;
  const ack = JSON.stringify(signNoticeAck(it.collectorKey, names, said, 'c'));
  for (const _ of [1, 2]) {
    it.toGate(topics.noticeAck, ack);
    await it.pass(1_000);
    expect(it.retained.get(topics.notice(id))).toBe('');
    it.retained.delete(topics.notice(id));
  }
});

test('a disk that keeps no cursor holds up nothing: all the same everything goes out', async () => {
  const it = rig(11, noIlls);
  it.loseCursor();
  for (let round = 0; round < drainLimits.unreceiptedMax + 20; round += 1) {
    it.record(1);
    await it.pass(1_000);
  }
  expect(it.stored).toHaveLength(drainLimits.unreceiptedMax + 21);
  expect(it.disk.released).toBeNull();
});

test('a notice stands at the broker until its party has seen it, after restarts and wipes too', async () => {
  const it = rig(3, noIlls);
  it.record(1, {
    type: 'decision',
    outcome: 'refer',
    rule: 'fever',
    attempt: 1,
    tells: ['guard', 'health-office', 'duty-officer'],
  });
  await it.pass(10_000);
  const id = `${journalId.slice(0, 8)}-2-health-office`;
  const notice = JSON.parse(it.retained.get(topics.notice(id)) ?? 'null');
  expect(notice).toEqual({
    id,
    kind: 'refer',
    party: 'health-office',
    at,
    rule: 'fever',
    masked: '张*',
    journal: journalId,
    seq: 2,
  });
  expect(it.reporter.figures().openNotices).toBe(2);
  // The broker has lost its memory.
  it.retained.clear();
  it.cut();
  await it.pass(10_000);
  expect(it.retained.has(topics.notice(id))).toBe(true);
  const said = { id, party: 'health-office', at } as const;
  const ack = (key = it.collectorKey) => JSON.stringify(signNoticeAck(key, names, said, 'c'));
  it.toGate(topics.noticeAck, ack(generatePrivateKey()));
  it.toGate(topics.noticeAck, ack(), true);
  await it.pass(1_000);
  expect(it.reporter.figures().openNotices).toBe(2);
  it.toGate(topics.noticeAck, ack());
  await it.pass(1_000);
  expect(it.retained.get(topics.notice(id))).toBe('');
  expect([...it.disk.notices.keys()]).toEqual([`${journalId.slice(0, 8)}-2-duty-officer`]);
  // One that nobody here knows of is taken away.
  const foreign = topics.notice('00000000-7-college');
  it.toGate(foreign, '{"id":1}', true);
  await it.pass(1_000);
  expect(it.retained.get(foreign)).toBe('');
});

/** One that a gate told before its journal was begun anew. */
const formerNotice = (id: string, toldMs = startWallMs): string =>
  JSON.stringify({
    ...{ id, kind: 'refer', party: 'college', at: new Date(toldMs).toISOString() },
    ...{ rule: 'student', masked: null, journal: '00'.repeat(16), seq: 7 },
  });
const formerId = '00000000-7-college';
const former = topics.notice(formerId);

test('what a former journal told stays until its party has seen it', async () => {
  const it = rig(12, noIlls);
  it.toGate(former, formerNotice(formerId), true);
  await it.pass(10_000);
  expect(it.retained.has(former)).toBe(false);
  const ack = (party: 'college' | 'guard'): string =>
    JSON.stringify(signNoticeAck(it.collectorKey, names, { id: formerId, party, at }, 'c'));
  it.toGate(topics.noticeAck, ack('guard'));
  await it.pass(1_000);
  expect(it.retained.has(former)).toBe(false);
  it.toGate(topics.noticeAck, ack('college'));
  await it.pass(1_000);
  expect(it.retained.get(former)).toBe('');
});

test('what a former journal told stays for 14 days, through a long connection too', async () => {
  const it = rig(13, noIlls);
  const old = topics.notice('00000000-8-college');
  await it.pass(10_000);
  const nearlyOver = startWallMs - noticeLimits.keptMs + 60_000;
  it.toGate(former, formerNotice(formerId, nearlyOver), true);
  it.toGate(old, formerNotice('00000000-8-college', startWallMs - noticeLimits.keptMs), true);
  await it.pass(1_000);
  expect([it.retained.get(former), it.retained.get(old)]).toEqual([undefined, '']);
  await it.pass(60_000);
  it.record(1);
  await it.pass(1_000);
  expect(it.retained.get(former)).toBe('');
});

test('one of this journal that is no longer open is cleared, though told before the connection is up', async () => {
  const it = rig(14, noIlls);
  const id = `${journalId.slice(0, 8)}-1-college`;
  const text = JSON.stringify({ ...JSON.parse(formerNotice(id)), journal: journalId, seq: 1 });
  it.record(3);
  // Before a broker has granted the subscription: the first connection comes after a second.
  await it.pass(500);
  it.toGate(topics.notice(id), text, true);
  await it.pass(10_000);
  expect(it.retained.get(topics.notice(id))).toBe('');
  // Of a record that is still to be looked at: whether it is open nobody knows.
  const ahead = topics.notice('ahead');
  const future = { ...JSON.parse(text), id: 'ahead', seq: 999 };
  it.toGate(ahead, JSON.stringify(future), true);
  await it.pass(1_000);
  expect(it.retained.has(ahead)).toBe(false);
});

test('however much stands that is no notice, few clears wait at once', async () => {
  const it = rig(15, noIlls);
  await it.pass(10_000);
  it.fallIll({ ...noIlls, stall: 1 });
  const clears: string[] = [];
  it.onPublish(({ topic, payload }) => {
    if (payload.length === 0) clears.push(topic);
  });
  for (let count = 0; count < 1_000; count += 1)
    it.toGate(topics.notice(`junk-${count}`), 'junk', true);
  expect(clears).toHaveLength(leftoverLimits.clearsMax);
});

test('a flood of what is nobody’s to send ends the connection, with an alarm; a few do not', async () => {
  const floods = [
    [topics.receipt, '{}'],
    [topics.receipt, 'x'.repeat(5_000)],
    [topics.noticeAck, '{}'],
    [`${topics.base}/other`, '{}'],
    [topics.notice('unknown'), '{}'],
  ] as const;
  for (const [topic, text] of floods) {
    const it = rig(16, noIlls);
    await it.pass(10_000);
    for (let count = 1; count < strikeLimits.countMax; count += 1) it.toGate(topic, text);
    expect(it.faults).not.toContain('broker-breach true');
    it.toGate(topic, text);
    expect(it.faults).toContain('broker-breach true');
    expect(it.reporter.figures().isConnected).toBe(false);
    await it.pass(10_000);
    expect(it.reporter.figures().isConnected).toBe(true);
  }
});

test('a broker that refuses records is an alarm, until it takes them', async () => {
  const it = rig(4, { ...noIlls, refuse: 1 });
  it.record(1);
  await it.pass(30_000);
  expect(it.faults).toEqual(['reports-refused true']);
  it.heal();
  await it.pass(30_000);
  expect(it.faults).toEqual(['reports-refused true', 'reports-refused false']);
  expect(it.stored).toHaveLength(2);
});

test('the head is signed once it has moved, and told anew after each connection', async () => {
  const it = rig(5, noIlls);
  it.record(1);
  await it.pass(70_000);
  const note = it.retained.get(topics.checkpoint) ?? '';
  expect(openCheckpoint(note, it.deviceKey.publicKey)).toEqual({
    origin: `${topics.base}/${journalId}`,
    head: { seq: 2, hash: it.stored[1] },
  });
});

test('a witness’s word on a checkpoint is kept beside it, where it is that witness’s', async () => {
  const it = rig(5, { ...noIlls, loseReceipt: 1 });
  it.record(1);
  await it.pass(70_000);
  const head = { seq: 2, hash: it.stored[1] ?? '' };
  const checkpoint = { origin: `${topics.base}/${journalId}`, head };
  const lines = [generatePrivateKey(), it.collectorKey].map((key) =>
    cosign({ name: 'c', key }, checkpoint, 1_581_500_000),
  );
  for (const witness of lines) {
    const more = { collector: 'c', witness };
    const receipt = signReceipt(it.collectorKey, names, { journal: journalId, ...head }, more);
    it.toGate(topics.receipt, JSON.stringify(receipt));
    await it.pass(1_000);
  }
  expect(it.disk.checkpoints.get(2)).toEqual({
    seq: 2,
    note: it.retained.get(topics.checkpoint),
    witnesses: [lines[1]],
  });
});

test('the state says what stands, and whose connection it is', async () => {
  const it = rig(6, noIlls);
  await it.pass(10_000);
  const states = it.published
    .filter(({ topic }) => topic === topics.state)
    .map(({ payload }) => JSON.parse(payload.toString()));
  expect(states[0]).toMatchObject({ online: true, bootId: 'boot', backlog: 1, clock: 'synced' });
  expect(states.at(-1)).toMatchObject({ online: true, backlog: 0, session: states[0].session });
  expect(states[0].session).toMatch(/^[0-9a-f]{16}$/);
  it.cut();
  await it.pass(10_000);
  // The rig's link asks for one will only: a real one asks before each connection.
  expect(JSON.parse(it.retained.get(topics.state) ?? '{}')).toMatchObject({ online: true });
});

test('a link whose settings are others is left with a word and made anew, and no record is lost by it', async () => {
  const it = rig(23, noIlls);
  await it.pass(10_000);
  it.record(200, { text: 'x'.repeat(200) });
  it.reporter.relink();
  // What is said in the same turn still goes out.
  await it.pass(reporterLimits.leaveMs - 1);
  expect(it.reporter.figures().isConnected).toBe(true);
  await it.pass(1);
  expect(it.reporter.figures().isConnected).toBe(false);
  it.record(200, { text: 'y'.repeat(200) });
  await it.pass(20_000);
  const { isConnected, connections, backlog } = it.reporter.figures();
  expect({ isConnected, connections, backlog }).toEqual({
    isConnected: true,
    connections: 2,
    backlog: 0,
  });
  expect(it.stored).toEqual(it.disk.rows.map(({ hash }) => Buffer.from(hash).toString('hex')));
  const states = it.published.filter(({ topic }) => topic === topics.state);
  const online = states.map(({ payload }) => JSON.parse(String(payload)).online as boolean);
  expect(online.indexOf(false)).toBeGreaterThan(0);
  expect([online[0], online.at(-1)]).toEqual([true, true]);
});
