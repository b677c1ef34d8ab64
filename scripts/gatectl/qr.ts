/**
 * A credential as a QR code: drawn by zxing-wasm's writer from its local file, painted for a
 * terminal. Level Q on paper, M on a phone; alphanumeric mode, which the writer chooses itself
 * for a base45 text.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';

/** Denser codes are read by some scanners and not by others. */
export const qrVersionMax = 14;
/** Light modules around the code (ISO/IEC 18004 §6.3.8). */
const quietModules = 4;

export type ErrorCorrection = 'M' | 'Q';

export interface QrCode {
  readonly version: number;
  /** modules a side, without the quiet zone */
  readonly size: number;
  isDark(x: number, y: number): boolean;
}

let isPrepared = false;

/** Takes a text and the level of error correction; returns its QR code of the least version. */
export async function drawQr(text: string, errorCorrection: ErrorCorrection): Promise<QrCode> {
  if (!isPrepared) prepare();
  const { symbol, error } = await writeBarcode(text, {
    format: 'QRCode',
    options: `ecLevel=${errorCorrection}`,
    scale: 1,
    addQuietZones: false,
  });
  if (error !== '') throw new Error(`the QR code cannot be drawn: ${error}`);
  const { width, data } = symbol;
  // ISO/IEC 18004 §6.3.1: version 1 has 21 modules a side, each further one 4 more.
  const version = (width - 17) / 4;
  const isDark = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < width && data[y * width + x] === 0;
  return { version, size: width, isDark };
}

/** Both overrides are needed: with either alone the library looks for its file on the network. */
function prepare(): void {
  const path = createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm');
  const wasmBinary = new Uint8Array(readFileSync(path)).buffer;
  prepareZXingModule({ overrides: { wasmBinary, locateFile: () => path } });
  isPrepared = true;
}

/**
 * Takes a QR code; returns its picture, two modules a character, with its quiet zone. In colour
 * it is black on white whatever the terminal's colours are; without, dark modules are ink.
 */
export function paintQr(qr: QrCode, isColoured: boolean): string {
  const lines: string[] = [];
  for (let y = -quietModules; y < qr.size + quietModules; y += 2) {
    let line = '';
    for (let x = -quietModules; x < qr.size + quietModules; x += 1)
      line += halfBlock(qr.isDark(x, y), qr.isDark(x, y + 1));
    lines.push(isColoured ? `\u001B[30;107m${line}\u001B[0m` : line);
  }
  return `${lines.join('\n')}\n`;
}

function halfBlock(isUpperDark: boolean, isLowerDark: boolean): string {
  if (isUpperDark) return isLowerDark ? '█' : '▀';
  return isLowerDark ? '▄' : ' ';
}
