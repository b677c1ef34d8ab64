/** Reads the committed vectors. */
import { readFileSync } from 'node:fs';
import type { VectorFile } from './format.js';

export function loadVectors(): VectorFile {
  return JSON.parse(readFileSync(new URL('./gk1.json', import.meta.url), 'utf8'));
}
