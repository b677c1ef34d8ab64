/** The shape of gk1.json; see README.md beside it. Types only. */
import type { CredentialReason } from '../../config/vocabulary.js';
import type { LooseClaims } from '../../kiosk/credential/claims.js';

export interface Vector {
  readonly name: string;
  readonly text: string;
  /** name of one of `trustLists` */
  readonly trust: string;
  /** RFC 3339 */
  readonly at: string;
  /** a revocation list */
  readonly revoked: object;
  /** hex kid‖cti of credentials used before */
  readonly used: readonly string[];
  readonly expect: {
    readonly ok: boolean;
    readonly reason: CredentialReason | null;
    readonly claims: LooseClaims | null;
  };
}

/** A list that must be refused whole; `place` is where a problem must be named. */
export interface RefusedList {
  readonly name: string;
  /** JSON text */
  readonly text: string;
  readonly place: string;
}

export interface VectorFile {
  readonly profile: 'GK1';
  readonly trustLists: Readonly<Record<string, object>>;
  readonly vectors: readonly Vector[];
  readonly refusedTrustLists: readonly RefusedList[];
  readonly refusedRevocationLists: readonly RefusedList[];
}
