import { describe, expect, test } from 'vitest';
import { writeCardText } from '../../drivers/id-card-reader/card-text.js';
import {
  type CommandName,
  encodeCommand,
  encodeReply,
  type ReadCommand,
} from '../../drivers/id-card-reader/codec.js';
import { idCardReader } from '../../drivers/id-card-reader/driver.js';
import {
  idCardReaderTwin,
  type ReaderBehaviour,
  type ReaderFault,
} from '../../drivers/id-card-reader/twin.js';
import { runIdCardReader } from '../../drivers/twins.js';
import type { Link, LinkEvents, Scheduler } from '../../hardware/ports.js';
import { random } from '../../hardware/simulated/random.js';
import { noFaults } from '../../hardware/simulated/wire.js';
import { sampleCard } from '../../scripts/simulated-board/people.js';
import { bench, benchWire } from './bench.js';

interface Options {
  readonly seed?: number;
  readonly behaviour?: ReaderBehaviour;
  readonly readCommand?: ReadCommand;
  readonly fingerprints?: 0 | 1 | 2;
  /** what the line makes of an answer */
  readonly line?: (bytes: Uint8Array) => Uint8Array;
}

function readerOn(options: Options = {}) {
  const { seed = 1, readCommand, line = (bytes) => bytes, ...twinOptions } = options;
  const side = bench();
  const { link, far } = benchWire(side, seed);
  const twin = idCardReaderTwin({ random: random(seed + 1), ...twinOptions });
  const asked: string[] = [];
  far.onData((bytes) => void asked.push(Buffer.from(bytes.subarray(7, -1)).toString('hex')));
  const write = (bytes: Uint8Array): void => far.write(line(bytes));
  runIdCardReader({ ...side.tools, twin, onData: far.onData, write });
  const driver = idCardReader({
    ...side.tools,
    link,
    ...(readCommand === undefined ? {} : { readCommand }),
  });
  driver.start();
  /** What was told of cards, in short, since it was asked for last. */
  const told = (): string[] => {
    const words = side.readings.splice(0).flatMap((reading) => {
      if (reading.type === 'card') return [`card ${reading.card.number}`];
      if (reading.type === 'card-removed') return ['removed'];
      if (reading.type === 'card-unreadable') return [`unreadable ${reading.reason}`];
      if (reading.type === 'device') return [`${reading.status} ${reading.why}`.trim()];
      return [];
    });
    return words;
  };
  return { ...side, driver, twin, far, asked, told };
}

const dice = random(2_020);
const anna = sampleCard(dice, 'resident');
const boris = sampleCard(dice, 'foreign-2023');
const behaviours = ['goes-on', 'falls-silent'] as const;

