/** Why lines cannot be had: stable words that records, the booth and `doctor` show. */

/**
 * `absent`: no such chip or line; `denied`: this user may not; `busy`: another program holds it;
 * `wrong-device`: the chip has no such line, or two chips have the label; `gone`: it was there;
 * `failed`: the kernel says something else, see the detail.
 */
export type GpioFault = 'absent' | 'denied' | 'busy' | 'wrong-device' | 'gone' | 'failed';

export interface Refused {
  readonly ok: false;
  readonly why: GpioFault;
  /** for the log: which chip or line, and the kernel's own word */
  readonly detail: string;
}

export type Opened<Value> = { readonly ok: true; readonly value: Value } | Refused;

/** errno(3), as the kernel numbers them on ARM and x86 */
const faultsByNumber: Readonly<Record<number, GpioFault>> = {
  1: 'denied',
  2: 'absent',
  6: 'gone',
  13: 'denied',
  16: 'busy',
  19: 'gone',
  22: 'wrong-device',
};
const faultsByCode: Readonly<Record<string, GpioFault>> = {
  ENOENT: 'absent',
  EACCES: 'denied',
  EPERM: 'denied',
  EBUSY: 'busy',
  ENODEV: 'gone',
  ENXIO: 'gone',
  EINVAL: 'wrong-device',
};

/** @returns the refusal for an errno of the kernel */
export function refusedByErrno(errno: number, what: string): Refused {
  return { ok: false, why: faultsByNumber[errno] ?? 'failed', detail: `${what}: errno ${errno}` };
}

/** @returns the refusal for what node:fs has thrown */
export function refusedByError(error: unknown, what: string): Refused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return { ok: false, why: faultsByCode[code] ?? 'failed', detail: `${what}: ${code}` };
}

/** @returns a refusal of our own */
export function refused(why: GpioFault, detail: string): Refused {
  return { ok: false, why, detail };
}
