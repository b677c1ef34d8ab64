/**
 * Signs the journal of a gate that has a key and no broker: who reads it later can tell that it was
 * not written anew. Where there is a broker the reporter does it.
 */
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { startCheckpoints } from '../report/checkpoints.js';
import { gateTopics, type Names } from '../report/topics.js';
import type { GateTools } from './gate-tools.js';
import type { OpenJournal } from './reports.js';

export interface SigningOptions extends Pick<GateTools, 'clock' | 'scheduler'> {
  readonly names: Names;
  readonly deviceKey: PrivateKey;
}

/**
 * Takes the gate's names and key and its open journal; signs the head as RECORDS.md says, and keeps
 * each checkpoint beside the records.
 * @returns what ends it: signs what is not signed yet, and resolves when the journal has taken it
 */
export function signJournal(
  { names, deviceKey, clock, scheduler }: SigningOptions,
  { journal, outbox, restored }: OpenJournal,
): () => Promise<void> {
  const topics = gateTopics(names);
  let kept: Promise<unknown> = Promise.resolve();
  const checkpoints = startCheckpoints({
    ...{ clock, scheduler, key: deviceKey, collectors: [], topic: topics.checkpoint },
    origin: `${topics.base}/${restored.journal}`,
    publish: () => {},
    // A disk that fails has somebody to tell of it, and the next head is signed again.
    keep(checkpoint) {
      kept = outbox.keepCheckpoint(checkpoint);
    },
  });
  checkpoints.head(restored.head);
  const unsubscribe = journal.subscribe((event) => {
    if (event.type !== 'failed') checkpoints.head({ seq: event.lastSeq, hash: event.hash });
  });
  return async () => {
    unsubscribe();
    checkpoints.stop();
    await kept;
  };
}
