/** The main thread's side of the decoding: frames go in, texts come out, the newest frame first. */
import { Worker } from 'node:worker_threads';
import type { FrameTarget } from '../camera-frames.js';
import { newestFrame, placeCount } from '../newest-frame.js';
import type { CameraWorkerData, Look, Looked } from './camera-worker.js';
import type { PictureSize } from './qr-reader.js';

export interface DecoderEvents {
  /** One frame has been looked at. */
  looked(texts: readonly string[]): void;
  /** The thread has ended by itself; sent once, nothing follows. */
  ended(why: string): void;
}

export interface FrameDecoder extends FrameTarget {
  /** frames that were never looked at, because a newer one came first */
  readonly skippedCount: number;
  /** Ends the thread, in the middle of a look too; no event follows. */
  close(): Promise<void>;
}

/** What looks at one place at a time. */
export interface Looker {
  look(place: number): void;
  close(): Promise<void>;
}

/** Makes a looker at shared places of gray pixels; `frameDecoder` needs no more of it. */
export type StartLooker = (data: CameraWorkerData, events: DecoderEvents) => Looker;

/**
 * Starts the decoding of pictures of one size. Its memory is three pictures, whatever happens: a
 * looker that never answers makes it skip frames and nothing else.
 */
export function frameDecoder(
  size: PictureSize,
  events: DecoderEvents,
  startLooker: StartLooker = startWorker,
): FrameDecoder {
  const places = Array.from(
    { length: placeCount },
    () => new SharedArrayBuffer(size.width * size.height),
  );
  const pixels = places.map((place) => new Uint8Array(place));
  const unused = new Uint8Array(size.width * size.height);
  const newest = newestFrame();
  const lookAt = (place: number | null): void => {
    if (place !== null) looker.look(place);
  };
  const looker = startLooker(
    { ...size, places },
    {
      ...events,
      looked(texts) {
        lookAt(newest.looked());
        events.looked(texts);
      },
    },
  );
  return {
    filling: () => pixels[newest.filling] ?? unused,
    filled: () => lookAt(newest.filled()),
    get skippedCount() {
      return newest.skippedCount;
    },
    close: () => looker.close(),
  };
}

/** A thread of its own that looks. */
function startWorker(workerData: CameraWorkerData, events: DecoderEvents): Looker {
  const worker = new Worker(new URL('./camera-worker.js', import.meta.url), { workerData });
  let isWanted = true;
  let crash: string | null = null;
  worker.on('message', ({ texts }: Looked) => {
    if (isWanted) events.looked(texts);
  });
  // An 'exit' always follows; without a listener the error would end the whole process.
  worker.on('error', (error) => {
    crash = error.message;
  });
  worker.once('exit', (code) => {
    if (isWanted) events.ended(crash ?? `exit code ${code}`);
    isWanted = false;
  });
  return {
    look: (place) => worker.postMessage({ place } satisfies Look),
    async close() {
      isWanted = false;
      await worker.terminate();
    },
  };
}
