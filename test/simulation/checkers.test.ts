import { beforeAll, describe, expect, test } from 'vitest';
import { type ChainRow, chainStart, linkHash } from '../../kiosk/journal/chain.js';
import { checkers, findFaults } from './checkers.js';
import { live, type World } from './world.js';

interface Row {
  readonly type: string;
  readonly [field: string]: unknown;
}
type Rows = readonly Row[];

const read = ({ disk }: World): Rows =>
  disk.rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')));

/** The world with another journal: numbered and chained as if it had been written so. */
function withRows(world: World, change: (rows: Rows) => Rows): World {
  let hash = chainStart;
  const rows: ChainRow[] = change(read(world)).map((row, index) => {
    const bytes = Buffer.from(JSON.stringify(row), 'utf8');
    hash = linkHash(hash, bytes);
    return { seq: index + 1, bytes, hash };
  });
  return { ...world, disk: { ...world.disk, rows } };
}

const isGrant = (row: Row): boolean => row.type === 'decision' && row['outcome'] === 'grant';
const isPassed = (row: Row): boolean => row.type === 'passage' && row['outcome'] === 'passed';

/** Changes the last row that fits; there must be one. */
function withLast(world: World, fits: (row: Row) => boolean, change: (row: Row) => Rows): World {
  return withRows(world, (rows) => {
    const at = rows.findLastIndex(fits);
    const row = rows[at];
    if (row === undefined) throw new Error('the world has no such row');
    return [...rows.slice(0, at), ...change(row), ...rows.slice(at + 1)];
  });
}

const documentsOf = (row: Row): readonly Row[] => row['documents'] as readonly Row[];
const longAgoMs = -1e9;

/** A world that breaks one promise, made from a good one. */
const breakers: Readonly<Record<keyof typeof checkers, (world: World) => World>> = {
  'the chain holds': (world) => {
    const rows = world.disk.rows.map((row, index) =>
      index === 9 ? { ...row, bytes: Buffer.concat([row.bytes, Buffer.from(' ')]) } : row,
    );
    return { ...world, disk: { ...world.disk, rows } };
  },
  'each pulse has its own grant on the disk before it': (world) => ({
    ...world,
    edges: world.edges.map((edge) => ({ ...edge, committedRows: edge.committedRows - 3 })),
  }),
  'a pulse is as long as it was asked to be, and all is off at the end': (world) => ({
    ...world,
    edges: world.edges.slice(0, -1),
  }),
  'the release is on after a press of EMERGENCY only, and for its time': (world) => ({
    ...world,
    emergenciesMs: [longAgoMs],
    edges: [
      ...world.edges,
      { line: 'release', on: true, atMs: 5e6, committedRows: 0 },
      { line: 'release', on: false, atMs: 5e6 + 10, committedRows: 0 },
    ],
  }),
  'each grant ends once': (world) => withLast(world, isPassed, (row) => [row, row]),
  'a ticket opens once a direction': (world) =>
    withLast(
      world,
      (row) => isGrant(row) && row['rule'] === 'resident',
      (row) => [row, { ...row, seq: 0 }],
    ),
  'a code is taken in once': (world) =>
    withLast(
      world,
      (row) => row.type === 'evidence' && row['kind'] === 'campus-card-code',
      (row) => [row, { ...row, attempt: 0 }],
    ),
  'an attempt has the evidence of one person, shown in it': (world) =>
    withLast(world, isGrant, (row) => [{ ...row, attempt: 0 }]),
  'no student, no fever': (world) =>
    withLast(world, isGrant, (row) => [
      { ...row, documents: documentsOf(row).map((it) => ({ ...it, variant: 'student' })) },
    ]),
  'the hand came after the identity': (world) => ({
    ...world,
    asked: world.asked.map((it) => ({ ...it, handMs: longAgoMs })),
  }),
  'every body is counted': (world) => ({ ...world, bodies: world.bodies + 1 }),
  'core and journal agree on what is used': (world) => {
    const shards = world.state.known.shards.map((shard) => ({ ...shard, uses: new Map() }));
    return { ...world, state: { ...world.state, known: { ...world.state.known, shards } } };
  },
  'all is written': (world) => {
    const failed = [{ order: 1, records: [], uses: [] }];
    const unwritten = { ...world.state.unwritten, failed };
    return { ...world, state: { ...world.state, unwritten } };
  },
  'healed, a member of staff gets through': (world) => ({ ...world, livesOn: false }),
};

describe('each checker', () => {
  let good: World;
  beforeAll(() => {
    good = live({ seed: 3, events: 400, faultChance: 0 });
    expect(findFaults(good)).toEqual([]);
    // Rewriting alone breaks nothing.
    expect(findFaults(withRows(good, (rows) => rows))).toEqual([]);
  });

  for (const name of Object.keys(checkers))
    test(`finds it when it is not so that ${name}`, () => {
      const broken = breakers[name]?.(good);
      if (broken === undefined) throw new Error('nothing breaks this');
      expect(findFaults(broken).filter((fault) => fault.startsWith(name))).not.toEqual([]);
    });

  test('finds a release that goes on for too long, and a pulse that does', () => {
    const edges = [
      { line: 'release', on: true, atMs: 5e6 + 50, committedRows: 0 },
      { line: 'release', on: false, atMs: 5e6 + 121_500, committedRows: 0 },
    ] as const;
    const held = { ...good, emergenciesMs: [5e6], edges: [...good.edges, ...edges] };
    expect(findFaults(held).join()).toContain('too long from');
    const [on, off, ...others] = good.edges;
    if (on === undefined || off === undefined) throw new Error('no pulse');
    const slow = { ...good, edges: [on, { ...off, atMs: on.atMs + 999 }, ...others] };
    expect(findFaults(slow).join()).toContain('a pulse too long');
  });

  test('finds a grant that never ended, and evidence of two people', () => {
    const open = withLast(good, isPassed, () => []);
    expect(findFaults(open).join()).toContain('never ended');
    const isEvidence = (row: Row): boolean => row.type === 'evidence';
    const mixed = withLast(good, isEvidence, (row) => [
      row,
      { ...row, document: 'x', identity: { ...(row['identity'] as object), token: 'another' } },
    ]);
    expect(findFaults(mixed).join()).toContain('two people in');
  });
});
