/**
 * From the raw bytes of a camera program to gray frames: no header, no mark, only their number says
 * where a frame ends (rpicam-apps `null_encoder.cpp` and `file_output.cpp`, ffmpeg `rawvideo`). Pure.
 */

/** How a camera program writes its frames. */
export interface FrameShape {
  /** visible pixels */
  readonly width: number;
  readonly height: number;
  /** bytes from one row to the next; more than `width` where the hardware pads its rows */
  readonly stride: number;
  /** `yuv420`: the gray plane first, then two of colour, half as wide and high; `gray`: that alone */
  readonly format: 'yuv420' | 'gray';
}

/** Bytes of one whole frame, padding and colour included. */
export function frameBytesOf({ height, stride, format }: FrameShape): number {
  return format === 'gray' ? stride * height : (stride * height * 3) / 2;
}

export interface FrameTarget {
  /** where the gray pixels of the frame that is coming are put, `width` × `height` of them */
  filling(): Uint8Array;
  /** The gray pixels are complete: the next frame may be put elsewhere. */
  filled(): void;
}

export interface FrameAssembler {
  /** Takes the next bytes, in whatever pieces they come. Never throws. */
  push(bytes: Uint8Array): void;
  /** bytes of a frame that is not whole yet; the colour that belongs to a gray plane counts */
  readonly heldBytes: number;
}

/**
 * Makes an assembler that has seen nothing: the first byte is a frame's first. Row padding and
 * colour are counted and not kept; a frame is told as soon as its gray pixels are there, a third
 * of its time before its last byte.
 */
export function frameAssembler(shape: FrameShape, target: FrameTarget): FrameAssembler {
  const { width, height, stride } = shape;
  const grayBytes = stride * height;
  const frameBytes = frameBytesOf(shape);
  /** of the next byte within its frame */
  let position = 0;

  /** Takes bytes of the gray plane from `from` on; returns how many. */
  const takeGray = (bytes: Uint8Array, from: number): number => {
    if (stride === width) {
      const count = Math.min(bytes.length - from, grayBytes - position);
      target.filling().set(bytes.subarray(from, from + count), position);
      return count;
    }
    const row = Math.floor(position / stride);
    const column = position - row * stride;
    const count = Math.min(bytes.length - from, stride - column);
    const visible = Math.min(count, width - column);
    if (visible > 0)
      target.filling().set(bytes.subarray(from, from + visible), row * width + column);
    return count;
  };

  return {
    push(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const isGray = position < grayBytes;
        const count = isGray
          ? takeGray(bytes, from)
          : Math.min(bytes.length - from, frameBytes - position);
        from += count;
        position += count;
        if (isGray && position === grayBytes) target.filled();
        if (position === frameBytes) position = 0;
      }
    },
    get heldBytes() {
      return position;
    },
  };
}
