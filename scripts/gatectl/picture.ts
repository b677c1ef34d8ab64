/** The QR codes in a picture, read by zxing-wasm's reader from its local file. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { localFile } from '../../hardware/linux/zxing-file.js';
import { credentialPrefix } from '../../kiosk/credential/issue.js';
import { UsageError } from './command.js';
import { readBytesUpTo } from './files.js';
import { readPictureSize } from './picture-size.js';

/** A photograph of a good phone has 12 MB, a scanned page as PNG 20. */
const pictureBytesMax = 32 * 1024 * 1024;
/** Phones' largest photographs; unpacked they take about 200 MB. */
const pixelsMax = 50_000_000;
/** The reader's own limit. */
const codesMax = 255;

let isPrepared = false;

/** Takes an argument; says whether it names a picture: no credential's text ends so. */
export function isPictureName(word: string): boolean {
  return !word.startsWith(credentialPrefix) && /\.(png|jpe?g)$/i.test(word);
}

/**
 * Takes the name of a PNG or JPEG; returns the text of each QR code in it, none where there is
 * none. Throws UsageError where it is no such picture, damaged or too large.
 */
export async function readPictureTexts(file: string): Promise<readonly string[]> {
  const bytes = readBytesUpTo(file, pictureBytesMax);
  const size = readPictureSize(bytes);
  if (size === null) throw new UsageError(`${file} is no PNG or JPEG picture`);
  const { width, height } = size;
  if (width * height > pixelsMax)
    throw new UsageError(`${file} has ${width} × ${height} pixels, ${pixelsMax} at most are read`);
  if (!isPrepared)
    prepareZXingModule({ overrides: localFile('zxing-wasm/reader/zxing_reader.wasm') });
  isPrepared = true;
  const codes = await readBarcodes(bytes, {
    formats: ['QRCode'],
    textMode: 'Plain',
    maxNumberOfSymbols: codesMax,
  });
  // It answers a picture that it cannot unpack with one code that is none.
  if (codes.some(({ isValid }) => !isValid))
    throw new UsageError(`${file} is damaged or of a kind that cannot be read`);
  return codes.map(({ text }) => text);
}
