/** What a checker looks at: each gate's records in their order, beside the world's own truth. */
import type { GateEnd, World } from '../world.js';

export interface Row {
  readonly seq: number;
  readonly bootId: string;
  readonly type: string;
  readonly at: string;
  readonly [field: string]: unknown;
}

export interface ReadGate {
  readonly end: GateEnd;
  readonly rows: readonly Row[];
}

export interface Readout {
  readonly world: World;
  readonly gates: readonly ReadGate[];
}

/** A promise: what breaks it, in words. */
export type Checker = (readout: Readout) => readonly string[];
export type Checkers = Readonly<Record<string, Checker>>;

/** A promise of one gate, said with its name. */
export function eachGate(check: (gate: ReadGate, world: World) => readonly string[]): Checker {
  return ({ world, gates }) =>
    gates.flatMap((gate) => check(gate, world).map((fault) => `${gate.end.truth.name}: ${fault}`));
}

/** @returns the journals of a world, parsed */
export function readOut(world: World): Readout {
  const gates = world.gates.map((end): ReadGate => {
    const rows = end.disk.rows.map(
      ({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')) as Row,
    );
    return { end, rows };
  });
  return { world, gates };
}

export const isGrant = (row: Row): boolean => row.type === 'decision' && row['outcome'] === 'grant';
export const isOverride = (row: Row): boolean => row.type === 'override';

/** The end of a grant or an override; what is only seen beside it is none. */
export const isEnd = (row: Row): boolean =>
  row.type === 'passage' &&
  (typeof row['grant'] === 'number' || typeof row['request'] === 'number') &&
  row['outcome'] !== 'tailgate' &&
  row['outcome'] !== 'turned-back' &&
  row['outcome'] !== 'accompanied';

export const wentThrough = ['passed', 'passed-slowly', 'unsensed'];

/** @returns when a record was first sent to the journal, world's milliseconds; NaN for its own */
export function saidMs({ end }: ReadGate, { seq }: Row): number {
  return end.truth.sayings.get(seq)?.atMs ?? Number.NaN;
}

/** One attempt of one run. */
export const attemptOf = (row: Row): string => `${row.bootId}/${row['attempt']}`;

export interface Shown {
  readonly id: string;
  readonly kind: string;
  readonly variant: string | null;
  readonly purpose: string | null;
}
export const shownIn = (row: Row): readonly Shown[] =>
  (row['documents'] as readonly Shown[] | undefined) ?? [];

export interface Identity {
  readonly space: string;
  readonly token: string;
}
export const identitiesIn = (row: Row): readonly Identity[] =>
  (row['identities'] as readonly Identity[] | undefined) ?? [];

export const attestedIn = (
  row: Row,
): readonly { readonly what: string; readonly guard: string }[] =>
  (row['attested'] as readonly { what: string; guard: string }[] | undefined) ?? [];

export const textsIn = (row: Row, field: string): readonly string[] =>
  (row[field] as readonly string[] | undefined) ?? [];

/** Whether a moment is within one of the spans, or within some milliseconds of it. */
export function isWithin(
  spans: readonly { readonly fromMs: number; readonly toMs: number }[],
  atMs: number,
  slackMs = 0,
): boolean {
  return spans.some(({ fromMs, toMs }) => fromMs - slackMs <= atMs && atMs <= toMs + slackMs);
}

/** Nothing but people: no part ever failed. */
export function isCalm({ options }: World): boolean {
  return (
    (options.strikes ?? 0) === 0 && Object.values(options.troubles).every((rate) => rate === 0)
  );
}

/** What sensor and readers say is what was before them. */
export function hasSoundDevices({ options }: World): boolean {
  const { noise, cable, device, jam, powerCut, crash } = options.troubles;
  return noise + cable + device + jam + powerCut + crash === 0;
}
