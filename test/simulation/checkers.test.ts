import { beforeAll, describe, expect, test } from 'vitest';
import { type ChainRow, chainStart, linkHash } from '../../kiosk/journal/chain.js';
import { checkers, findFaults } from './checkers.js';
import {
  attemptOf,
  identitiesIn,
  isEnd,
  isGrant,
  isOverride,
  type Row,
  readOut,
  saidMs,
  shownIn,
} from './checks/readout.js';
import { noTroubles, onlyHands, type WorldOptions } from './options.js';
import type { GateTruth, PaperTruth } from './truth.js';
import { type GateEnd, live, type World } from './world.js';

/** Nothing fails and everybody means well: who may pass passes, and everybody is counted. */
const calmOptions: WorldOptions = {
  seed: 5,
  days: 6,
  visitsPerDay: 14,
  troubles: noTroubles,
  mischief: 0,
  carelessness: 0,
};
/** Hands at their buttons, thieves, and two ways out. */
const busyOptions: WorldOptions = {
  ...calmOptions,
  troubles: onlyHands,
  mischief: 0.2,
  gates: { secondOut: true },
};

let calm: World;
let busy: World;
beforeAll(() => {
  calm = live(calmOptions);
  busy = live(busyOptions);
});

const bytesOf = (row: Row): Buffer => Buffer.from(JSON.stringify(row), 'utf8');
const rowsOf = (world: World, gate: GateEnd): readonly Row[] =>
  readOut(world).gates[world.gates.indexOf(gate)]?.rows ?? [];

/** The world with one of its gates changed. */
function withGate(world: World, gate: GateEnd, change: Partial<GateEnd>): World {
  const gates = world.gates.map((it) => (it === gate ? { ...gate, ...change } : it));
  return { ...world, gates };
}

/** Each gate's own truth changed. */
function withTruth(world: World, change: (truth: GateTruth) => Partial<GateTruth>): World {
  const gates = world.gates.map((gate) => ({
    ...gate,
    truth: { ...gate.truth, ...change(gate.truth) },
  }));
  return { ...world, gates };
}

/** The gate with other records, chained as if they had been written so. */
function withRows(world: World, gate: GateEnd, rows: readonly Row[]): World {
  let hash = chainStart;
  const chained = rows.map((row): ChainRow => {
    const bytes = bytesOf(row);
    hash = linkHash(hash, bytes);
    return { seq: row.seq, bytes, hash };
  });
  return withGate(world, gate, { disk: { ...gate.disk, rows: chained } });
}

interface Found {
  readonly gate: GateEnd;
  readonly rows: readonly Row[];
  readonly row: Row;
}

/** The last record that fits; there must be one, or the test would show nothing. */
function lastRow(world: World, fits: (row: Row, gate: GateEnd) => boolean): Found {
  for (const gate of [...world.gates].reverse()) {
    const rows = rowsOf(world, gate);
    const row = rows.findLast((it) => fits(it, gate));
    if (row !== undefined) return { gate, rows, row };
  }
  throw new Error('the world has no such record');
}

/** The last record that fits, with other fields. */
function withLast(
  world: World,
  fits: (row: Row, gate: GateEnd) => boolean,
  fields: (row: Row) => Record<string, unknown>,
): World {
  const { gate, rows, row } = lastRow(world, fits);
  const changed = rows.map((it) => (it === row ? { ...row, ...fields(row) } : it));
  return withRows(world, gate, changed);
}

/** Records after all others, said as late as the last of them, by its run. */
function withMore(world: World, gate: GateEnd, more: readonly Record<string, unknown>[]): World {
  const rows = rowsOf(world, gate);
  const last = rows.at(-1);
  if (last === undefined) throw new Error('nothing was written here');
  const sayings = new Map(gate.truth.sayings);
  const saying = sayings.get(last.seq);
  const added = more.map((fields, index): Row => {
    const seq = last.seq + 1 + index;
    if (saying !== undefined) sayings.set(seq, saying);
    return { ...fields, seq, bootId: last.bootId, type: String(fields['type']), at: last.at };
  });
  const changed = withRows(world, gate, [...rows, ...added]);
  return withTruth(changed, (truth) => (truth.name === gate.truth.name ? { sayings } : {}));
}

