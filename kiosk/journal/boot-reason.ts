/** How the last run ended, told from what it has left: its mark, its last records, its machine's start. Pure. */
import type { BootReason } from '../../config/vocabulary.js';
import type { ChainRow } from './chain.js';

/** What a run leaves of itself in the journal when it opens it. */
export interface RunMark {
  readonly bootId: string;
  /** which start of the machine it ran in, as the kernel names it; null: it does not say */
  readonly machineStart: string | null;
}

/** A run that gives up says so in one of its last records: some answers may come after it. */
export const lastRowsMax = 16;

export interface LastRun {
  /** null: no run has left its mark */
  readonly mark: RunMark | null;
  /** the journal was closed */
  readonly endedCleanly: boolean;
  /** the journal's last records, `lastRowsMax` of them, oldest first */
  readonly lastRows: readonly Pick<ChainRow, 'bytes'>[];
}

/**
 * @param last null: the journal is a new one
 * @param machineStart of this run
 * @returns the reason for the record of this run's start
 */
export function bootReason(last: LastRun | null, machineStart: string | null): BootReason {
  if (last === null) return 'first';
  const { mark, endedCleanly, lastRows } = last;
  if (mark === null) return endedCleanly ? 'stopped' : 'unknown';
  const types = lastRows.flatMap(({ bytes }) => typeOf(bytes, mark.bootId));
  if (types.includes('invariant')) return 'invariant';
  if (types.includes('fault')) return 'fault';
  const isKnown = mark.machineStart !== null && machineStart !== null;
  const isSame = mark.machineStart === machineStart;
  if (endedCleanly) return isKnown && !isSame ? 'restarted' : 'stopped';
  if (!isKnown) return 'unknown';
  return isSame ? 'killed' : 'power-lost';
}

/** The type of a record, if that run has written it. */
function typeOf(bytes: Uint8Array, bootId: string): readonly string[] {
  try {
    const record: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof record !== 'object' || record === null) return [];
    if (!('bootId' in record) || record.bootId !== bootId || !('type' in record)) return [];
    return typeof record.type === 'string' ? [record.type] : [];
  } catch {
    return [];
  }
}
