/**
 * A credential as a QR code: drawn by zxing-wasm's writer from its local file, painted for a
 * terminal or as a phone's picture. Level Q on paper, M on a phone; alphanumeric mode, which the
 * writer chooses itself for a base45 text.
 */
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { localFile } from '../../hardware/linux/zxing-file.js';

/** Denser codes are read by some scanners and not by others. */
export const qrVersionMax = 14;
/** Light modules around the code (ISO/IEC 18004 §6.3.8). */
export const quietModules = 4;
/** Version 14 with its quiet zone is 972 pixels wide: within the 1,080 of a phone. */
const phonePixelsPerModule = 12;

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
  const { width, data } = (await write(text, errorCorrection, 1)).symbol;
  // ISO/IEC 18004 §6.3.1: version 1 has 21 modules a side, each further one 4 more.
  const version = (width - 17) / 4;
  const isDark = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < width && data[y * width + x] === 0;
  return { version, size: width, isDark };
}

/**
 * Takes a text; returns the picture for a phone's screen: a PNG, level M, black on white with its
 * quiet zone.
 */
export async function drawPhonePicture(text: string): Promise<Uint8Array> {
  const { image } = await write(text, 'M', phonePixelsPerModule);
  if (image === null) throw new Error('the QR code cannot be drawn as a picture');
  return new Uint8Array(await image.arrayBuffer());
}

async function write(text: string, errorCorrection: ErrorCorrection, scale: number) {
  if (!isPrepared)
    prepareZXingModule({ overrides: localFile('zxing-wasm/writer/zxing_writer.wasm') });
  isPrepared = true;
  const options = `ecLevel=${errorCorrection}`;
  const drawn = await writeBarcode(text, { format: 'QRCode', options, scale });
  if (drawn.error !== '') throw new Error(`the QR code cannot be drawn: ${drawn.error}`);
  return drawn;
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
