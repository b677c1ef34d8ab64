/** The gates as a person looks at them: a line each, and the live table of a running collector. Pure. */
import { formatRfc3339 } from '../../config/rfc3339.js';
import type { GateRow } from '../../kiosk/collector/queries/gates.js';
import { formatRows, type OutputRow, printable } from './collect-output.js';
import { drawScreen } from './live-screen.js';

/** @returns the cells of one gate, by the names of their columns */
export function gateLine(row: GateRow): OutputRow {
  const { kiosk, online, heardMs, backlog, head, recordMs, faults, troubles, journal, checkpoint } =
    row;
  return {
    ...{ gate: kiosk, online: online === null ? 'unknown' : online ? 'yes' : 'NO' },
    heard: heardMs === null ? 'never' : formatRfc3339(heardMs),
    ...{ backlog, head, record: recordMs === null ? null : formatRfc3339(recordMs) },
    ...{ checkpoint, faults, devices: troubles, journal },
  };
}

export interface Live {
  readonly rows: readonly GateRow[];
  readonly nowMs: number;
  /** null: connected */
  readonly down: string | null;
  /** records stored since the start */
  readonly added: number;
  /** the newest last */
  readonly lines: readonly string[];
  /** of the terminal: lines and columns */
  readonly height: number;
  readonly width: number;
}

/**
 * @param live what the collector knows now
 * @returns a picture that overwrites the one before it: what is wrong first, as many gates as there is
 *   room for, and the last events
 */
export function drawLive({ rows, nowMs, down, added, lines, height, width }: Live): string {
  const online = rows.filter((row) => row.online === true).length;
  const link = down === null ? 'connected' : `NO BROKER: ${printable(down)}`;
  // Without the broker nobody can say who is there.
  const gates = down === null ? `${online} of ${rows.length} gates online` : `${rows.length} gates`;
  const head = `${formatRfc3339(nowMs)}  ${link}  ${gates}  ${added} records since the start`;
  const events = lines.slice(-Math.max(3, Math.floor(height / 5))).map(printable);
  const roomMax = Math.max(1, height - events.length - 6);
  const sorted = [...rows].sort((left, right) => weight(right) - weight(left));
  const shown = sorted
    .slice(0, roomMax)
    .map((row) => liveCells(down === null ? row : { ...row, online: null }, nowMs));
  const columns = ['gate', 'online', 'heard', 'backlog', 'head', 'record', 'faults', 'devices'];
  const table = formatRows('table', columns, shown).trimEnd().split('\n');
  const rest = rows.length > shown.length ? [`… and ${rows.length - shown.length} more`] : [];
  const all = [head, '', ...table, ...rest, '', ...events];
  return drawScreen(all, all.length + 1, width);
}

/** A gate with something wrong stands above one without. */
function weight({ online, faults, troubles }: GateRow): number {
  return (online === true ? 0 : 4) + (faults > 0 ? 2 : 0) + (troubles.length > 0 ? 1 : 0);
}

function liveCells(row: GateRow, nowMs: number): OutputRow {
  const ago = (ms: number | null): string => (ms === null ? 'never' : agoText(nowMs - ms));
  return { ...gateLine(row), heard: ago(row.heardMs), record: ago(row.recordMs) };
}

function agoText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}