const gateNamed = (world: World, name: string): GateEnd => {
  const gate = world.gates.find(({ truth }) => truth.name === name);
  if (gate === undefined) throw new Error(`no gate ${name}`);
  return gate;
};
const isOut = (gate: GateEnd): boolean => gate.truth.direction === 'out';
const isTicketGrant = (row: Row): boolean => isGrant(row) && row['rule'] === 'resident';
const isNamedGrant = (row: Row): boolean => isGrant(row) && row['rule'] === 'duty-staff';
const ticketOf = (row: Row): string =>
  shownIn(row).find(({ kind }) => kind === 'exit-entry-ticket')?.id ?? '';

/** The grant of the same ticket once more and its passage, at a gate. */
function usedAgain(world: World, gate: GateEnd, row: Row): World {
  const seq = (rowsOf(world, gate).at(-1)?.seq ?? 0) + 1;
  return withMore(world, gate, [
    { ...row },
    { type: 'passage', grant: seq, outcome: 'passed', attempt: row['attempt'] },
  ]);
}

const longAgoMs = -1e9;

/** A world that breaks one promise, made from a good one. */
const breakers: Readonly<Record<string, () => World>> = {
  'the chain holds': () => {
    const gate = gateNamed(calm, 'main-in');
    const rows = gate.disk.rows.map((row, index) =>
      index === 9 ? { ...row, bytes: Buffer.concat([row.bytes, Buffer.from(' ')]) } : row,
    );
    return withGate(calm, gate, { disk: { ...gate.disk, rows } });
  },
  'time never runs back over the records of a journal': () =>
    withLast(calm, isGrant, () => ({ at: '2020-02-12T00:00:00.000Z' })),
  'nothing private stands in a record': () =>
    withLast(calm, isGrant, () => ({ holder: calm.truth.people[3]?.card.number })),
  'all is written': () => {
    const gate = gateNamed(calm, 'main-in');
    const failed = [{ order: 1, records: [], uses: [] }];
    const unwritten = { ...gate.state.unwritten, failed };
    return withGate(calm, gate, { state: { ...gate.state, unwritten } });
  },
  'records say whether the gate heard of the others': () =>
    withTruth(calm, () => ({ partitions: [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }] })),
  'every body is counted': () => withTruth(calm, ({ walks }) => ({ walks: walks.slice(1) })),
  'healed, whoever may pass does': () => ({ ...calm, deaths: ['nobody gets through'] }),
  'with every part sound and a good guard, whoever may pass does': () => {
    const visits = calm.truth.visits.map((visit) => ({ ...visit, outcome: 'nothing' }));
    return { ...calm, truth: { ...calm.truth, visits } };
  },
  'each pulse has its own record on the disk before it, or is the guard’s': () =>
    withTruth(calm, ({ edges }) => ({
      edges: edges.map((edge) => ({ ...edge, committedRows: edge.committedRows - 3 })),
    })),
  'a pulse is as long as it was asked to be, and all is off at the end': () =>
    withTruth(calm, ({ edges }) => ({ edges: edges.slice(0, -1) })),
  'a level ends when the arm turns': () =>
    withTruth(calm, ({ edges }) => ({
      // As if the gate had left it to the relay's own time.
      edges: edges.map((edge) => (edge.on ? edge : { ...edge, atMs: edge.atMs + 500 })),
    })),
  'the release is on after a press of EMERGENCY or in a fire only, and for its time': () =>
    withTruth(calm, ({ edges }) => ({
      edges: [
        ...edges,
        { line: 'release', on: true, atMs: 5e6, committedRows: 0 },
        { line: 'release', on: false, atMs: 5e6 + 10, committedRows: 0 },
      ],
    })),
  'each grant and each override ends once': () => {
    const { gate, row } = lastRow(calm, isEnd);
    return withMore(calm, gate, [row]);
  },
  'a ticket lets out once and in once, replaced ones included': () => {
    const { gate, row } = lastRow(calm, isTicketGrant);
    return usedAgain(calm, gate, row);
  },
  'every reservation ends spent, returned or uncertain': () => {
    const { gate, row } = lastRow(calm, (it) => it.type === 'decision' && isTicketGrant(it));
    const key = `ticket ${gate.truth.direction} ${ticketOf(row)}`;
    const use = gate.disk.uses.get(key);
    if (use === undefined) throw new Error('nothing is known of the ticket');
    const uses = new Map(gate.disk.uses).set(key, { ...use, state: 'reserved' });
    return withGate(calm, gate, { disk: { ...gate.disk, uses } });
  },
  'a code is taken in once': () => {
    const isCode = (row: Row): boolean =>
      row.type === 'evidence' && row['kind'] === 'campus-card-code' && row['host'] !== true;
    const { gate, rows, row } = lastRow(calm, isCode);
    const first = rows.find(isCode);
    const changed = rows.map((it) => (it === row ? { ...row, document: first?.['document'] } : it));
    return withRows(calm, gate, changed);
  },
  'what two gates used before they heard of each other is found': () => {
    const { row } = lastRow(
      busy,
      (it, gate) => isTicketGrant(it) && gate.truth.name === 'main-out',
    );
    const there = gateNamed(busy, 'west-out');
    const doubled = usedAgain(busy, there, row);
    const heard = new Map(there.truth.heard);
    const saidAtMs = there.truth.sayings.get(rowsOf(busy, there).at(-1)?.seq ?? 0)?.atMs ?? 0;
    heard.set(`ticket ${ticketOf(row)} out`, saidAtMs + 60_000);
    return withTruth(doubled, (truth) =>
      truth.name === 'west-out'
        ? {
            heard,
            boots: truth.boots.map((boot) => ({ ...boot, toMs: boot.toMs + 1e6 })),
          }
        : {},
    );
  },
  'core and journal agree on what is used': () => {
    const gate = gateNamed(calm, 'main-out');
    const shards = gate.state.known.shards.map((shard) => ({ ...shard, uses: new Map() }));
    const known = { ...gate.state.known, shards };
    return withGate(calm, gate, { state: { ...gate.state, known } });
  },
  'an attempt has the evidence of one person, shown in it': () =>
    withLast(calm, isGrant, () => ({ attempt: 0 })),
  'no evidence of two people in one grant': () => {
    const { row } = lastRow(calm, isNamedGrant);
    const form = shownIn(row).find(({ kind }) => kind === 'approval-form')?.id ?? '';
    const paper = calm.truth.papers.get(form) as PaperTruth;
    const [other] = calm.truth.people.filter((person) => !paper.owners.includes(person));
    const owners = other === undefined ? [] : [other];
    const papers = new Map(calm.truth.papers).set(form, { ...paper, owners });
    return { ...calm, truth: { ...calm.truth, papers } };
  },
  'each grant rests on what the notice asks for': () =>
    withLast(calm, isNamedGrant, (row) => ({ documents: shownIn(row).slice(1) })),
  'nobody is granted without identity and a normal temperature': () =>
    withLast(calm, isNamedGrant, () => ({ temperature: null })),
  'the hand came after the identity': () =>
    withTruth(calm, ({ wrists }) => ({
      wrists: wrists.map((wrist) => ({ ...wrist, fromMs: longAgoMs })),
    })),
  'a visitor is measured after the card and before the host': () => {
    lastRow(calm, (row, gate) => isGrant(row) && row['rule'] === 'hosted-visitor' && !isOut(gate));
    return withTruth(calm, () => ({ wrists: [] }));
  },
  'what only a guard may do was done by the guard on duty': () =>
    withTruth(busy, () => ({ badges: [] })),
  'it was done at a press of CONFIRM or OPEN': () => withTruth(busy, () => ({ presses: [] })),
  'CONFIRM counts only for what was shown for a second': () =>
    withTruth(busy, ({ prompts }) => ({
      prompts: prompts.map((prompt) => ({ ...prompt, atMs: prompt.atMs + 900 })),
    })),
  'nobody’s word stands for a paper that failed': () => {
    const { gate, rows, row } = lastRow(calm, isNamedGrant);
    const shown = rows.find((it) => it.type === 'evidence' && attemptOf(it) === attemptOf(row));
    return withRows(
      calm,
      gate,
      rows.map((it) => {
        if (it === shown)
          return {
            ...it,
            type: 'decision',
            outcome: 'deny',
            reasons: ['bad-signature'],
            refused: { kind: null },
          };
        if (it !== row) return it;
        const attested = [{ what: 'resumption-certificate', guard: 'somebody' }];
        return { ...it, rule: 'posted-service', attested };
      }),
    );
  },
  'a child passes behind its adult, and no more than the guard let pass': () =>
    withLast(busy, isOverride, () => ({ accompanies: 999_999 })),
  'isolation is never crossed by a grant on a way out': () => {
    const found = busy.truth.returns.flatMap((back) => {
      const entry = readOut(busy).gates.find(({ end }) => end.truth.name === back.gate);
      const token = back.person.tokens['id-number'];
      const isKnown = entry?.rows.some(
        (row) =>
          isGrant(row) &&
          String(row['rule']).startsWith('returning') &&
          identitiesIn(row).some((it) => it.token === token),
      );
      return isKnown && token !== undefined ? [{ token, atMs: back.atMs }] : [];
    });
    const [first] = found;
    if (first === undefined) throw new Error('nobody came back');
    const { token, atMs } = first;
    const isLater = (row: Row, gate: GateEnd): boolean =>
      isGrant(row) && isOut(gate) && saidMs({ end: gate, rows: [] }, row) > atMs;
    const crossed = withLast(busy, isLater, () => ({
      identities: [{ space: 'id-number', token }],
    }));
    return withTruth(crossed, ({ heard }) => ({
      heard: new Map(heard).set(`isolation ${token} `, 0),
    }));
  },
  'a fever waits for its retests, and has two in an hour': () => {
    const { gate, rows, row } = lastRow(calm, isNamedGrant);
    const shown = rows.findLast(
      (it) => it.type === 'evidence' && attemptOf(it) === attemptOf(row) && it['identity'] !== null,
    );
    const changed = rows.map((it) =>
      it === shown ? { ...it, rule: 'fever', sealed: 'a part' } : it,
    );
    return withRows(calm, gate, changed);
  },
  'no entry in a lockdown, and no way out stopped by one': () => {
    const gate = gateNamed(calm, 'main-in');
    const changed = rowsOf(calm, gate).map((row, index) =>
      index === 1 ? { ...row, type: 'lockdown', on: true } : row,
    );
    return withRows(calm, gate, changed);
  },
  'a lockdown begins and ends by a hand on its button': () =>
    withLast(calm, isEnd, () => ({ type: 'lockdown', on: true })),
  'whoever is refused on a way out is referred, and somebody is told': () =>
    withLast(
      busy,
      (row, gate) => isOut(gate) && row.type === 'decision' && row['outcome'] === 'refer',
      () => ({ outcome: 'deny' }),
    ),
};

