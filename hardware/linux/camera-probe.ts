/** A look at what a camera program writes, without looking at the pictures: for `gate-kiosk doctor`. */
import { type Piece, pauseMsMin, pausesMin } from '../frame-size.js';
import { startCameraProcess } from './camera-process.js';
import { monotonicNowMs } from './clock.js';
import { spokenLines } from './spoken-lines.js';

/** rpicam-vid takes up to 2 s to its first frame; then three seconds of ten frames each are plenty. */
const lookMsMax = 6_000;
/** Some more than are needed: the longest of them are taken. */
const pausesWanted = 3 * pausesMin;
/** Who writes so many without pauses is no camera. */
const piecesMax = 4_096;

/**
 * Runs a camera program for as long as it takes to see its pauses, six seconds at most, and ends it.
 * @param command the program and its arguments; no shell
 * @returns what came, in pieces; none where the program ended or wrote nothing
 */
export function lookAtCamera(command: readonly string[]): Promise<readonly Piece[]> {
  return new Promise((resolve) => {
    const pieces: Piece[] = [];
    let pauses = 0;
    let hasEnded = false;
    const end = (): void => {
      if (hasEnded) return;
      hasEnded = true;
      clearTimeout(timer);
      // The camera is the program's until it has ended.
      void program.stop().then(() => resolve(pieces));
    };
    const timer = setTimeout(end, lookMsMax);
    const program = startCameraProcess(
      command,
      {
        started() {},
        bytes({ length }) {
          const last = pieces.at(-1);
          const atMs = monotonicNowMs();
          if (last !== undefined && atMs - last.atMs >= pauseMsMin) pauses += 1;
          pieces.push({ totalBytes: (last?.totalBytes ?? 0) + length, atMs });
          if (pauses >= pausesWanted || pieces.length >= piecesMax) end();
        },
        ended: end,
      },
      spokenLines(() => {}),
    );
  });
}
