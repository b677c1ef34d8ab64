/** What the supervisor is told of a run, and what of it is looked at before. */
import { serviceManager } from '../../hardware/linux/service-manager.js';
import type { WorkerRelay } from '../../hardware/relay.js';
import type { Gate } from '../gate.js';
import type { GateTools } from './gate-tools.js';
import { unready } from './metrics.js';
import type { OpenJournal } from './reports.js';
import { startSupervision } from './supervision.js';

/** A run as it stands: its parts may be replaced while it goes on. */
export interface SupervisedRun extends GateTools {
  readonly gate: Gate | null;
  readonly relay: Pick<WorkerRelay, 'ask'> | null;
  /** null while the disk cannot be written */
  readonly outbox: OpenJournal['outbox'] | null;
  /** turns that the loop has taken */
  readonly turns: number;
  readonly isOutOfService: boolean;
}

/**
 * From now on the supervisor of this process hears how the gate is.
 * @returns ends it
 */
export function superviseRun(run: SupervisedRun): () => Promise<void> {
  const { clock, scheduler, log, gate, relay, isOutOfService } = run;
  if (gate === null || relay === null) return async () => {};
  const stop = startSupervision({
    ...{ clock, scheduler, log },
    manager: serviceManager(process.env, process.pid),
    state: gate.state,
    turn() {
      const before = run.turns;
      gate.turn();
      return run.turns !== before;
    },
    askRelay: relay.ask,
    // Wants nothing that would have to be read.
    askJournal: async () => await run.outbox?.read(0, { bytesMax: 1, rowsMax: 1, through: 0 }),
    status() {
      if (isOutOfService) return 'out of service: it has ended badly too often';
      const reasons = unready(gate.state());
      return reasons.length === 0 ? 'in service' : `not ready: ${reasons.join(', ')}`;
    },
  });
  return async () => stop();
}