describe.each(behaviours)('a module that %s', (behaviour) => {
  test('reads a card once, however long it lies, and again when it was taken away', () => {
    const side = readerOn({ behaviour });
    side.clock.advance(1_000);
    expect(side.told()).toEqual(['ok']);
    for (let round = 0; round < 3; round++) {
      side.twin.place(anna);
      side.clock.advance(1_200);
      expect(side.told()).toEqual([`card ${anna.number}`]);
      side.clock.advance(600_000);
      side.twin.remove();
      side.clock.advance(3_000);
      expect(side.told()).toEqual(['removed']);
    }
  });

  test('the whole card comes out, of each kind and by each read command', () => {
    for (const readCommand of ['30 01', '30 10'] as const)
      for (const fingerprints of [0, 1, 2] as const) {
        const side = readerOn({ behaviour, readCommand, fingerprints });
        for (const card of [anna, boris, sampleCard(dice), sampleCard(dice)]) {
          side.twin.place(card);
          side.clock.advance(2_000);
          expect(side.of('card').at(-1)?.card).toEqual(card);
          side.twin.remove();
          side.clock.advance(3_000);
        }
        expect(side.of('card')).toHaveLength(4);
        expect(side.of('discarded')).toEqual([]);
        expect(side.asked.includes('3010')).toBe(readCommand === '30 10');
        expect(side.asked.includes('3001')).toBe(readCommand === '30 01');
      }
  });

  test('the next person’s card is read although the first has just been taken', () => {
    const side = readerOn({ behaviour });
    side.twin.place(anna);
    side.clock.advance(1_500);
    side.twin.remove();
    side.clock.advance(900);
    side.twin.place(boris);
    side.clock.advance(1_500);
    expect(side.told()).toEqual(['ok', `card ${anna.number}`, 'removed', `card ${boris.number}`]);
  });

  test('a card that is moved a little is not read twice, one that took its place is', () => {
    const side = readerOn({ behaviour });
    side.twin.place(anna);
    side.clock.advance(1_500);
    for (let round = 0; round < 5; round++) {
      side.twin.remove();
      side.clock.advance(300);
      side.twin.place(anna);
      side.clock.advance(1_500);
    }
    expect(side.told()).toEqual(['ok', `card ${anna.number}`]);
    side.twin.remove();
    side.clock.advance(300);
    side.twin.place(boris);
    side.clock.advance(1_500);
    expect(side.told()).toEqual(['removed', `card ${boris.number}`]);
  });

  test('a lying card that was moved and cannot be read any more is nobody’s news', () => {
    const side = readerOn({ behaviour });
    side.twin.place(anna);
    side.clock.advance(1_500);
    side.twin.remove();
    side.clock.advance(300);
    side.twin.setFault({ type: 'status', sw: [0, 0, 0x41], to: ['read 30 01'] });
    side.twin.place(anna);
    side.clock.advance(10_000);
    // A module that had fallen silent finds only what is new: there it is another card.
    const asNew = behaviour === 'goes-on' ? [] : ['removed', 'unreadable read-failed'];
    expect(side.told()).toEqual(['ok', `card ${anna.number}`, ...asNew]);
    side.twin.remove();
    side.clock.advance(3_000);
    expect(side.told()).toEqual(['removed']);
  });

  test('a card that lies through a reset or a loss of power of the module is not read twice', () => {
    const side = readerOn({ behaviour });
    side.twin.place(anna);
    side.clock.advance(10_000);
    side.told();
    for (const fault of [{ type: 'deaf' }, { type: 'deaf', to: ['status'] }] as const) {
      side.asked.length = 0;
      side.twin.setFault(fault);
      while (!side.asked.includes('10ff')) side.clock.advance(10);
      side.clock.advance(500);
      side.twin.setFault({ type: 'none' });
      side.clock.advance(5_000);
      expect(side.told().filter((word) => word.startsWith('card'))).toEqual([]);
    }
    side.twin.setFault({ type: 'deaf' });
    side.clock.advance(60_000);
    side.twin.restart();
    side.twin.setFault({ type: 'none' });
    side.clock.advance(5_000);
    expect(side.told().filter((word) => word.startsWith('card'))).toEqual([]);
    side.twin.remove();
    side.clock.advance(3_000);
    side.twin.place(anna);
    side.clock.advance(2_000);
    expect(side.told()).toContain(`card ${anna.number}`);
  });

  test('a card that lies through a pulled cable is not read twice, one laid meanwhile is read', () => {
    const side = readerOn({ behaviour });
    side.twin.place(anna);
    side.clock.advance(1_500);
    side.far.cut();
    side.clock.advance(30_000);
    side.twin.restart();
    side.far.mend();
    side.clock.advance(4_000);
    const states = ['ok', `card ${anna.number}`, 'lost gone'];
    const absent = 'lost absent';
    // A module that fell silent cannot show that the card lies there still.
    const unseen = behaviour === 'goes-on' ? [] : ['removed'];
    expect(side.told()).toEqual([...states, absent, 'ok', ...unseen]);
    side.far.cut();
    side.clock.advance(3_000);
    side.twin.place(boris);
    side.far.mend();
    side.clock.advance(4_000);
    const words = side.told().filter((word) => /^(removed|card)/.test(word));
    expect(words.slice(0, 2 - unseen.length)).toEqual(
      ['removed', `card ${boris.number}`].slice(unseen.length),
    );
  });

  test('a card taken in the middle of its reading is told as unreadable, and the next is read', () => {
    const side = readerOn({ behaviour });
    side.clock.advance(1_000);
    side.twin.place(anna);
    side.clock.advance(300);
    side.twin.setFault({ type: 'status', sw: [0x6f, 0, 0x41], to: ['read 30 01'] });
    side.clock.advance(200);
    side.twin.remove();
    side.twin.setFault({ type: 'none' });
    side.clock.advance(5_000);
    side.twin.place(boris);
    side.clock.advance(1_500);
    const words = side.told();
    expect(words.at(-1)).toBe(`card ${boris.number}`);
    expect(words.filter((word) => word === `card ${anna.number}`).length).toBeLessThanOrEqual(1);
  });

  test.each([
    ['read 30 01', 0x41, 'read-failed'],
    ['read 30 01', 0x31, 'card-rejected-reader'],
    ['read 30 01', 0x32, 'reader-rejected-card'],
    ['read 30 01', 0x33, 'verification-failed'],
    ['read 30 01', 0x40, 'wrong-card-type'],
    ['read 30 01', 0x47, 'random-number-failed'],
    ['read 30 01', 0x91, 'item-absent'],
    ['read 30 01', 0x80, 'no-card'],
    ['read 30 01', 0x21, 'bad-command'],
    ['read 30 01', 0x24, 'unrecognised-error'],
    ['read 30 01', 0x77, 'unknown'],
    ['select', 0x81, 'select-failed'],
  ] as const)('%s answered by %i: told once as %s until the card is taken', (to, code, reason) => {
    const side = readerOn({ behaviour });
    side.clock.advance(1_000);
    side.twin.setFault({ type: 'status', sw: [0x00, 0x00, code], to: [to] });
    side.twin.place(anna);
    side.clock.advance(30_000);
    const cards = (words: string[]) => words.filter((word) => /^(card|unread|remov)/.test(word));
    expect(cards(side.told())).toEqual([`unreadable ${reason}`]);
    side.twin.remove();
    side.clock.advance(3_000);
    side.twin.setFault({ type: 'none' });
    side.twin.place(boris);
    side.clock.advance(1_500);
    expect(cards(side.told())).toEqual(['removed', `card ${boris.number}`]);
  });

  test('a card whose text does not hold is read twice and told once', () => {
    const side = readerOn({ behaviour });
    const text = writeCardText(anna);
    text[122 + 34] = 0x20;
    side.twin.place(text);
    side.clock.advance(20_000);
    expect(side.told().slice(0, 2)).toEqual(['ok', 'unreadable bad-number']);
    expect(side.asked.filter((command) => command === '3001')).toHaveLength(2);
    expect(side.of('card')).toEqual([]);
  });

  test.each<ReaderFault>([
    { type: 'late', ms: 300, to: ['find', 'select', 'status'] },
    { type: 'late', ms: 1_400, to: ['read 30 01'] },
    { type: 'wrapped' },
    { type: 'noisy' },
  ])('answers that are only $type cost time and nothing else', (fault) => {
    const side = readerOn({ behaviour });
    side.twin.setFault(fault);
    side.clock.advance(1_000);
    for (const card of [anna, boris]) {
      side.twin.place(card);
      side.clock.advance(6_000);
      side.twin.remove();
      side.clock.advance(6_000);
    }
    expect(side.told()).toEqual([
      ...['ok', `card ${anna.number}`, 'removed', `card ${boris.number}`, 'removed'],
    ]);
  });

  test('a reading that comes when it has been given up is not taken for the next card’s', () => {
    const side = readerOn({ behaviour });
    side.clock.advance(1_000);
    side.twin.place(anna);
    side.twin.setFault({ type: 'late', ms: 2_600, to: ['read 30 01'] });
    side.clock.advance(1_300);
    side.twin.setFault({ type: 'none' });
    side.twin.place(boris);
    side.clock.advance(6_000);
    expect(side.of('card').map(({ card }) => card.number)).toEqual([boris.number]);
    expect(side.of('discarded').some(({ why }) => why === 'late')).toBe(true);
  });

  test.each<ReaderFault>([
    { type: 'deaf' },
    { type: 'wrong-checksum' },
    { type: 'breaks-off' },
    { type: 'deaf', to: ['read 30 01'] },
    { type: 'wrong-checksum', to: ['read 30 01'] },
    { type: 'breaks-off', to: ['read 30 01'] },
    { type: 'gives-up', to: ['read 30 01'] },
    { type: 'late', ms: 5_000, to: ['read 30 01'] },
    { type: 'deaf', to: ['select'] },
    { type: 'deaf', to: ['find'] },
    { type: 'status', sw: [0, 0, 0x10] },
    { type: 'status', sw: [0, 0, 0x24] },
  ])('while it is $type ($to) no card is told, and it is in use 2 s after', (fault) => {
    const side = readerOn({ behaviour });
    side.clock.advance(5_000);
    side.told();
    side.twin.setFault(fault);
    side.twin.place(anna);
    side.clock.advance(60_000);
    expect(side.of('card')).toEqual([]);
    side.twin.remove();
    side.twin.setFault({ type: 'none' });
    side.clock.advance(2_000);
    expect(['ok', undefined]).toContain(side.states().at(-1));
    side.clock.advance(5_000);
    side.twin.place(boris);
    side.clock.advance(4_000);
    expect(side.of('card').map(({ card }) => card)).toEqual([boris]);
  });
});

