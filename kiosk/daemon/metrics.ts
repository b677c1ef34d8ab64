/** The gate in figures, for `/metrics` (Prometheus text format 0.0.4) and `/readyz`. Nothing of persons. */
import type { Direction } from '../../config/vocabulary.js';
import type { Effect } from '../core/messages.js';
import type { GateState } from '../core/state.js';
import type { ReporterFigures } from '../report/reporter.js';

/** Decisions and passages since the start, by their outcome: `decision/grant`, `passage/passed`. */
export interface Tally {
  count(effects: readonly Effect[]): void;
  readonly counts: ReadonlyMap<string, number>;
}

/** @returns a tally of nothing yet */
export function startTally(): Tally {
  const counts = new Map<string, number>();
  return {
    counts,
    count(effects) {
      for (const effect of effects) {
        if (effect.type !== 'append') continue;
        for (const { type, outcome } of effect.records) {
          if (typeof outcome !== 'string') continue;
          const name = `${type}/${outcome}`;
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }
    },
  };
}

export interface GateFigures {
  readonly site: string;
  readonly kiosk: string;
  readonly direction: Direction;
  readonly version: string;
  readonly state: GateState;
  /** what was discarded and refused, by `device/reason` */
  readonly counts: ReadonlyMap<string, number>;
  readonly tally: ReadonlyMap<string, number>;
  /** null: it does not report */
  readonly reports: ReporterFigures | null;
}

/** Without these nobody passes by themselves. */
const needed = ['relay', 'turnstile', 'scanner', 'thermometer'] as const;

/** @returns why nobody passes by themselves now, in stable words; none: the gate is ready */
export function unready({
  devices,
  time,
  unwritten,
  lockdown,
  fire,
}: GateState): readonly string[] {
  const reasons = needed.flatMap((device) =>
    devices[device] === 'ok' ? [] : [`${device} ${devices[device] ?? 'not heard of yet'}`],
  );
  if (unwritten.failed.length > 0) reasons.push('the journal cannot be written');
  if (time.clock === 'floor' || time.clock === 'conflict') reasons.push(`clock ${time.clock}`);
  if (lockdown) reasons.push('lockdown');
  if (fire) reasons.push('fire');
  return reasons;
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** @returns the text of `/metrics` */
export function metricsText(figures: GateFigures): string {
  const { site, kiosk, direction, version, state, counts, tally, reports } = figures;
  const { devices, alarms, time } = state;
  const lines: string[] = [];
  const metric = (
    name: string,
    type: 'gauge' | 'counter',
    help: string,
    samples: readonly Sample[],
  ): void => {
    if (samples.length === 0) return;
    lines.push(`# HELP gate_kiosk_${name} ${help}`, `# TYPE gate_kiosk_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`gate_kiosk_${name}${text(labels)} ${value}`);
  };
  metric('info', 'gauge', 'Which gate this is.', [[{ site, kiosk, direction, version }, 1]]);
  metric('ready', 'gauge', 'Whether people can pass by themselves.', [
    [{}, Number(unready(state).length === 0)],
  ]);
  metric(
    'device_ok',
    'gauge',
    'Whether a device works.',
    Object.entries(devices).map(([device, status]) => [{ device }, Number(status === 'ok')]),
  );
  metric('clock', 'gauge', 'The state of the clock.', [[{ state: time.clock }, 1]]);
  metric('alarms', 'gauge', 'Alarms that nobody has acknowledged.', [
    [{}, alarms.filter(({ acknowledged }) => !acknowledged).length],
  ]);
  metric('unwritten_records', 'gauge', 'Records that wait for the disk.', [
    [{}, state.unwritten.failed.reduce((sum, { records }) => sum + records.length, 0)],
  ]);
  metric(
    'discarded_total',
    'counter',
    'What was discarded, refused or taken, by its source.',
    pairs(counts, ['source', 'what']),
  );
  metric(
    'records_total',
    'counter',
    'Decisions and passages by their outcome.',
    pairs(tally, ['type', 'outcome']),
  );
  if (reports !== null) {
    metric('broker_connected', 'gauge', 'Whether the broker is there.', [
      [{}, Number(reports.isConnected)],
    ]);
    metric('backlog_records', 'gauge', 'Records without a receipt.', [[{}, reports.backlog]]);
    metric('open_notices', 'gauge', 'Notices that no party has acknowledged.', [
      [{}, reports.openNotices],
    ]);
    metric('connections_total', 'counter', 'Connections to the broker.', [
      [{}, reports.connections],
    ]);
    metric(
      'messages_total',
      'counter',
      'Messages by kind.',
      pairs(reports.counts, ['kind', 'what']),
    );
  }
  metric('resident_memory_bytes', 'gauge', 'Memory of the process.', [
    [{}, process.memoryUsage.rss()],
  ]);
  return `${lines.join('\n')}\n`;
}

/** `a/b` under two labels. */
function pairs(
  counts: ReadonlyMap<string, number>,
  [left, right]: readonly [string, string],
): readonly Sample[] {
  return [...counts].sort().map(([name, value]) => {
    const at = name.indexOf('/');
    return [{ [left]: name.slice(0, at), [right]: name.slice(at + 1) }, value];
  });
}

function text(labels: Readonly<Record<string, string>>): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
