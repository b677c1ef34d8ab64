/**
 * The thread that looks at a camera's frames: so long as it takes, neither a button nor the relay
 * waits for it. It holds one frame at a time, in memory that it shares with the main thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { effortPlan, openQrReader, type PictureSize } from './qr-reader.js';

export interface CameraWorkerData extends PictureSize {
  /** one for each place of `newestFrame`: gray pixels */
  readonly places: readonly SharedArrayBuffer[];
}

/** Asks for a look at a place; nobody writes there until the answer. */
export interface Look {
  readonly place: number;
}

/** What was found there. */
export interface Looked {
  readonly texts: readonly string[];
}

async function work(
  { places, ...size }: CameraWorkerData,
  port: NonNullable<typeof parentPort>,
): Promise<void> {
  const pixels = places.map((place) => new Uint8Array(place));
  // What is asked before the reader is ready waits in the port: one look at most.
  const reader = await openQrReader(size);
  const nextEffort = effortPlan();
  let hasFound = false;
  port.on('message', ({ place }: Look) => {
    const frame = pixels[place];
    if (frame === undefined) return;
    const texts = reader.read(frame, nextEffort(hasFound));
    hasFound = texts.length > 0;
    port.postMessage({ texts } satisfies Looked);
  });
}

if (parentPort !== null) void work(workerData as CameraWorkerData, parentPort);