test('one broken answer to the read costs a second read, not the card', () => {
  for (const behaviour of behaviours)
    for (const type of ['wrong-checksum', 'breaks-off', 'deaf', 'gives-up'] as const) {
      const side = readerOn({ behaviour });
      side.clock.advance(1_000);
      side.twin.setFault({ type, to: ['read 30 01'] });
      side.twin.place(anna);
      while (!side.asked.includes('3001')) side.clock.advance(1);
      side.twin.setFault({ type: 'none' });
      side.clock.advance(5_000);
      expect(side.told().filter((word) => /^(card|unread)/.test(word))).toEqual([
        `card ${anna.number}`,
      ]);
    }
});

test('the module is asked how it is at the start and at least every 3.3 s, and cards each 200 to 300 ms', () => {
  const side = readerOn();
  const { asked } = side;
  side.clock.advance(10);
  expect(asked).toEqual(['11ff', '2001']);
  side.clock.advance(60_000);
  const gaps = asked
    .join(' ')
    .split('11ff')
    .slice(2, -1)
    .map((part) => part.trim().split(' ').length);
  for (const gap of gaps) expect([11, 12, 13]).toContain(gap);
  const finds = asked.filter((command) => command === '2001').length;
  expect(finds).toBeGreaterThan(200);
  expect(finds).toBeLessThan(300);
});

