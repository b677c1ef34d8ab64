/**
 * How large a picture says it is, before anything is unpacked: PNG (ISO/IEC 15948 §11.2.2) and
 * JPEG (ISO/IEC 10918-1, annex B). Pure, never throws.
 */

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const pngSizeOffset = 16;
const startOfImage = [0xff, 0xd8];
/** Markers that stand alone: TEM, RST0 to RST7, SOI, and the zero that stuffs data. */
const lonelyMarkers = new Set([0x00, 0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]);
/** In the range of the frame headers, and none: tables, a reserved one, arithmetic conditions. */
const noFrameHeaders = new Set([0xc4, 0xc8, 0xcc]);

/** Takes a file's bytes; returns the size in pixels, or null where it is no PNG or JPEG. */
export function readPictureSize(bytes: Uint8Array): PictureSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = startsWith(bytes, pngStart) ? readPng(view) : readJpeg(bytes, view);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

function readPng(view: DataView): PictureSize | null {
  if (view.byteLength < pngSizeOffset + 8) return null;
  return { width: view.getUint32(pngSizeOffset), height: view.getUint32(pngSizeOffset + 4) };
}

/** Goes from segment to segment up to the frame header. */
function readJpeg(bytes: Uint8Array, view: DataView): PictureSize | null {
  if (!startsWith(bytes, startOfImage)) return null;
  let at = startOfImage.length;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return null;
    while (bytes[at] === 0xff) at += 1;
    const marker = bytes[at];
    at += 1;
    // The longest that is read: a frame header's length, precision, height and width.
    if (marker === undefined || at + 7 > bytes.length) return null;
    if (lonelyMarkers.has(marker)) continue;
    if (marker >= 0xc0 && marker <= 0xcf && !noFrameHeaders.has(marker))
      return { height: view.getUint16(at + 3), width: view.getUint16(at + 5) };
    at += view.getUint16(at);
  }
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => bytes[index] === byte);
}
