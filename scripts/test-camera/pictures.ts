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

/** Takes a kind, a size and a seed; returns what the camera sees while codes are held so. */
export async function show(
  name: KindName,
  size: Pick<FrameShape, 'width' | 'height'>,
  seed: number,
): Promise<Showing> {
  const codes = await issuedCodes(seed);
  const chance = random(seed);
  const { count } = kinds[name];
  const shown = count === 1 ? codes.slice(seed % 2, (seed % 2) + 1) : codes.slice(0, count);
  return {
    texts: shown.map(({ text }) => text),
    draw: () => renderScene(sceneOf(name, shown, chance), size, chance),
  };
}
