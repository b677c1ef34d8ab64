/** A scanner's own side of the wire: what it sends when a code is held before it. Pure. */

/** How the scanner is set up to frame its lines. */
export type ScannerFraming = 'cr' | 'lf' | 'crlf' | 'stx-etx' | 'none';

export interface ScannerTwin {
  /** The bytes for one decoded code. */
  scan(text: string): Uint8Array;
}

const affixes: Readonly<Record<ScannerFraming, readonly [string, string]>> = {
  cr: ['', '\r'],
  lf: ['', '\n'],
  crlf: ['', '\r\n'],
  'stx-etx': ['\u0002', '\u0003'],
  none: ['', ''],
};

/** Makes a scanner; CR is what the common modules send as they leave the factory. */
export function scannerTwin(framing: ScannerFraming = 'cr'): ScannerTwin {
  const [prefix, suffix] = affixes[framing];
  const utf8 = new TextEncoder();
  return { scan: (text) => utf8.encode(`${prefix}${text}${suffix}`) };
}
