/** What must be true of a world when it is over, read from its disk and its relay alone. */
import type { World } from './world.js';

interface Row {
  readonly seq: number;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** @returns every promise that this world breaks, in words */
export function findFaults(world: World): string[] {
  const rows = world.disk.rows.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString('utf8')));
  return [
    ...pulsesWithoutRecord(world, rows),
    ...outcomesPerGrant(rows),
    ...doubleUses(rows),
    ...studentsOrFevers(rows),
    ...(world.livesOn ? [] : ['healed, but a member of staff does not get through']),
  ];
}

const isGrant = (row: Row): boolean => row.type === 'decision' && row['outcome'] === 'grant';

/** Each edge of the relay has a grant of its own that was on the disk before it. */
function pulsesWithoutRecord({ pulses }: World, rows: readonly Row[]): string[] {
  return pulses.flatMap(({ atMs, committedRows }, index) => {
    const grants = rows.slice(0, committedRows).filter(isGrant).length;
    return grants >= index + 1 ? [] : [`pulse ${index + 1} at ${atMs} before its record`];
  });
}

/** A grant ends in one passage record at most; a tailgate comes on top. */
function outcomesPerGrant(rows: readonly Row[]): string[] {
  const outcomes = new Map<unknown, string[]>();
  for (const row of rows)
    if (row.type === 'passage' && typeof row['grant'] === 'number' && row['outcome'] !== 'tailgate')
      outcomes.set(row['grant'], [...(outcomes.get(row['grant']) ?? []), String(row['outcome'])]);
  const grants = new Set(rows.filter(isGrant).map(({ seq }) => seq));
  return [...outcomes].flatMap(([seq, list]) => [
    ...(list.length > 1 ? [`grant ${seq} ended twice: ${list.join(', ')}`] : []),
    ...(grants.has(Number(seq)) ? [] : [`a passage of grant ${seq}, which is none`]),
  ]);
}

/** A ticket opens once a direction: granted again only after a no-show or a grant not opened. */
function doubleUses(rows: readonly Row[]): string[] {
  const lastGrant = new Map<string, number>();
  const returned = new Set<unknown>();
  const faults: string[] = [];
  for (const row of rows) {
    if (row.type === 'passage' && (row['outcome'] === 'no-show' || row['outcome'] === 'not-opened'))
      returned.add(row['grant']);
    if (!isGrant(row) || row['rule'] !== 'resident') continue;
    const documents = row['documents'] as readonly { id: string; kind: string }[];
    const ticket = documents.find(({ kind }) => kind === 'exit-entry-ticket');
    if (ticket === undefined) continue;
    const before = lastGrant.get(ticket.id);
    if (before !== undefined && !returned.has(before))
      faults.push(`ticket of grant ${before} granted again by ${row.seq}`);
    lastGrant.set(ticket.id, row.seq);
  }
  return faults;
}

function studentsOrFevers(rows: readonly Row[]): string[] {
  return rows.filter(isGrant).flatMap((row) => {
    const documents = row['documents'] as readonly { variant: string | null }[];
    const temperature = row['temperature'] as { band?: string } | null;
    return [
      ...(documents.some(({ variant }) => variant === 'student') ? ['a student was granted'] : []),
      ...(temperature?.band === 'normal' ? [] : ['granted without a normal temperature']),
    ];
  });
}