test.each([
  [0x60, 'self-test-failed'],
  [0x66, 'not-authorised'],
])(
  'a module that answers %i is degraded from its first word on, gets no find, and is well again',
  (code, why) => {
    const side = readerOn();
    side.twin.setFault({ type: 'status', sw: [0, 0, code] });
    side.clock.advance(1);
    const before = side.asked.length;
    side.clock.advance(20_000);
    expect(side.told()).toEqual([`degraded ${why}`]);
    expect(side.asked.slice(before)).not.toContain('2001');
    expect(side.asked.includes('10ff')).toBe(code === 0x60);
    side.twin.setFault({ type: 'none' });
    side.twin.place(anna);
    side.clock.advance(2_500);
    expect(side.told()).toEqual(['ok', `card ${anna.number}`]);
  },
);

test('a module that falls ill over a card says so and tells no card', () => {
  const side = readerOn();
  side.clock.advance(1_000);
  side.twin.setFault({ type: 'status', sw: [0, 0, 0x60], to: ['read 30 01'] });
  side.twin.place(anna);
  side.clock.advance(2_000);
  expect(side.told().slice(0, 2)).toEqual(['ok', 'degraded self-test-failed']);
  expect(side.of('card')).toEqual([]);
});

test('repeated failures reset the module, and only repeated ones', () => {
  for (const [fault, isReset] of [
    [{ type: 'deaf', to: ['find'] }, true],
    [{ type: 'status', sw: [0, 0, 0x24], to: ['find'] }, true],
    [{ type: 'none' }, false],
  ] as const) {
    const side = readerOn();
    side.clock.advance(1_000);
    side.twin.setFault(fault);
    side.clock.advance(5_000);
    expect(side.asked.includes('10ff')).toBe(isReset);
    expect(side.states()).toEqual(isReset ? ['ok', 'degraded failing'] : ['ok']);
    side.twin.setFault({ type: 'none' });
    side.clock.advance(2_000);
    expect(side.states().at(-1)).toBe('ok');
  }
});

