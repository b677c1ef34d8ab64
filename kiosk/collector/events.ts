/** What a running collector tells whoever watches it. Types only. */
import type { Outcome } from './apply.js';

export type CollectorEvent =
  | { readonly is: 'up' }
  | { readonly is: 'down'; readonly why: string }
  | { readonly is: 'disk'; readonly why: string }
  /** a message of that gate has brought a defect of this program to light; null: of nobody known */
  | { readonly is: 'defect'; readonly kiosk: string | null; readonly why: string }
  /** the broker does not let us write there: an ACL, most likely */
  | { readonly is: 'publish-refused'; readonly topic: string; readonly code: number | null }
  /** so many notices of that gate had been cleared when the connection came */
  | { readonly is: 'notices-cleared'; readonly kiosk: string; readonly count: number }
  /** so much more happened at that gate than was told; empty: at none */
  | { readonly is: 'untold'; readonly kiosk: string; readonly count: number }
  | Outcome;
