/**
 * A camera by a program that writes raw frames to its standard output: `rpicam-vid`, `ffmpeg`, or
 * any other. The program is a child process, the decoding a thread, and nothing queues in between.
 */
import { type FrameShape, frameAssembler } from '../camera-frames.js';
import type { Camera, CameraEvents } from '../ports.js';
import { startCameraProcess } from './camera-process.js';
import { monotonicNowMs } from './clock.js';
import { type FrameDecoder, frameDecoder, type StartLooker } from './frame-decoder.js';
import { spokenLines } from './spoken-lines.js';

export interface CommandCameraOptions {
  /** the program and its arguments; no shell */
  readonly command: readonly string[];
  readonly shape: FrameShape;
  /** Takes a line that the program has said on its standard error, for the log. */
  readonly say: (line: string) => void;
  /** a thread of its own without it; tests give one that never answers */
  readonly startLooker?: StartLooker;
}

/** No camera for codes is faster; a program that is does not write frames, and would cost a core. */
const framesPerSecondMax = 130;
const secondMs = 1_000;

/**
 * Makes a camera. Why it closes is a word of this list, in this order: `denied`, `busy`, `absent`
 * and `ended` as the program's own end says; `garbled` where it ended before its first frame was
 * whole, or where frames come faster than any camera's; `decoder` where the decoding thread ended.
 * That frames no longer come is the driver's to see.
 */
export function commandCamera(options: CommandCameraOptions): Camera {
  const lines = spokenLines(options.say);
  let stop: () => Promise<void> = async () => {};
  /** the last connection's way out: the camera is the old process's until it has ended */
  let released: Promise<void> = Promise.resolve();
  /** grows with each opening and closing: a connection of an older number is nobody's */
  let connection = 0;

  const connect = (mine: number, events: CameraEvents): void => {
    const isWanted = (): boolean => mine === connection;
    if (!isWanted()) return;
    let decoder: FrameDecoder | null = null;
    let frameCount = 0;
    let byteCount = 0;
    let secondBeganMs = monotonicNowMs();
    let framesOfSecond = 0;

    const end = (why: string): void => {
      if (!isWanted()) return;
      connection++;
      release();
      events.closed(why);
    };
    const openDecoder = (): FrameDecoder => {
      decoder ??= frameDecoder(
        options.shape,
        {
          looked(texts) {
            if (isWanted()) events.looked(texts);
          },
          ended(why) {
            options.say(`the decoding thread has ended: ${why}`);
            end('decoder');
          },
        },
        options.startLooker,
      );
      return decoder;
    };
    const isFlood = (): boolean => {
      const nowMs = monotonicNowMs();
      if (nowMs - secondBeganMs >= secondMs) {
        secondBeganMs = nowMs;
        framesOfSecond = 0;
      }
      return ++framesOfSecond > framesPerSecondMax;
    };
    const assembler = frameAssembler(options.shape, {
      filling: () => openDecoder().filling(),
      filled() {
        frameCount++;
        if (isFlood()) end('garbled');
        else decoder?.filled();
      },
    });
    const program = startCameraProcess(
      options.command,
      {
        started() {
          if (isWanted()) events.opened();
        },
        bytes(bytes) {
          byteCount += bytes.length;
          if (isWanted()) assembler.push(bytes);
        },
        ended(why) {
          const isCut = why === 'ended' && frameCount === 0 && byteCount > 0;
          end(isCut ? 'garbled' : why);
        },
      },
      lines,
    );
    stop = async () => {
      await Promise.all([program.stop(), decoder?.close()]);
    };
  };

  const release = (): void => {
    released = Promise.all([released, stop()]).then(() => {});
    stop = async () => {};
  };

  return {
    open(events) {
      const mine = ++connection;
      release();
      released = released.then(() => connect(mine, events));
    },
    close() {
      connection++;
      release();
    },
  };
}
