/** Where zxing-wasm finds its compiled half: in the package, never on the network. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * Takes the package's name of a file, e.g. `zxing-wasm/reader/zxing_reader.wasm`; returns the
 * overrides that make the module use it. Both are needed: with either alone the library looks for
 * its file on the network.
 */
export function localFile(name: string) {
  const path = createRequire(import.meta.url).resolve(name);
  const wasmBinary = new Uint8Array(readFileSync(path)).buffer;
  return { wasmBinary, locateFile: () => path };
}
