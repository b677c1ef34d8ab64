/** JSON in its one spelling: what is signed must not look different to another reader. Pure. */
import { parseStrictJsonBytes } from '../../../config/strict-json.js';
import { decodeUtf8 } from '../../../config/utf8.js';

export type ExactJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/**
 * @param bytes of a payload whose signatures hold
 * @param bytesMax of it
 * @returns its value, where it is exactly what `JSON.stringify` writes (`interfaces.md` section 4): no
 *   white space, no other escapes, no `1.0` for `1`, no doubled key
 */
export function parseExactJson(bytes: Uint8Array, bytesMax: number): ExactJson {
  const json = parseStrictJsonBytes(bytes, bytesMax);
  if (!json.ok) return { ok: false, problem: json.problems[0].problem };
  const text = decodeUtf8(bytes) ?? '';
  if (JSON.stringify(JSON.parse(text)) === text) return json;
  return { ok: false, problem: 'is not written as JSON.stringify writes it' };
}
