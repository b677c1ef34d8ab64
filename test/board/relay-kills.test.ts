/**
 * The relay's program on a real kernel's line, killed before, in and after its pulse, with the far side
 * of the line on record; and its event loop held up in mid-pulse. Longer by `npm run test:board -- --long`.
 */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { relayLimits } from '../../hardware/ports.js';
import { runOnBoard } from './board.js';
import { makeChipCommand } from './gpio-sim.js';
import { canRun, why } from './kernel.js';
import {
  isHighAt,
  judgeKills,
  type KillRecord,
  killPhases,
  type Life,
  lateMsMax,
  onTimes,
  type Phase,
} from './relay-kills.js';
import { chipLabel } from './relay-kills-lines.js';
import type { KillOptions, KillRecords } from './relay-kills-program.js';

const isLong = process.env['GATE_KIOSK_LONG'] === '1';
const seedGiven = process.env['GATE_KIOSK_SEED'];
const seed = seedGiven === undefined ? Date.now() % 1_000_000 : Number(seedGiven);
/** `npm run test:board` has the time for 200; in `npm test` others wait for the machine. */
const usualKills = process.env['GATE_KIOSK_BOARD'] === '1' ? 200 : 60;
const options: KillOptions = { seed, kills: isLong ? 2_000 : usualKills, blockMs: 10_000 };
const timeLimitSeconds = isLong ? 9_000 : 1_500;
const program = fileURLToPath(new URL('./relay-kills-program.js', import.meta.url));

describe.skipIf(!canRun)(`a relay's program killed on a virtual board, seed ${seed}${why}`, () => {
  let records: KillRecords;
  let lives: readonly Life[];
  const of = (phase: Phase): readonly Life[] => lives.filter((life) => life.phase === phase);

  beforeAll(async () => {
    const lines: string[] = [];
    const command = `${makeChipCommand(chipLabel, 58)} && ${process.execPath} ${program} '${JSON.stringify(options)}'`;
    const end = await runOnBoard(command, { timeLimitSeconds, onLine: (line) => lines.push(line) });
    const [printed] = lines;
    if (printed === undefined) throw new Error(`no record\n${end.console}`);
    records = JSON.parse(printed) as KillRecords;
    lives = records.killed.lives;
    process.stdout.write(figuresOf(records.killed));
  }, timeLimitSeconds * 1_000);

  test('it was killed as often as it was to be, and in each of the ways', () => {
    expect(lives.length - 1).toBe(options.kills);
    for (const phase of killPhases)
      expect(of(phase).length, phase).toBeGreaterThan(options.kills / 10);
    // In mid-pulse the line was on when it died.
    const on = of('pulse').filter((life) => isHighAt(records.killed, life.killedMs));
    expect(on.length).toBeGreaterThan(of('pulse').length / 2);
  });

  test('never on for longer than asked for, no edge after death, off when the next one has started', () => {
    expect(judgeKills(records.killed)).toEqual([]);
  });

  test('a level that the kernel keeps ends with the next start', () => {
    const left = lives.filter((_, index) => {
      const next = lives[index + 1];
      return next !== undefined && isHighAt(records.killed, next.openedMs);
    });
    expect(left.length).toBeGreaterThan(of('kept').length / 2);
    expect(new Set(left.map(({ phase }) => phase))).toEqual(new Set(['kept']));
  });

  test('an event loop that stands still for 10 s in mid-pulse does not hold the line', () => {
    const [life] = of('blocked');
    if (life === undefined) throw new Error('nothing was blocked');
    expect(life.killedMs - life.openedMs).toBeGreaterThan(options.blockMs);
    expect(onTimes(records.killed, life)).toHaveLength(1);
  });

  test('nor does it hold a level', () => {
    expect(judgeKills(records.level)).toEqual([]);
    const [on] = records.level.lives.flatMap((life) => onTimes(records.level, life));
    // As long as it may be, for nobody ended it.
    expect(on?.mostMs).toBeGreaterThan(0.9 * relayLimits.levelMsMax);
  });

  test('the judge finds the program that times its pulse on that loop', () => {
    const [problem, ...others] = judgeKills(records.careless);
    expect(problem).toMatch(/^life 0 \(blocked\): on for \d+ ms, 1250 at most$/);
    expect(others).toEqual([]);
    const [on] = records.careless.lives.flatMap((life) => onTimes(records.careless, life));
    expect(on?.mostMs).toBeGreaterThan(0.9 * options.blockMs);
  });
});

