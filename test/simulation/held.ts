/** Papers as people hold them: issued by the campus's offices, with a note of whose each one is. */
import { decodeBase45 } from '../../kiosk/credential/base45.js';
import { decodeCbor, isMap } from '../../kiosk/credential/cbor.js';
import { parseEnvelope } from '../../kiosk/credential/cose.js';
import type { Papers } from '../../scripts/simulated-board/papers.js';
import type { Person } from './people.js';
import type { PaperTruth, Truth } from './truth.js';

const prefix = 'GK1:';
const claimCti = 7;

/** @returns kid‖cti in hex of a well-formed credential's text, read without any check; else null */
export function paperId(text: string): string | null {
  if (!text.startsWith(prefix)) return null;
  const bytes = decodeBase45(text.slice(prefix.length));
  const envelope = bytes === null ? null : parseEnvelope(bytes);
  if (envelope === null || !envelope.ok) return null;
  const { kid, payload } = envelope.envelope;
  const claims = decodeCbor(payload);
  if (!claims.ok || !isMap(claims.value)) return null;
  const cti = claims.value.get(claimCti);
  return cti instanceof Uint8Array ? kid + Buffer.from(cti).toString('hex') : null;
}

export interface Desk {
  /** Notes whose a new paper is; returns its text. */
  give(
    text: string,
    kind: string,
    owners: readonly Person[],
    more?: Partial<Pick<PaperTruth, 'host' | 'day' | 'replaces' | 'isNamed'>>,
  ): string;
  readonly papers: Papers;
}

/** @returns a desk that hands out the offices' papers and remembers each */
export function openDesk(papers: Papers, truth: Truth): Desk {
  return {
    papers,
    give(text, kind, owners, { host = null, day = null, replaces = [], isNamed = true } = {}) {
      const id = paperId(text);
      if (id === null) throw new Error('a paper of an office that is no paper');
      truth.papers.set(id, { id, kind, text, owners, host, day, replaces, isNamed });
      return text;
    },
  };
}
