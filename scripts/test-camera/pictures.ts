/** Pictures of credentials that a campus has issued: the same from the same seed. */
import { type PrintedCode, renderScene } from '../../drivers/qr-camera/twin.js';
import type { FrameShape } from '../../hardware/camera-frames.js';
import { virtualClock } from '../../hardware/simulated/clock.js';
import { random } from '../../hardware/simulated/random.js';
import { drawQr } from '../gatectl/qr.js';
import { openCampus } from '../simulated-board/papers.js';
import { type KindName, kinds, sceneOf } from './kinds.js';

/** A staff member's form, on paper at level Q, and the campus card code, on a phone at level M. */
async function issuedCodes(seed: number): Promise<readonly (PrintedCode & { text: string })[]> {
  const { papers } = openCampus(virtualClock(), 480, random(seed).bytes);
  const form = papers.form(`2020${seed}`);
  const card = papers.code(`2020${seed}`);
  return [
    { ...(await drawQr(form, 'Q')), text: form },
    { ...(await drawQr(card, 'M')), text: card },
  ];
}

/** What the codes of a kind say, and a drawer of one frame after the other. */
export interface Showing {
  readonly texts: readonly string[];
  draw(): Uint8Array;
}

/** Codes of these texts, as phones show them. */
function codesOf(texts: readonly string[]): Promise<(PrintedCode & { text: string })[]> {
  return Promise.all(texts.map(async (text) => ({ ...(await drawQr(text, 'M')), text })));
}

/**
 * Takes a kind, a size and a seed; returns what the camera sees while codes are held so. `texts` are
 * shown in place of what a campus of the seed has issued.
 */
export async function show(
  name: KindName,
  size: Pick<FrameShape, 'width' | 'height'>,
  seed: number,
  texts?: readonly string[],
): Promise<Showing> {
  const codes = texts === undefined ? await issuedCodes(seed) : await codesOf(texts);
  const chance = random(seed);
  const { count } = kinds[name];
  const first = count === 1 && texts === undefined ? seed % 2 : 0;
  const shown = codes.slice(first, first + count);
  return {
    texts: shown.map(({ text }) => text),
    draw: () => renderScene(sceneOf(name, shown, chance), size, chance),
  };
}