test('a module that is there from the start but dumb is lost, and in use 2 s after it wakes', () => {
  for (let wakesAtMs = 20_000; wakesAtMs < 26_000; wakesAtMs += 170) {
    const side = readerOn();
    side.twin.setFault({ type: 'deaf' });
    side.clock.advance(wakesAtMs);
    expect(side.states()).toEqual(['lost silent']);
    side.twin.setFault({ type: 'none' });
    side.clock.advance(2_000);
    expect(side.states()).toEqual(['lost silent', 'ok']);
  }
});

test('bytes that are no frames make it garbled, not merely silent', () => {
  const side = readerOn();
  side.clock.advance(1_000);
  side.twin.setFault({ type: 'wrong-checksum' });
  side.clock.advance(20_000);
  expect(side.states()).toContain('lost garbled');
});

test('a pulled cable is in use within 2 s of its return', () => {
  const side = readerOn();
  side.clock.advance(5_000);
  side.far.cut();
  side.clock.advance(60_000);
  side.far.mend();
  side.clock.advance(2_000);
  expect(side.states().at(-1)).toBe('ok');
});

test('a stopped driver asks nothing, says nothing, and starts again without the old card', () => {
  const side = readerOn();
  side.twin.place(anna);
  side.clock.advance(1_500);
  side.driver.stop();
  const { length } = side.asked;
  side.told();
  side.clock.advance(60_000);
  expect(side.clock.nextDueMs()).toBeUndefined();
  expect([side.asked.length, side.told()]).toEqual([length, []]);
  side.driver.start();
  side.clock.advance(1_500);
  expect(side.told()).toEqual(['ok', `card ${anna.number}`]);
});

test('a driver that is stopped by what it tells runs no timer', () => {
  for (const type of ['card', 'device'] as const) {
    const side = bench();
    const { link, far } = benchWire(side);
    const twin = idCardReaderTwin({ random: random(1) });
    runIdCardReader({ ...side.tools, twin, onData: far.onData, write: far.write });
    const told: string[] = [];
    const driver = idCardReader({
      ...side.tools,
      link,
      emit(reading) {
        told.push(reading.type);
        if (reading.type === type) driver.stop();
      },
    });
    twin.place(anna);
    driver.start();
    side.clock.advance(10_000);
    expect(told.filter((given) => given === type)).toHaveLength(1);
    expect(side.clock.nextDueMs()).toBeUndefined();
  }
});

test('an answer that lay unread while the process was held up counts', () => {
  const side = bench();
  const written: Uint8Array[] = [];
  let events: LinkEvents | null = null;
  const link: Link = {
    open: (opened) => {
      events = opened;
    },
    write: (bytes) => void written.push(bytes),
    close: () => {},
  };
  const heldUpMs = 100;
  const scheduler: Scheduler = {
    at: (dueMs, task) =>
      side.clock.at(dueMs > side.clock.now().monotonicMs ? dueMs + heldUpMs : dueMs, task),
  };
  idCardReader({ ...side.tools, scheduler, link }).start();
  const connection = events as LinkEvents | null;
  connection?.opened();
  expect(written).toEqual([encodeCommand('status')]);
  // 300 ms for the status, 400 for the link: the timer and the answer come at one late instant.
  side.clock.at(700 + heldUpMs, () => connection?.data(encodeReply([0, 0, 0x90])));
  side.clock.advance(700 + heldUpMs);
  expect(written).toEqual([encodeCommand('status'), encodeCommand('find')]);
  expect(side.of('discarded')).toEqual([]);
});

