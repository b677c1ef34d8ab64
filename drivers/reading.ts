/** What devices say, after their codecs: facts without judgement. */
import type { DeviceName, DeviceStatus, PanelButton } from '../config/vocabulary.js';

/** Why bytes were thrown away; garbage is a value, counted and never fatal. */
export type DiscardReason = 'noise' | 'checksum' | 'length' | 'incomplete' | 'oversized';

export type Reading =
  | {
      readonly type: 'scan';
      /** the code's text, one trailing CR, LF or CRLF stripped and nothing else */
      readonly text: string;
      readonly monotonicMs: number;
    }
  | {
      readonly type: 'temperature-sample';
      /** hundredths of a degree Celsius; `body` is the sensor's estimate from the skin */
      readonly objectCentidegrees: number;
      readonly ambientCentidegrees: number;
      readonly bodyCentidegrees: number;
      readonly monotonicMs: number;
    }
  | {
      /** the passage sensor: `entered` when a body turns the arm, `left` when it has come to rest */
      readonly type: 'passage';
      readonly phase: 'entered' | 'left';
      readonly monotonicMs: number;
    }
  | {
      readonly type: 'button';
      readonly button: PanelButton;
      /** `pressed` and `released` in turn: the level; `long` between them where the button has it */
      readonly event: 'pressed' | 'released' | 'long';
      readonly monotonicMs: number;
    }
  | {
      /** the fire loop: active until it has positively been normal again */
      readonly type: 'fire';
      readonly active: boolean;
      readonly monotonicMs: number;
    }
  | {
      readonly type: 'device';
      readonly device: DeviceName;
      readonly status: DeviceStatus;
      readonly why: string;
      readonly monotonicMs: number;
    }
  | {
      readonly type: 'discarded';
      readonly device: DeviceName;
      readonly why: DiscardReason;
      readonly byteCount: number;
      readonly monotonicMs: number;
    };

export type Emit = (reading: Reading) => void;

/** One device's session: opens its link, polls, judges staleness, comes back by itself. */
export interface Driver {
  start(): void;
  stop(): void;
}
