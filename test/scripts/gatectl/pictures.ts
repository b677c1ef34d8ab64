/** Pictures for tests: an encoder for gray pixels, and a look at the codes beside gatectl's own. */
import { crc32, deflateSync } from 'node:zlib';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { localFile } from '../../../hardware/linux/zxing-file.js';

const overrides = localFile('zxing-wasm/reader/zxing_reader.wasm');

/** Takes a picture's bytes; returns what zxing finds in it. */
export async function codesOf(bytes: Uint8Array) {
  prepareZXingModule({ overrides });
  return readBarcodes(bytes, { formats: ['QRCode'] });
}

/** Takes sizes and gray pixels; returns a PNG of 8 bits, whose header may lie about the pixels. */
export function grayPng(width: number, height: number, pixels: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows: Uint8Array[] = [];
  for (let start = 0; start < pixels.length; start += width)
    rows.push(Uint8Array.of(0), pixels.subarray(start, start + width));
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
