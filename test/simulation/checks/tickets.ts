/** Single-use papers: conserved at each gate, and between gates that have heard of each other. */
import type { UseRow } from '../../../kiosk/journal/uses.js';
import type { World } from '../world.js';
import {
  type Checkers,
  eachGate,
  isEnd,
  isGrant,
  type ReadGate,
  type Readout,
  type Row,
  saidMs,
  shownIn,
  wentThrough,
} from './readout.js';

export const ticketCheckers: Checkers = {
  'a ticket lets out once and in once, replaced ones included': ticketsTwice,
  'every reservation ends spent, returned or uncertain': eachGate(reservations),
  'a code is taken in once': codesTwice,
  'what two gates used before they heard of each other is found': doublesFound,
  'core and journal agree on what is used': eachGate(disagreements),
};

interface Use {
  readonly gate: ReadGate;
  readonly id: string;
  readonly row: Row;
  readonly atMs: number;
}

const ticketsIn = (row: Row): readonly string[] =>
  row['rule'] === 'resident'
    ? shownIn(row).flatMap(({ id, kind }) => (kind === 'exit-entry-ticket' ? [id] : []))
    : [];

function ticketsTwice({ world, gates }: Readout): string[] {
  const faults: string[] = [];
  const uses = new Map<string, Use[]>();
  for (const use of gates.flatMap((gate) => usesAt(gate))) {
    const name = `${rootOf(world, use.id)} ${use.gate.end.truth.direction}`;
    uses.set(name, [...(uses.get(name) ?? []), use]);
  }
  for (const [name, list] of uses) {
    const inOrder = [...list].sort((a, b) => a.atMs - b.atMs);
    inOrder.forEach((use, index) => {
      const before = inOrder[index - 1];
      if (before !== undefined && !mayFollow(before, use))
        faults.push(
          `ticket ${name} at ${before.gate.end.truth.name} ${before.row.seq} and ${use.gate.end.truth.name} ${use.row.seq}`,
        );
    });
  }
  return faults;
}

/** A ticket used at two gates, and told by one of them to the other: that one says so. */
function doublesFound({ gates }: Readout): string[] {
  const users = new Map<string, Use[]>();
  for (const use of gates.flatMap((gate) => usesAt(gate))) {
    const name = `${use.id} ${use.gate.end.truth.direction}`;
    users.set(name, [...(users.get(name) ?? []), use]);
  }
  return [...users].flatMap(([name, uses]) =>
    uses.flatMap(({ gate, id, atMs, row }) => {
      const { heard, direction, boots } = gate.end.truth;
      const isElsewhere = uses.some((other) => other.gate !== gate);
      const heardMs = heard.get(`ticket ${id} ${direction}`) ?? Number.NEGATIVE_INFINITY;
      // Told within the run that used it, and before anybody may have forgotten it.
      const isSameRun = boots.some(
        ({ bootId, toMs }) => bootId === row.bootId && heardMs <= toMs - flushMs,
      );
      if (!isElsewhere || heardMs < atMs + passageMsMax || !isSameRun) return [];
      const isFound = gate.rows.some((it) => it.type === 'double-use' && it['key'] === id);
      return isFound ? [] : [`ticket ${name} at ${gate.end.truth.name}, in ${row.seq}`];
    }),
  );
}

/** From a decision to the passage that spends its ticket. */
const passageMsMax = 30_000;
/** Until what was said is on the disk. */
const flushMs = 60_000;

/** A second use is the guard's word for an uncertain one, or comes from not having heard. */
function mayFollow(before: Use, use: Use): boolean {
  const { gate } = use;
  if (gate === before.gate)
    return gate.rows.some(
      (row) =>
        row.type === 'ticket-settled' &&
        row['used'] === false &&
        row.seq > before.row.seq &&
        row.seq < use.row.seq,
    );
  const { heard, direction } = gate.end.truth;
  const heardMs = heard.get(`ticket ${before.id} ${direction}`) ?? Number.POSITIVE_INFINITY;
  return heardMs >= use.atMs;
}

function usesAt(gate: ReadGate): readonly Use[] {
  const ends = endsOf(gate);
  return gate.rows.filter(isGrant).flatMap((row) => {
    const outcome = String(ends.get(row.seq)?.['outcome']);
    if (!wentThrough.includes(outcome)) return [];
    return ticketsIn(row).map((id) => ({ gate, id, row, atMs: saidMs(gate, row) }));
  });
}

