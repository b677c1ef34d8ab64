import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KnownEntry } from '../../../config/vocabulary.js';
import { checkChain } from '../../../kiosk/journal/chain.js';
import {
  nothingStands,
  type RecordDraft,
  type Standing,
  type UseChange,
} from '../../../kiosk/journal/port.js';
import { at, fileRig, firstId, memoryRig, type Rig, request, sealedPart, ticket } from './rigs.js';

describe.each([
  ['the worker on a file', fileRig],
  ['the twin in virtual time', memoryRig],
])('%s', (_name, makeRig) => {
  let rig: Rig;
  beforeEach(() => {
    rig = makeRig();
  });
  afterEach(() => rig.dispose());

  const texts = (): readonly string[] =>
    rig.rows().map(({ bytes }) => Buffer.from(bytes).toString('utf8'));

  test('a new journal begins with a record that names itself and no predecessor', async () => {
    const run = await rig.open();
    expect(run.restored.journal).toBe(firstId);
    expect(run.restored.endedCleanly).toBe(true);
    expect(run.restored.head.seq).toBe(1);
    await run.close();
    expect(texts()).toEqual([
      `{"at":"${at}","bootId":"boot","journal":"${firstId}","previous":null,"seq":1,"type":"journal-started"}`,
    ]);
  });

  test('what is committed is numbered, canonical and chained', async () => {
    const run = await rig.open();
    run.journal.append({
      id: 7,
      urgent: true,
      uses: [],
      records: [
        { type: 'granted', at, zone: '北门', attempt: 1 },
        { type: 'pulse', at, a: [1, { z: null, b: true }] },
      ],
    });
    const [event] = await run.answered(1);
    await run.close();
    const check = checkChain(rig.rows());
    expect(check.ok && check.head).toEqual({
      seq: 3,
      hash: event?.type === 'committed' ? event.hash : '',
    });
    expect(event).toMatchObject({ type: 'committed', id: 7, firstSeq: 2, lastSeq: 3 });
    expect(texts().slice(1)).toEqual([
      `{"at":"${at}","attempt":1,"bootId":"boot","seq":2,"type":"granted","zone":"北门"}`,
      `{"a":[1,{"b":true,"z":null}],"at":"${at}","bootId":"boot","seq":3,"type":"pulse"}`,
    ]);
  });

  test('answers never come before append returns, and come in order', async () => {
    const run = await rig.open();
    for (let id = 1; id <= 100; id += 1) {
      const bad = id % 10 === 0;
      run.journal.append(
        bad ? { ...request(id), records: [{ type: 'x', at, half: 0.5 }] } : request(id),
      );
      expect(run.events).toHaveLength(0);
    }
    const events = await run.answered(100);
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    const seqs = events.flatMap((event) => (event.type === 'committed' ? [event.lastSeq] : []));
    expect(seqs).toEqual(Array.from({ length: 90 }, (_, n) => n + 2));
    await run.close();
  });

  test('requests that nobody waits for are committed too, and close commits the rest', async () => {
    const run = await rig.open();
    run.journal.append(request(1, [], false));
    await run.answered(1);
    run.journal.append(request(2, [], false));
    run.journal.append(request(3, [], false));
    await run.close();
    expect(run.events.map(({ type }) => type)).toEqual(['committed', 'committed', 'committed']);
    expect(rig.rows()).toHaveLength(4);
    expect((await rig.open()).restored.endedCleanly).toBe(true);
  });

  test('a paper is reserved once a direction: the second request fails whole', async () => {
    const run = await rig.open();
    run.journal.append(request(1, [ticket('reserve', 'aa')]));
    run.journal.append(request(2, [ticket('reserve', 'bb'), ticket('reserve', 'aa')]));
    run.journal.append(request(3, [ticket('reserve', 'aa', 'in')]));
    run.journal.append(request(4, [ticket('reserve', 'cc'), ticket('reserve', 'cc')]));
    run.journal.append(request(5, [ticket('reserve', 'bb')]));
    const events = await run.answered(5);
    expect(events.map((event) => (event.type === 'failed' ? event.why : 'ok'))).toEqual([
      'ok',
      'already-reserved',
      'ok',
      'already-reserved',
      'ok',
    ]);
    await run.close();
    expect(texts().filter((text) => text.includes('"attempt":2'))).toEqual([]);
    expect(checkChain(rig.rows()).ok).toBe(true);
  });

  test('a returned paper can be reserved again; a spent, uncertain or learned one cannot', async () => {
    const run = await rig.open();
    const steps = [
      [ticket('reserve', 'aa')],
      [ticket('return', 'aa')],
      [ticket('reserve', 'aa')],
      [ticket('spend', 'aa')],
      [ticket('return', 'aa')],
      [ticket('reserve', 'aa')],
      [ticket('learn', 'bb')],
      [ticket('reserve', 'bb')],
      [ticket('reserve', 'cc')],
      [ticket('uncertain', 'cc')],
      [ticket('reserve', 'cc')],
      [ticket('reserve', 'dd')],
      [ticket('learn', 'dd')],
      [ticket('return', 'dd')],
      [ticket('reserve', 'dd')],
    ];
    steps.forEach((uses, index) => {
      run.journal.append(request(index, uses));
    });
    const events = await run.answered(steps.length);
    const refused = events.filter(({ type }) => type === 'failed').map(({ id }) => id);
    expect(refused).toEqual([5, 7, 10, 14]);
    await run.close();
  });

  test('after a crash: spent stays spent, reserved is uncertain with a record, expired is forgotten', async () => {
    const first = await rig.open();
    first.journal.append(request(1, [ticket('reserve', 'aa'), ticket('reserve', 'ab')]));
    first.journal.append(request(2, [ticket('spend', 'ab'), ticket('learn', 'ac')]));
    first.journal.append(request(3, [ticket('spend', 'ad', 'in', '2020-02-10T08:30:00Z')]));
    first.journal.append(request(4, [ticket('reserve', 'ae'), ticket('return', 'ae')]));
    const halfPast = '2020-02-10T08:30:00.000Z';
    const standing = { lockdown: false, floorMs: Date.parse(halfPast) };
    first.journal.append({ id: 5, records: [], uses: [], standing, urgent: true });
    await first.answered(5);
    await first.crash();
    // What the machine's clock says at the start has not been judged: it dates and forgets nothing.
    const second = await rig.open({
      at: '2099-01-01T00:00:00.000Z',
      newJournalId: 'ff'.repeat(16),
    });
    expect(second.restored.journal).toBe(firstId);
    expect(second.restored.endedCleanly).toBe(false);
    expect(second.restored.head.seq).toBe(6);
    const states = second.restored.uses.map(({ entry, state }) => [entry.key, state]).sort();
    expect(states).toEqual([
      ['aa', 'uncertain'],
      ['ab', 'spent'],
      ['ac', 'spent'],
    ]);
    expect(second.restored.uses.find(({ entry }) => entry.key === 'aa')?.entry).toEqual(
      ticket('reserve', 'aa').entry,
    );
    // The guard decides: he may give it back.
    second.journal.append(request(1, [ticket('reserve', 'aa')]));
    second.journal.append(request(2, [ticket('return', 'aa')]));
    second.journal.append(request(3, [ticket('reserve', 'aa')]));
    const events = await second.answered(3);
    expect(events.map(({ type }) => type)).toEqual(['failed', 'committed', 'committed']);
    await second.close();
    expect(texts()[5]).toBe(
      '{"at":"2020-02-10T08:30:00.000Z","bootId":"boot","seq":6,"type":"uses-uncertain",' +
        '"uses":[{"direction":"out","grant":2,"key":"aa","type":"ticket"}]}',
    );
    expect(checkChain(rig.rows()).ok).toBe(true);
  });

  test.each([
    ['never, where no time is sure', null, 1],
    ['not before its until', '2020-02-10T08:29:59.999Z', 1],
    ['from its until on', '2020-02-10T08:30:00.000Z', 0],
  ])('a use is forgotten: %s', async (_when, floor, left) => {
    const floorMs = floor === null ? null : Date.parse(floor);
    const first = await rig.open();
    const spent = request(1, [ticket('spend', 'aa', 'in', '2020-02-10T08:30:00Z')]);
    first.journal.append({ ...spent, standing: { lockdown: false, floorMs } });
    await first.answered(1);
    await first.close();
    const second = await rig.open({ at: '2099-01-01T00:00:00.000Z' });
    expect(second.restored.uses).toHaveLength(left);
    await second.close();
  });

  const locked: Standing = { lockdown: true, floorMs: Date.parse(at) };
  const keep = (id: number, standing: Standing, urgent = true) => ({
    id,
    records: [],
    uses: [],
    standing,
    urgent,
  });

  test('nothing stands in a new journal', async () => {
    const run = await rig.open();
    expect(run.restored.standing).toEqual(nothingStands);
    await run.close();
  });

  test('what stands outlives a clean end and a power cut, whole, until it is replaced', async () => {
    let run = await rig.open();
    run.journal.append({ ...request(1, [ticket('reserve', 'aa')]), standing: locked });
    // A request without it leaves it alone.
    run.journal.append(request(2, [], false));
    await run.answered(2);
    await run.close();
    run = await rig.open();
    expect(run.restored.standing).toEqual(locked);
    run.journal.append(keep(1, nothingStands, false));
    expect(await run.answered(1)).toMatchObject([{ type: 'committed', lastSeq: 4 }]);
    run.journal.append(keep(2, { ...locked, floorMs: locked.floorMs ?? 0 }));
    run.journal.append(keep(3, { lockdown: false, floorMs: 1_581_400_000_000 }));
    await run.answered(3);
    await run.crash();
    run = await rig.open();
    expect(run.restored.standing).toEqual({ lockdown: false, floorMs: 1_581_400_000_000 });
    await run.close();
  });

  test('a power cut before the commit leaves what stood, and the record with it', async () => {
    const first = await rig.open();
    first.journal.append(keep(1, locked));
    await first.answered(1);
    first.faults.stall(Number.POSITIVE_INFINITY);
    first.journal.append({ ...request(2), standing: nothingStands });
    await new Promise((resolve) => setImmediate(resolve));
    await first.crash();
    const second = await rig.open();
    expect(second.restored.standing).toEqual(locked);
    expect(second.restored.head.seq).toBe(1);
    await second.close();
  });

  test('a request that fails changes nothing that stands', async () => {
    const run = await rig.open();
    run.journal.append({ ...request(1, [ticket('spend', 'aa')]), standing: locked });
    run.journal.append({ ...request(2, [ticket('reserve', 'aa')]), standing: nothingStands });
    run.journal.append({ ...request(3), records: [{ type: 'X', at }], standing: nothingStands });
    await run.answered(3);
    run.faults.fail('disk-full');
    run.journal.append(keep(4, nothingStands));
    const events = await run.answered(4);
    expect(events.map((event) => (event.type === 'failed' ? event.why : 'ok'))).toEqual([
      'ok',
      'already-reserved',
      'bad-record',
      'disk-full',
    ]);
    await run.crash();
    const second = await rig.open();
    expect(second.restored.standing).toEqual(locked);
    await second.close();
  });

  test.each([0.5, -1, Number.NaN, 253_402_300_800_000, 2 ** 60])(
    'a floor that is no time refuses its request: %s',
    async (floorMs) => {
      const run = await rig.open();
      run.journal.append(keep(1, { lockdown: false, floorMs }));
      expect(await run.answered(1)).toEqual([{ type: 'failed', id: 1, why: 'bad-record' }]);
      await run.close();
    },
  );

  test.each([
    ['a later one is', '2020-02-10T08:07:00.000Z', '2020-02-10T08:07:00.000Z'],
    ['an earlier one, written late, is not', '2020-02-10T07:00:00.000Z', at],
    ['one that no clock was believed for is not', '2020-02-12T08:00:00.000Z', at],
  ])('time has reached the date of the last record: %s', async (_which, dated, reached) => {
    const first = await rig.open();
    first.journal.append({ ...request(1, [ticket('reserve', 'aa')]), standing: locked });
    first.journal.append({ ...request(2), records: [{ type: 'x', at: dated }] });
    await first.answered(2);
    await first.crash();
    const second = await rig.open({ at: '1970-01-01T00:00:00.000Z' });
    expect(second.restored.standing).toEqual({ lockdown: true, floorMs: Date.parse(reached) });
    await second.close();
    expect(texts().at(-1)).toContain(`{"at":"${reached}","bootId":"boot","seq":4,"type":"uses-`);
  });

  test('of passages the newest and of isolations the longest is there after a power cut', async () => {
    const learn = (type: 'passage' | 'isolation', hour: number, untilDay: number) => ({
      op: 'learn' as const,
      entry: {
        type,
        key: 'aa',
        at: `2020-02-10T0${hour}:00:00.000Z`,
        until: `2020-02-1${untilDay}T00:00:00.000Z`,
        ...(type === 'passage' ? { direction: 'out' as const } : {}),
      },
    });
    const first = await rig.open();
    // The gate's own, beside the record of what was decided, and what others have told.
    first.journal.append(request(1, [learn('passage', 2, 5), learn('isolation', 2, 5)]));
    first.journal.append({ ...request(2, [learn('passage', 3, 4)]), records: [] });
    first.journal.append({ ...request(3, [learn('isolation', 1, 6)]), records: [] });
    first.journal.append(request(4, [learn('passage', 1, 9), learn('isolation', 3, 4)]));
    expect((await first.answered(4)).map(({ type }) => type)).not.toContain('failed');
    await first.crash();
    const second = await rig.open();
    const uses = [...second.restored.uses].sort((a, b) => (a.entry.type < b.entry.type ? 1 : -1));
    expect(uses).toEqual([
      { entry: learn('passage', 3, 4).entry, state: 'spent' },
      { entry: learn('isolation', 1, 6).entry, state: 'spent' },
    ]);
    await second.close();
  });

  test('an isolation is there after a power cut before the passage, and not after a no-show', async () => {
    const isolation = (op: 'uncertain' | 'return' | 'learn', key: string, untilDay = 5) => ({
      op,
      entry: {
        type: 'isolation' as const,
        key,
        at: '2020-02-10T01:00:00.000Z',
        until: `2020-02-1${untilDay}T00:00:00.000Z`,
      },
    });
    const first = await rig.open();
    first.journal.append(
      request(
        1,
        ['aa', 'bb', 'cc'].map((key) => isolation('uncertain', key)),
      ),
    );
    first.journal.append(request(2, [isolation('return', 'bb'), isolation('learn', 'cc')]));
    // Another member of the household came later: the longer one stands.
    first.journal.append(request(3, [isolation('uncertain', 'cc', 7)]));
    first.journal.append(request(4, [isolation('learn', 'cc', 7)]));
    first.journal.append(request(5, [isolation('learn', 'cc', 6)]));
    expect((await first.answered(5)).map(({ type }) => type)).not.toContain('failed');
    await first.crash();
    const second = await rig.open();
    const uses = [...second.restored.uses].sort((a, b) => (a.entry.key < b.entry.key ? -1 : 1));
    expect(uses).toEqual([
      { entry: isolation('learn', 'aa').entry, state: 'uncertain' },
      { entry: isolation('learn', 'cc', 7).entry, state: 'spent' },
    ]);
    await second.close();
  });

  test('what was made at this gate is told apart from what others have told', async () => {
    const entry = (type: 'passage' | 'isolation', key: string, day = 5) => ({
      ...{ type, key, at: `2020-02-0${day}T01:00:00.000Z`, until: `2020-02-1${day}T00:00:00.000Z` },
    });
    const change = (op: UseChange['op'], it: KnownEntry): UseChange => ({ op, entry: it });
    const first = await rig.open();
    first.journal.append(
      request(1, [
        change('know', entry('passage', 'aa')),
        change('learn', entry('passage', 'bb')),
        change('know', entry('passage', 'cc')),
        change('know', entry('isolation', 'dd')),
        ...[ticket('spend', 'ee'), ticket('learn', 'ff')],
      ]),
    );
    // Another gate's later passage is that gate's to tell; of one ticket used at both both tell.
    first.journal.append(
      request(2, [change('learn', entry('passage', 'cc', 6)), ticket('learn', 'ee')]),
    );
    // Somebody of an isolated household who is let in and does not come leaves it as it was.
    first.journal.append(request(3, [change('uncertain', entry('isolation', 'dd', 6))]));
    first.journal.append(request(4, [change('return', entry('isolation', 'dd', 6))]));
    first.journal.append(request(5, [change('know', entry('isolation', 'dd', 7))]));
    expect((await first.answered(5)).map(({ type }) => type)).not.toContain('failed');
    await first.crash();
    const second = await rig.open();
    const told = second.restored.uses.map(({ entry: it, own = false }) => [it.key, own] as const);
    expect(new Map(told)).toEqual(
      new Map([
        ...(['aa', 'dd', 'ee'].map((key) => [key, true]) as [string, boolean][]),
        ...(['bb', 'cc', 'ff'].map((key) => [key, false]) as [string, boolean][]),
      ]),
    );
    await second.close();
  });

  test('only a gate’s own use of a paper is a use: it may not say that it knows of one', async () => {
    const run = await rig.open();
    run.journal.append(request(1, [{ ...ticket('spend', 'aa'), op: 'know' }]));
    expect(await run.answered(1)).toMatchObject([{ type: 'failed', why: 'bad-record' }]);
    await run.close();
  });

  const bad: readonly (readonly [string, RecordDraft])[] = [
    ['a float', { type: 'x', at, value: 0.5 }],
    ['more than 53 bits', { type: 'x', at, value: 2 ** 53 }],
    ['a lone surrogate', { type: 'x', at, value: '\ud800' }],
    ['a member named seq', { type: 'x', at, seq: 9 }],
    ['a member named bootId', { type: 'x', at, bootId: 'y' }],
    ['no proper time', { type: 'x', at: '2020-02-10 08:00' }],
    ['an impossible time', { type: 'x', at: '2020-13-10T08:00:00.000Z' }],
    ['no proper type', { type: 'X y', at }],
    ['too many bytes', { type: 'x', at, value: '啊'.repeat(20_000) }],
  ];
  test.each(bad)('a record with %s is refused, and the next one is not', async (_what, draft) => {
    const run = await rig.open();
    run.journal.append({ ...request(1, [ticket('reserve', 'aa')]), records: [draft] });
    run.journal.append(request(2, [ticket('reserve', 'aa')]));
    const [first, second] = await run.answered(2);
    expect(first).toEqual({ type: 'failed', id: 1, why: 'bad-record' });
    expect(second?.type).toBe('committed');
    await run.close();
  });

  test('a sealed part lies beside the record that names it, also after a crash', async () => {
    const run = await rig.open();
    const [first, second] = [sealedPart('first'), sealedPart('second')];
    const { salt, box } = first;
    const named = (hash: string): RecordDraft => ({ type: 'decision', at, sealed: hash });
    run.journal.append({
      ...request(1, [ticket('reserve', 'aa'), ticket('learn', 'bb')]),
      records: [{ type: 'x', at }, named(first.hash), named(second.hash)],
      sealed: [
        { recordIndex: 2, salt: second.salt, box: second.box },
        { recordIndex: 1, salt, box },
      ],
    });
    run.journal.append({ ...request(2, [ticket('return', 'aa')]), sealed: [] });
    const events = await run.answered(2);
    expect(events.map(({ type }) => type)).toEqual(['committed', 'committed']);
    await run.crash();
    expect(rig.sealed(2)).toBeUndefined();
    expect(rig.sealed(3)).toEqual({ salt, box });
    expect(rig.sealed(4)).toEqual({ salt: second.salt, box: second.box });
    expect(texts()[2]).toBe(
      `{"at":"${at}","bootId":"boot","sealed":"${first.hash}","seq":3,"type":"decision"}`,
    );
  });

  test('a purged part is gone, the other parts and the whole chain are not', async () => {
    const run = await rig.open();
    const parts = [sealedPart('first'), sealedPart('second')];
    for (const [id, { hash, salt, box }] of parts.entries())
      run.journal.append({
        ...request(id),
        records: [{ type: 'decision', at, sealed: hash }],
        sealed: [{ recordIndex: 0, salt, box }],
      });
    await run.answered(2);
    await run.close();
    const before = texts();
    expect(rig.purge([1, 2, 9])).toBe(1);
    expect(rig.sealed(2)).toBeUndefined();
    expect(rig.sealed(3)).toMatchObject({ box: parts[1]?.box });
    expect(texts()).toEqual(before);
    expect(checkChain(rig.rows())).toMatchObject({ ok: true, count: 3 });
  });

  const { hash: rightHash, ...rightPart } = sealedPart('right');
  const beside = { recordIndex: 0, ...rightPart };
  test.each([
    ['another content', [{ ...beside, box: sealedPart('wrong').box }]],
    ['another salt', [{ ...beside, salt: '5b'.repeat(16) }]],
    ['a short salt', [{ ...beside, salt: '5a'.repeat(15) }]],
    ['an upper-case salt', [{ ...beside, salt: '5A'.repeat(16) }]],
    ['padding', [{ ...beside, box: `${beside.box}=` }]],
    ['nothing in it', [{ ...beside, box: '' }]],
    ['a record that is not there', [{ ...beside, recordIndex: 2 }]],
    ['a record that names none', [{ ...beside, recordIndex: 1 }]],
    ['no whole number', [{ ...beside, recordIndex: 0.5 }]],
    ['the same record as another', [beside, beside]],
    ['too many bytes', [{ ...beside, box: 'AAAA'.repeat(2_731) }]],
  ])('a sealed part with %s refuses its request', async (_what, sealed) => {
    const run = await rig.open();
    const records = [
      { type: 'decision', at, sealed: rightHash },
      { type: 'x', at },
    ];
    run.journal.append({ id: 1, records, uses: [], urgent: true, sealed });
    run.journal.append({ id: 2, records, uses: [], urgent: true, sealed: [beside] });
    const events = await run.answered(2);
    expect(events[0]).toEqual({ type: 'failed', id: 1, why: 'bad-record' });
    expect(events[1]).toMatchObject({ type: 'committed', firstSeq: 2 });
    await run.close();
  });

  test('a record and its sealed part together must fit into one message', async () => {
    const run = await rig.open();
    const part = sealedPart('x'.repeat(8_000));
    const { salt, box } = part;
    const sized = (bytes: number) => ({
      ...request(bytes),
      records: [{ type: 'decision', at, sealed: part.hash, pad: 'x'.repeat(bytes) }],
      sealed: [{ recordIndex: 0, salt, box }],
    });
    run.journal.append(sized(48_000));
    run.journal.append(sized(50_000));
    const events = await run.answered(2);
    expect(events.map(({ type }) => type)).toEqual(['committed', 'failed']);
    await run.close();
  });

  test('reserving needs a record, learning and spending do not; only papers can be reserved', async () => {
    const run = await rig.open();
    const passage = { type: 'passage', key: 'cc', until: at, at } as const;
    run.journal.append({ id: 1, records: [], uses: [ticket('reserve', 'aa')], urgent: true });
    run.journal.append(request(2, [{ op: 'spend', entry: passage }]));
    run.journal.append({
      id: 3,
      records: [],
      uses: [{ op: 'learn', entry: passage }],
      urgent: true,
    });
    run.journal.append(request(4, [ticket('reserve', 'aa', 'out', 'tomorrow')]));
    run.journal.append({ id: 5, records: [], uses: [ticket('spend', 'bb')], urgent: true });
    const events = await run.answered(5);
    expect(events.map((event) => (event.type === 'failed' ? event.why : 'ok'))).toEqual([
      'bad-record',
      'bad-record',
      'ok',
      'bad-record',
      'ok',
    ]);
    expect(events[2]).toMatchObject({ firstSeq: 2, lastSeq: 1 });
    await run.close();
  });

  test.each(['disk-full', 'read-only', 'io-error'] as const)(
    'a disk that is %s leaves nothing behind, and appends work again when it heals',
    async (why) => {
      const run = await rig.open();
      run.faults.fail(why);
      run.journal.append(request(1, [ticket('reserve', 'aa')]));
      await run.answered(1);
      run.faults.heal();
      run.journal.append(request(2, [ticket('reserve', 'aa')]));
      const events = await run.answered(2);
      expect(events[0]).toEqual({ type: 'failed', id: 1, why });
      expect(events[1]).toMatchObject({ type: 'committed', id: 2, firstSeq: 2 });
      await run.close();
      expect(checkChain(rig.rows())).toMatchObject({ ok: true, count: 2 });
    },
  );

  test('a stalled commit is answered late, and nothing overtakes it', async () => {
    const run = await rig.open();
    const beganMs = rig.nowMs();
    run.faults.stall(40, 1);
    run.journal.append(request(1));
    run.journal.append(request(2));
    const events = await run.answered(2);
    expect(events.map(({ type, id }) => [type, id])).toEqual([
      ['committed', 1],
      ['committed', 2],
    ]);
    expect(rig.nowMs() - beganMs).toBeGreaterThanOrEqual(40);
    await run.close();
  });

  test('a disk that stalls without end answers when it heals, not before', async () => {
    const run = await rig.open();
    run.faults.stall(Number.POSITIVE_INFINITY);
    run.journal.append(request(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(run.events).toHaveLength(0);
    run.faults.heal();
    expect((await run.answered(1))[0]?.type).toBe('committed');
    await run.close();
  });

  test('a lost worker fails what waits and what comes later', async () => {
    const run = await rig.open();
    run.journal.append(request(1));
    await run.answered(1);
    run.faults.stall(Number.POSITIVE_INFINITY);
    run.journal.append(request(2, [ticket('reserve', 'aa')]));
    run.journal.append(request(3));
    run.faults.loseWorker();
    await run.answered(3);
    run.journal.append(request(4));
    const events = await run.answered(4);
    expect(events.slice(1)).toEqual(
      [2, 3, 4].map((id) => ({ type: 'failed', id, why: 'worker-lost' })),
    );
    await run.close();
    expect(rig.rows()).toHaveLength(2);
  });

  test('after close every append fails as closed', async () => {
    const run = await rig.open();
    await run.close();
    run.journal.append(request(1));
    expect(await run.answered(1)).toEqual([{ type: 'failed', id: 1, why: 'closed' }]);
  });

  test('a disk that never answers fills a bounded queue, then refuses', async () => {
    const run = await rig.open();
    run.faults.stall(Number.POSITIVE_INFINITY);
    for (let id = 1; id <= 4_097; id += 1) run.journal.append(request(id));
    expect(await run.answered(1)).toEqual([{ type: 'failed', id: 4_097, why: 'overloaded' }]);
    run.faults.heal();
    await run.answered(4_097);
    await run.close();
    expect(checkChain(rig.rows())).toMatchObject({ ok: true, count: 4_097 });
  });

  test('two listeners hear every answer until they leave', async () => {
    const run = await rig.open();
    const heard: number[] = [];
    const leave = run.journal.subscribe(({ id }) => heard.push(id));
    run.journal.append(request(1));
    await run.answered(1);
    leave();
    run.journal.append(request(2));
    await run.answered(2);
    expect(heard).toEqual([1]);
    await run.close();
  });
});
