/**
 * A million revoked papers: a paper verified beside them and beside none, and a list of a million taken
 * over: how late the loop is meanwhile, beside a loop with nothing to do.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { skippingClock } from '../../hardware/simulated/clock.js';
import {
  noRevocations,
  parseRevocationsBytes,
  type Revocations,
} from '../../kiosk/credential/revocations.js';
import { verifyCredential } from '../../kiosk/credential/verify.js';
import type { BlobChunks } from '../../kiosk/settings/desk/work.js';
import { settingsThread } from '../../kiosk/settings/desk/worker-port.js';
import { chunksOf } from '../../kiosk/settings/signed/blob-assembly.js';
import { openCampus } from '../simulated-board/papers.js';
import { shippedConfiguration } from '../simulated-board/shipped.js';
import type { Bench } from './harness.js';

const count = 1_000_000;
const lookUps = 1_000;
const idBytes = 16;
const startWallMs = Date.parse('2020-02-12T08:00:00+08:00');

/** @param folder for the settings' database */
export async function revocationBenches(folder: string): Promise<readonly Bench[]> {
  const bytes = listOfAMillion();
  const before = memoryInUse();
  const many = listFrom(bytes);
  const grownBy = memoryInUse() - before;
  process.stderr.write(
    `memory of a list of ${count}: ${megabytes(grownBy)} MB, its ids alone ${megabytes(count * idBytes)} MB\n`,
  );
  return [...lookUpBenches(many), swapBench(folder, bytes)];
}

function lookUpBenches(many: Revocations): readonly Bench[] {
  const clock = skippingClock({ wallMs: startWallMs });
  const { papers, verifier } = openCampus(clock, 480);
  const text = papers.form('2009120045');
  const nowSeconds = startWallMs / 1_000;
  const verify = (revocations: Revocations): void => {
    const verified = verifyCredential(text, { ...verifier, revocations, nowSeconds });
    if (!verified.ok) throw new Error(verified.reason);
  };
  const ids = Array.from({ length: lookUps }, () => randomBytes(idBytes).toString('hex'));
  const lookUp = ({ credentials }: Revocations): void => {
    for (const id of ids) if (credentials.has(id)) throw new Error('a chance of one in 2^108');
  };
  const close = async (): Promise<void> => {};
  return [
    {
      name: `a paper verified, ${count.toLocaleString('en')} revoked`,
      floorName: 'the same, none revoked',
      rounds: 2_000,
      subject: async () => verify(many),
      floor: async () => verify(noRevocations),
      close: async () => clock.close(),
    },
    {
      name: `${lookUps} look-ups among ${count.toLocaleString('en')}`,
      floorName: 'the same among none',
      rounds: 2_000,
      itemsPerRound: lookUps,
      subject: async () => lookUp(many),
      floor: async () => lookUp(noRevocations),
      close,
    },
  ];
}

/** The longest time between two turns of the loop, while a list is taken over, or for as long without. */
function swapBench(folder: string, bytes: Uint8Array): Bench {
  const settings = settingsThread({ folder, marks: new Map() }, (why) => {
    throw new Error(why);
  });
  const { config } = shippedConfiguration();
  const name = { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
  let blobs: readonly BlobChunks[] = [];
  let latestMs = 0;
  let tookMs = 0;
  const watch = async (isOver: () => boolean): Promise<void> => {
    let lastMs = performance.now();
    latestMs = 0;
    while (!isOver()) {
      await turn();
      const nowMs = performance.now();
      latestMs = Math.max(latestMs, nowMs - lastMs);
      lastMs = nowMs;
    }
  };
  return {
    name: `lateness while a list of ${count.toLocaleString('en')} is taken over`,
    floorName: 'lateness for as long with nothing to do',
    rounds: 20,
    warmUpRounds: 3,
    figure: () => latestMs * 1_000,
    async prepare() {
      // As they lie there when the last chunk has come.
      blobs = [{ name, chunks: chunksOf(bytes).map((chunk) => new Uint8Array(chunk)) }];
    },
    async subject(round) {
      const beganMs = performance.now();
      let isOver = false;
      const place = { zone: 'campus-gate', direction: 'in' } as const;
      const sha256 = round.toString(16).padStart(64, '0');
      const request = { channel: 'revocation', sha256, body: blobs, selfTest: [], place, config };
      const swapped = settings.test({ ...request, channel: 'revocation' }).then((result) => {
        isOver = true;
        if (!result.ok || result.change.revocations?.credentials.size !== count)
          throw new Error('it is not taken');
      });
      await watch(() => isOver);
      await swapped;
      tookMs = performance.now() - beganMs;
    },
    async floor() {
      const beganMs = performance.now();
      await watch(() => performance.now() - beganMs >= tookMs);
    },
    async close() {
      process.stderr.write(`a list of ${count} is taken over in ${tookMs.toFixed(0)} ms\n`);
      await settings.close();
    },
  };
}

function listOfAMillion(): Uint8Array {
  const all = randomBytes(count * idBytes).toString('hex');
  const ids = Array.from({ length: count }, (_, index) =>
    all.slice(index * 2 * idBytes, (index + 1) * 2 * idBytes),
  );
  return Buffer.from(JSON.stringify({ credentials: ids }), 'utf8');
}

function listFrom(bytes: Uint8Array): Revocations {
  const read = parseRevocationsBytes(bytes);
  if (!read.ok) throw new Error(read.problems[0]?.problem);
  return read.revocations;
}

/** What is left when nothing is left over. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
