/**
 * What each kind of paper can carry (GK1 profile, claim -70001): one table for the policy's loader
 * and for the core. Data and two look-ups.
 */
import {
  type CredentialKind,
  codeVariants,
  formVariants,
  type IdentitySpace,
  purposes,
} from './vocabulary.js';

/** A paper as a rule names it. */
export interface PaperName {
  readonly kind: CredentialKind;
  readonly variant?: string;
  readonly purpose?: string;
}

interface PaperTraits {
  /** key 2; kinds without it have no variants */
  readonly variants?: readonly string[];
  /** key 8; papers without it serve one purpose */
  readonly purposes?: readonly string[];
  /** the identity that the paper gives to who shows it: `sub`, or key 4 */
  readonly gives?: IdentitySpace;
  /** the identity that the paper can be bound to besides: key 3 */
  readonly names?: IdentitySpace;
  /** key 5 */
  readonly hasZones?: true;
  /** key 7 */
  readonly namesHost?: true;
}

const traits: Readonly<Record<CredentialKind, PaperTraits>> = {
  'approval-form': { variants: formVariants, gives: 'campus-id', hasZones: true },
  'campus-card-code': { variants: codeVariants, gives: 'campus-id' },
  'residence-pass': { gives: 'household', names: 'id-number' },
  'exit-entry-ticket': { gives: 'household' },
  'resumption-certificate': { names: 'id-number' },
  'visit-filing': { names: 'id-number', hasZones: true, namesHost: true },
  // It names a guard, who is nobody that passes.
  'guard-badge': {},
};

/** The one variant that carries another identity than its kind. */
const externalForm: PaperTraits = {
  variants: formVariants,
  purposes,
  names: 'id-number',
  hasZones: true,
};

/** @returns what this kind and variant can carry */
export function traitsOf({ kind, variant }: PaperName): PaperTraits {
  return kind === 'approval-form' && variant === 'external-entry' ? externalForm : traits[kind];
}
