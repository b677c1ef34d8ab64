/** What each kind of `devices.scanner` in kiosk.json is told. Types and limits only. */
/** A scanner whose lines may have no end. */
export interface IdleConfig {
  /** silence that ends a line without an end, milliseconds */
  readonly idleMs?: number;
}

/** `continuous`: looks all the time; `sense`: when the picture changes. */
export const scanModes = ['continuous', 'sense'] as const;

export interface Gm65Settings {
  /** `continuous` without it */
  readonly mode?: (typeof scanModes)[number];
  /** how long the same code is given once only, in the module's own unit */
  readonly sameCodeDelay?: number;
}

/** Left out: any. */
export interface HidSelector {
  /** four hexadecimal digits, as `lsusb` prints them */
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serial?: string;
}

/** Bytes of one line follow each other closer than 20 ms; over half a second people try again. */
export const idleMsRange = { min: 20, max: 500 } as const;
/** Seven bits of the zone; 5 is five seconds as one driver in the field has it. */
export const sameCodeDelayRange = { min: 1, max: 127, usual: 5 } as const;
