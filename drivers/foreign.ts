/**
 * Knows a device that was plugged in where another belongs, by its bytes: then the gate says so
 * instead of calling it garbled. Pure.
 */
import type { Decoder } from './decoder.js';
import { replyDecoder } from './id-card-reader/codec.js';
import { temperatureDecoder } from './thermometer/codec.js';
import { surfaceDecoder } from './thermometer/gy-mcu90614/codec.js';

/** Whose bytes are known. */
export type Talker = 'gy-614v3' | 'gy-mcu90614' | 'sam-v' | 'scanner';

/** An eight-bit check lets one frame in 256 through: so many in a row are no accident. */
const framesMin = 3;
/** What a scanner sends of the product's own papers: no picture on a card holds this by accident. */
const scannedText = /GK1:[0-9A-Z $%*+\-./:]{16}/;
const scannedCharacters = 20;

const decoders: readonly (readonly [Talker, () => Decoder<unknown>])[] = [
  ['gy-614v3', temperatureDecoder],
  ['gy-mcu90614', surfaceDecoder],
  ['sam-v', replyDecoder],
];

export interface ForeignDetector {
  /** Takes what comes; returns whether somebody else speaks. */
  push(bytes: Uint8Array): boolean;
  /** The right device has spoken, or the connection is a new one. */
  reset(): void;
}

/** @param own whose frames are none of a stranger's */
export function foreignDetector(own: readonly Talker[]): ForeignDetector {
  const strangers = decoders.filter(([talker]) => !own.includes(talker));
  const knowsText = !own.includes('scanner');
  const heard = strangers.map(([, decoder]) => ({ decoder: decoder(), frames: 0 }));
  let text = '';

  return {
    push(bytes) {
      for (const one of heard)
        for (const result of one.decoder.push(bytes)) if (!isDiscarded(result)) one.frames += 1;
      if (heard.some(({ frames }) => frames >= framesMin)) return true;
      if (!knowsText) return false;
      text += String.fromCharCode(...bytes);
      const isText = scannedText.test(text);
      text = text.slice(-scannedCharacters);
      return isText;
    },
    reset() {
      for (const one of heard) one.frames = 0;
      text = '';
    },
  };
}

function isDiscarded(result: unknown): boolean {
  return (result as { readonly type: string }).type === 'discarded';
}