test('frames that nobody asked for are counted as late and change nothing', () => {
  const side = readerOn();
  side.clock.advance(100);
  const found = Uint8Array.from(Buffer.from('aaaaaa9669000800009f0000000097', 'hex'));
  side.far.write(found);
  side.clock.advance(50);
  expect(side.of('discarded')).toMatchObject([{ why: 'late', byteCount: found.length }]);
  expect(side.asked).not.toContain('2002');
});

test('on a line that garbles bytes, people come for an hour: nobody is read twice, no card is wrong', () => {
  let readings = 0;
  let placings = 0;
  for (const behaviour of behaviours)
    for (let seed = 1; seed <= 3; seed++) {
      const side = readerOn({ behaviour, seed: seed * 100 });
      const people = random(seed);
      side.far.setFaults({
        ...{ corruptByte: 0.000_1, dropByte: 0.000_1, duplicateChunk: 0.02 },
        ...{ insertNoise: 0.02, splitChunk: 0.5 },
      });
      for (let person = 0; person < 60; person++) {
        const card = sampleCard(people);
        side.twin.place(card);
        placings += 1;
        if (people.chance(0.1)) side.far.cut();
        side.clock.advance(1_500 + people.int(15_000));
        side.far.mend();
        if (people.chance(0.1)) side.twin.setFault({ type: 'deaf' });
        side.clock.advance(people.int(4_000));
        side.twin.setFault({ type: 'none' });
        side.clock.advance(people.int(20_000));
        side.twin.remove();
        side.clock.advance(3_500 + people.int(10_000));
        const cards = side.of('card').map((reading) => reading.card);
        expect(cards.length).toBeLessThanOrEqual(1);
        for (const read of cards) expect(read).toEqual(card);
        readings += cards.length;
        side.readings.length = 0;
      }
      side.far.setFaults(noFaults);
      side.clock.advance(10_000);
      side.twin.place(anna);
      side.clock.advance(4_000);
      expect(side.of('card').map(({ card }) => card)).toEqual([anna]);
    }
  expect(readings / placings).toBeGreaterThan(0.9);
});

test('after garbage on the line a reading counts when it has come twice: a deceived XOR is no card', () => {
  for (const behaviour of behaviours) {
    let readings = 0;
    const side = readerOn({
      behaviour,
      line(bytes) {
        if (bytes.length < 1_000 || ++readings !== 1) return bytes;
        // The same bit in two characters of the name: the XOR holds, and so does every field.
        return bytes.map((byte, at) => (at === 14 || at === 16 ? byte ^ 0x04 : byte));
      },
    });
    side.clock.advance(1_000);
    side.far.write(Uint8Array.of(0x55));
    side.twin.place(anna);
    side.clock.advance(5_000);
    expect(side.of('card').map(({ card }) => card)).toEqual([anna]);
    expect(readings).toBe(3);
    side.clock.advance(15_000);
    side.twin.remove();
    side.clock.advance(3_000);
    side.twin.place(boris);
    side.clock.advance(3_000);
    expect(readings).toBe(4);
  }
});

test('no command but those of reading is ever sent', () => {
  const side = readerOn();
  side.far.setFaults({ corruptByte: 0.01, dropByte: 0.01 });
  side.twin.place(anna);
  side.clock.advance(120_000);
  const allowed: readonly CommandName[] = ['reset', 'status', 'find', 'select', 'read 30 01'];
  expect(new Set(side.asked).size).toBeLessThanOrEqual(allowed.length);
  for (const command of new Set(side.asked))
    expect(['10ff', '11ff', '2001', '2002', '3001']).toContain(command);
});