describe('the judge of a killed relay', () => {
  const life: Life = {
    ...{ phase: 'pulse', mode: 'pulse', durationMs: 500, killAfterMs: 300 },
    ...{ openedMs: 1_000, readyMs: 1_500, askedMs: 1_510, asks: 1 },
    ...{ killedMs: 1_820, deadMs: 1_821 },
  };
  const rise = { high: true, afterMs: 1_518, atMs: 1_520 };
  const fall = { high: false, afterMs: 1_820, atMs: 1_822 };
  const sound: KillRecord = { lives: [life], edges: [rise, fall], gaps: [], endMs: 4_000 };

  test('takes a line that falls with its owner', () => {
    expect(judgeKills(sound)).toEqual([]);
    expect(onTimes(sound, life)).toEqual([{ leastMs: 300, mostMs: 302 }]);
  });

  test('finds an edge after death, however short', () => {
    const after = [
      { high: true, afterMs: 1_900, atMs: 1_902 },
      { high: false, afterMs: 1_902, atMs: 1_904 },
    ];
    const problems = judgeKills({ ...sound, edges: [rise, fall, ...after] });
    expect(problems).toEqual(['life 0 (pulse): rises 79 ms after death']);
  });

  test('finds a line that stays on, but for what the board stood still', () => {
    const long = { ...life, killedMs: 2_500, deadMs: 2_501 };
    const late = { ...fall, afterMs: 2_400, atMs: 2_402 };
    const record = { ...sound, lives: [long], edges: [rise, late] };
    expect(judgeKills(record)).toEqual(['life 0 (pulse): on for 880 ms, 750 at most']);
    expect(judgeKills({ ...record, gaps: [{ fromMs: 1_600, toMs: 1_800 }] })).toEqual([]);
  });

  test('finds a rise that nobody has asked for, two for one asking, and a start with the line on', () => {
    expect(judgeKills({ ...sound, lives: [{ ...life, askedMs: null }] })).toEqual([
      'life 0 (pulse): rises at 1520 ms, asked by nobody',
    ]);
    const twice = [rise, { high: false, afterMs: 1_600, atMs: 1_602 }];
    const again = { high: true, afterMs: 1_700, atMs: 1_702 };
    expect(judgeKills({ ...sound, edges: [...twice, again, fall] })).toEqual([
      'life 0 (pulse): on 2 times, asked for 1',
      'life 0 (pulse): on again 184 ms after it was',
    ]);
    const left = { high: true, afterMs: 900, atMs: 902 };
    expect(judgeKills({ ...sound, edges: [left, fall] })).toEqual([
      'life 0 (pulse): on when the program has started',
    ]);
  });

  test('believes no record in which nobody looked', () => {
    const problems = judgeKills({ ...sound, gaps: [{ fromMs: 2_000, toMs: 3_500 }] });
    expect(problems).toEqual(['nobody looked for 50 % of it']);
  });
});

function figuresOf(record: KillRecord): string {
  const on = record.lives
    .filter(({ phase }) => phase === 'after' || phase === 'blocked')
    .flatMap((life) =>
      onTimes(record, life).map(({ leastMs }) => leastMs - Math.min(life.durationMs, 1_000)),
    );
  const falls = record.lives
    .filter(({ phase, killedMs }) => phase !== 'kept' && isHighAt(record, killedMs))
    .map(({ killedMs }) => {
      const fall = record.edges.find((edge) => !edge.high && edge.atMs > killedMs);
      return (fall?.atMs ?? Number.NaN) - killedMs;
    });
  const gaps = record.gaps.map(({ fromMs, toMs }) => toMs - fromMs);
  return [
    `board: a relay's program killed ${record.lives.length - 1} times, seed ${seed}`,
    `  pulses that ended by themselves were at most ${max(on)} ms longer than asked for (limit ${lateMsMax})`,
    `  ${falls.length} times it died with its line on, which fell ${max(falls)} ms later at most`,
    `  nobody looked ${gaps.length} times, for ${max(gaps)} ms at most\n`,
  ].join('\n');
}

function max(values: readonly number[]): string {
  return Math.max(...values).toFixed(1);
}