/** The first of those whose place the ticket takes. */
function rootOf({ truth }: World, id: string): string {
  const [replaced] = truth.papers.get(id)?.replaces ?? [];
  return replaced === undefined ? id : rootOf({ truth } as World, replaced);
}

function endsOf({ rows }: ReadGate): ReadonlyMap<unknown, Row> {
  return new Map(rows.filter(isEnd).map((row) => [row['grant'], row]));
}

/** The records replayed, and held against what the disk says of each ticket. */
function reservations(gate: ReadGate): string[] {
  const { end, rows } = gate;
  const { direction } = end.truth;
  const faults: string[] = [];
  const grants = new Map<number, Row>();
  const expected = new Map<string, 'reserved' | 'spent' | 'uncertain' | 'none'>();
  const set = (ids: readonly string[], to: 'reserved' | 'spent' | 'uncertain' | 'none'): void => {
    for (const id of ids) expected.set(id, to);
  };
  for (const row of rows) {
    if (isGrant(row)) {
      grants.set(row.seq, row);
      set(ticketsIn(row), 'reserved');
    }
    const grant = isEnd(row) ? grants.get(Number(row['grant'])) : undefined;
    if (grant !== undefined)
      set(ticketsIn(grant), wentThrough.includes(String(row['outcome'])) ? 'spent' : 'none');
    if (row.type === 'boot')
      for (const [id, state] of expected) if (state === 'reserved') expected.set(id, 'uncertain');
    if (row.type === 'ticket-settled')
      expected.set(String(row['ticket']), row['used'] === true ? 'spent' : 'none');
  }
  for (const [id, state] of expected) {
    const use = end.disk.uses.get(`ticket ${direction} ${id}`);
    if (state === 'reserved') faults.push(`ticket ${id} is still reserved`);
    if (use === undefined || isOver(use, end.latestWallMs)) continue;
    if (use.state === 'reserved') faults.push(`ticket ${id} is still reserved on the disk`);
    const isAsExpected =
      use.state === state || use.state === 'learned' || (use.elsewhere && use.state === 'spent');
    if (!isAsExpected) faults.push(`ticket ${id} is ${use.state}, by its records ${state}`);
  }
  for (const use of end.disk.uses.values())
    if (use.type === 'ticket' && use.state === 'reserved' && !expected.has(use.key))
      faults.push(`ticket ${use.key} is reserved by nobody`);
  return faults;
}

const isOver = ({ until }: UseRow, wallMs: number): boolean => Date.parse(until) <= wallMs;

function codesTwice({ gates }: Readout): string[] {
  const seen = new Map<unknown, { readonly gate: ReadGate; readonly row: Row }>();
  return gates.flatMap((gate) =>
    gate.rows.flatMap((row) => {
      if (row.type !== 'evidence' || row['kind'] !== 'campus-card-code') return [];
      const code = String(row['document']);
      const before = seen.get(code);
      if (before === undefined) {
        seen.set(code, { gate, row });
        return [];
      }
      // A visit's host may show the same code again: it is spent by the decision only.
      if (row['host'] === true || before.row['host'] === true) return [];
      if (before.gate === gate) return [`code ${code} in ${before.row.seq} and ${row.seq}`];
      const [early, late] =
        saidMs(before.gate, before.row) < saidMs(gate, row)
          ? [before, { gate, row }]
          : [{ gate, row }, before];
      const heardMs = late.gate.end.truth.heard.get(`code ${code} `) ?? Number.POSITIVE_INFINITY;
      return heardMs >= saidMs(late.gate, late.row)
        ? []
        : [`code ${code} at ${early.gate.end.truth.name} and ${late.gate.end.truth.name}`];
    }),
  );
}

/** What some clock has shown to be over may have been forgotten. */
function disagreements({ end }: ReadGate): string[] {
  const { disk, state, latestWallMs } = end;
  const held = new Map<string, string>();
  for (const { uses } of state.known.shards)
    for (const { entry, state: use } of uses.values())
      held.set(`${entry.type} ${entry.direction ?? ''} ${entry.key}`, use);
  return [...disk.uses.values()].flatMap((row) => {
    const { type, key, direction, elsewhere } = row;
    if (type === 'window' || isOver(row, latestWallMs)) return [];
    const use = held.get(`${type} ${direction} ${key}`);
    const isElsewhere = row.state === 'learned' || (row.state === 'uncertain' && elsewhere);
    return use === (isElsewhere ? 'spent' : row.state)
      ? []
      : [`${type} ${key}: ${use ?? 'nothing'} in the core, ${row.state} on the disk`];
  });
}
