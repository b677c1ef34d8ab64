/**
 * Measures what the product does beside the least that could do it (its floor), in pairs: each round
 * runs both, in alternating order, so that a noisy machine disturbs both alike. Prints a table.
 */

export interface Bench {
  readonly name: string;
  /** what the floor consists of */
  readonly floorName: string;
  /** runs of both that are measured */
  readonly rounds: number;
  /** before them; 200 without it: compilers, caches and files settle */
  readonly warmUpRounds?: number;
  /** how many of what counts one round does: told by the second */
  readonly itemsPerRound?: number;
  /** what the subject's way consists of, by name, microseconds: it adds one sample a round */
  readonly parts?: ReadonlyMap<string, readonly number[]>;
  /** What the run that has just ended is judged by, microseconds; the time it took without it. */
  figure?(): number;
  /** Brings both sides to where a round begins; not measured. */
  prepare?(round: number): Promise<void>;
  /** Does the product's work once; `round` counts up from 0, the warm-up included. */
  subject(round: number): Promise<void>;
  /** Does the floor's work once. */
  floor(round: number): Promise<void>;
  close(): Promise<void>;
}

/** Durations of one side, microseconds. */
export interface Summary {
  readonly p50: number;
  readonly p99: number;
}

export interface Result {
  readonly name: string;
  readonly floorName: string;
  readonly rounds: number;
  readonly subject: Summary;
  readonly floor: Summary;
  /** of the subject's percentile to the floor's */
  readonly ratio: Summary;
  /** what the subject's way consists of, in its order; none: it is not taken apart */
  readonly parts: readonly (Summary & { readonly name: string })[];
  /** by the subject's median; null: a round is one thing */
  readonly itemsPerSecond: number | null;
}

const usualWarmUpRounds = 200;

/**
 * Runs one comparison.
 * @param bench both sides
 * @returns percentiles of both, and their ratios
 */
export async function measure(bench: Bench): Promise<Result> {
  const { warmUpRounds = usualWarmUpRounds } = bench;
  const sides = { subject: [] as number[], floor: [] as number[] };
  const run = async (side: 'subject' | 'floor', round: number): Promise<void> => {
    // A turn of the event loop between two runs: each begins with a loop at rest.
    await new Promise((resolve) => setImmediate(resolve));
    const began = process.hrtime.bigint();
    await bench[side](round);
    const microseconds = bench.figure?.() ?? Number(process.hrtime.bigint() - began) / 1_000;
    if (round >= warmUpRounds) sides[side].push(microseconds);
  };
  for (let round = 0; round < warmUpRounds + bench.rounds; round += 1) {
    const order =
      round % 2 === 0 ? (['floor', 'subject'] as const) : (['subject', 'floor'] as const);
    await bench.prepare?.(round);
    for (const side of order) await run(side, round);
  }
  const [subject, floor] = [summary(sides.subject), summary(sides.floor)];
  return {
    name: bench.name,
    floorName: bench.floorName,
    rounds: bench.rounds,
    subject,
    floor,
    parts: [...(bench.parts ?? [])].map(([name, samples]) => ({
      name,
      ...summary(samples.slice(-bench.rounds)),
    })),
    ratio: { p50: subject.p50 / floor.p50, p99: subject.p99 / floor.p99 },
    itemsPerSecond:
      bench.itemsPerRound === undefined ? null : (bench.itemsPerRound * 1e6) / subject.p50,
  };
}

/**
 * @param results of `measure`
 * @returns a table in plain text, one line a result, microseconds
 */
export function table(results: readonly Result[]): string {
  const head = [
    'what',
    'p50 µs',
    'p99 µs',
    'floor p50',
    'floor p99',
    '× p50',
    '× p99',
    'items/s',
    'floor',
  ];
  const lines = results.flatMap((result) => [lineOf(result), ...result.parts.map(partLine)]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const isText = (column: number): boolean => column === 0 || column === head.length - 1;
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return isText(column) ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function lineOf(result: Result): readonly string[] {
  const { name, subject, floor, ratio, itemsPerSecond, floorName } = result;
  return [
    name,
    subject.p50.toFixed(0),
    subject.p99.toFixed(0),
    floor.p50.toFixed(0),
    floor.p99.toFixed(0),
    ratio.p50.toFixed(2),
    ratio.p99.toFixed(2),
    itemsPerSecond?.toFixed(0) ?? '',
    floorName,
  ];
}

function partLine({ name, p50, p99 }: Result['parts'][number]): readonly string[] {
  return [`  ${name}`, p50.toFixed(0), p99.toFixed(0)];
}

function summary(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((left, right) => left - right);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
