/** What does not change while the gate runs. */
import type { Policy } from '../../config/policy.js';
import type { Direction, TurnstileMode, ZoneKind } from '../../config/vocabulary.js';

/** What does not change while the gate runs, or changes only by a configuration input. */
export interface GateSettings {
  readonly site: string;
  readonly kiosk: string;
  readonly zone: { readonly name: string; readonly kind: ZoneKind };
  readonly direction: Direction;
  /** the site's fixed zone, never the machine's */
  readonly utcOffsetMinutes: number;
  readonly policy: Policy;
  /** hex SHA-256 of the policy's bytes, cited by every decision */
  readonly policyHash: string;
  /** hex SHA-256 of what `kiosk.json` sets, beside it in every decision */
  readonly configurationHash: string;
  readonly turnstileMode: TurnstileMode;
  /** the turnstile has an input that holds it open */
  readonly hasRelease: boolean;
  /** of a pulse */
  readonly pulseMs: number;
  readonly hasPassageSensor: boolean;
  /** an admin may open from afar, as the guard on duty would by OPEN */
  readonly mayOpenFromAfar: boolean;
}
