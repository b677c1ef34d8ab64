/**
 * QR codes in gray pixels, by zxing-wasm from its local file. Goes below the package's public call,
 * which takes four bytes a pixel or a picture file: `readBarcodesFromPixmap` takes the pixels as they
 * are and halves the cost of a frame. That is internal to the package, hence its exact version in
 * package.json, and the comparison with the public call in the tests.
 */
import { prepareZXingModule, type ZXingReaderModule } from 'zxing-wasm/reader';
import { localFile } from './zxing-file.js';

/**
 * `quick` finds dark codes on a light ground in any position; `thorough` looks for light ones on
 * dark too, and through noise, in a picture of half the size: at about twice the cost.
 */
export type Effort = 'quick' | 'thorough';

export interface QrReader {
  /**
   * Takes `width` × `height` gray pixels; returns the text of each QR code in them, its bytes taken
   * as UTF-8 as a scanner's are. Throws where the decoder itself is broken.
   */
  read(pixels: Uint8Array, effort: Effort): readonly string[];
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The module's own memory, as its C compiler (Emscripten) gives it; the package's types leave it out. */
interface Memory {
  /** Takes a number of bytes; returns where they begin, 0 where there is no room. */
  _malloc(byteCount: number): number;
  readonly HEAPU8: Uint8Array;
}

type ReaderOptions = Parameters<ZXingReaderModule['readBarcodesFromPixmap']>[3];

/** A phone beside a paper, and two papers more by mistake: each further one costs time to look for. */
const codesMax = 4;
/** In the numbers of the package's `bindings/`: LocalAverage copes with glare and shadows. */
const quick: ReaderOptions = {
  formats: 'QRCode',
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  tryDenoise: false,
  binarizer: 0,
  isPure: false,
  downscaleFactor: 2,
  downscaleThreshold: 300,
  minLineCount: 2,
  maxNumberOfSymbols: codesMax,
  validateOptionalChecksum: false,
  returnErrors: false,
  eanAddOnSymbol: 0,
  textMode: 0,
  characterSet: 0,
  tryCode39ExtendedMode: false,
};
/** What else the package can try (`tryHarder`, `tryRotate`, `tryDenoise`) found nothing more in the tests' pictures. */
const optionsOf: Readonly<Record<Effort, ReaderOptions>> = {
  quick,
  thorough: { ...quick, tryInvert: true, tryDownscale: true },
};

/**
 * Makes a reader of pictures of one size; its memory is taken once. Rejects where the package's file
 * is missing or has been changed.
 */
export async function openQrReader({ width, height }: PictureSize): Promise<QrReader> {
  const module = (await prepareZXingModule({
    overrides: localFile('zxing-wasm/reader/zxing_reader.wasm'),
    fireImmediately: true,
  })) as ZXingReaderModule & Memory;
  const place = module._malloc(width * height);
  if (place === 0) throw new Error(`no memory for a picture of ${width} × ${height} pixels`);
  // A byte order mark stays, as in the scanner's decoder.
  const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  return {
    read(pixels, effort) {
      // Anew each time: the module's memory moves when it grows.
      module.HEAPU8.set(pixels, place);
      const codes = module.readBarcodesFromPixmap(place, width, height, optionsOf[effort]);
      const texts: string[] = [];
      for (let index = 0; index < codes.size(); index++) {
        const code = codes.get(index);
        if (code?.isValid) texts.push(utf8.decode(code.bytes));
      }
      release(codes);
      return texts;
    },
  };
}

/** Every n-th frame is looked at thoroughly: a phone's dark mode waits for 0.4 s at most at 10 a second. */
const thoroughEvery = 4;

/**
 * Makes the plan of the effort from frame to frame. Each call takes whether the frame before showed a
 * code. The thorough look is kept while it finds what the quick one did not: such a code does not
 * flicker, and one that is easily read does not cost twice.
 */
export function effortPlan(): (hasFound: boolean) => Effort {
  let count = 0;
  let effort: Effort = 'quick';
  let isQuickEnough = false;
  return (hasFound) => {
    if (effort === 'quick') isQuickEnough = hasFound;
    const isProved = effort === 'thorough' && hasFound && !isQuickEnough;
    const isDue = ++count % thoroughEvery === 0;
    effort = isDue || isProved ? 'thorough' : 'quick';
    return effort;
  };
}

/** The package leaves its result to the garbage collector: at ten frames a second that piles up. */
function release(codes: object): void {
  if ('delete' in codes && typeof codes.delete === 'function') codes.delete();
}