describe('each checker', () => {
  test('finds nothing in worlds that are as they should be', () => {
    for (const world of [calm, busy]) {
      expect([world.broken, findFaults(world)]).toEqual([null, []]);
      // Rewriting alone breaks nothing.
      const [gate] = world.gates;
      if (gate === undefined) throw new Error('no gate');
      expect(findFaults(withRows(world, gate, rowsOf(world, gate)))).toEqual([]);
    }
  });

  for (const name of Object.keys(checkers))
    test(`finds it when it is not so that ${name}`, () => {
      const broken = breakers[name]?.();
      if (broken === undefined) throw new Error('nothing breaks this');
      expect(findFaults(broken).filter((fault) => fault.startsWith(name))).not.toEqual([]);
    });

  test('finds pulses that stand for a release, without one', () => {
    const gate = gateNamed(calm, 'main-in');
    const settings = { ...gate.state.settings, hasRelease: false };
    const state = { ...gate.state, settings };
    const pulse = [
      { line: 'grant', on: true, atMs: 5e6, committedRows: 0 },
      { line: 'grant', on: false, atMs: 5e6 + 500, committedRows: 0 },
    ] as const;
    const withEdges = (edges: GateTruth['edges']): World =>
      withGate(calm, gate, { state, truth: { ...gate.truth, edges } });
    expect(findFaults(withEdges(gate.truth.edges))).toEqual([]);
    const faults = findFaults(withEdges([...gate.truth.edges, ...pulse]));
    expect(faults.join()).toContain('released at 5000000 without');
  });

  test('finds a release that goes on for too long, and a pulse that does', () => {
    const held = withTruth(calm, ({ edges, presses }) => ({
      presses: [
        ...presses,
        { button: 'emergency', fromMs: 5e6, toMs: 5e6, isChatter: false, isCoverLifted: true },
      ],
      edges: [
        ...edges,
        { line: 'release', on: true, atMs: 5e6 + 50, committedRows: 0 },
        { line: 'release', on: false, atMs: 5e6 + 121_500, committedRows: 0 },
      ],
    }));
    expect(findFaults(held).join()).toContain('too long from');
    const slow = withTruth(calm, ({ edges }) => ({
      edges: edges.map((edge) => (edge.on ? edge : { ...edge, atMs: edge.atMs + 999 })),
    }));
    expect(findFaults(slow).join()).toContain('a pulse too long');
  });

  test('finds a grant that never ended', () => {
    const open = withLast(calm, isEnd, () => ({ type: 'note' }));
    expect(findFaults(open).join()).toContain('never ended');
  });
});
