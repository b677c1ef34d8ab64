/** What devices say, after their codecs: facts without judgement. */
import type { DeviceName, DeviceStatus, PanelButton } from '../config/vocabulary.js';
import type { IdCard, UnreadableReason } from './id-card-reader/id-card.js';

/**
 * Why bytes were thrown away; garbage is a value, counted and never fatal. `late` is a whole frame
 * that answers nothing which was asked just now.
 */
export type DiscardReason = 'noise' | 'checksum' | 'length' | 'incomplete' | 'oversized' | 'late';

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
      /** an identity card was read; personal data, see `IdCard` */
      readonly type: 'card';
      readonly card: IdCard;
      readonly monotonicMs: number;
    }
  | {
      /** it has gone: only now the next card, or the same again, can be read */
      readonly type: 'card-removed';
      readonly monotonicMs: number;
    }
  | {
      /** a card is there, and cannot be read or does not hold; told once until it is removed */
      readonly type: 'card-unreadable';
      readonly reason: UnreadableReason;
      readonly monotonicMs: number;
    }
  | {
      /**
       * the passage sensor: `entered` when a body turns the arm, `left` when it has come to rest;
       * `reversed` when one moves against the lane's direction
       */
      readonly type: 'passage';
      readonly phase: 'entered' | 'left' | 'reversed';
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
      /** the mains monitor; with mains again only when it is steady */
      readonly type: 'power';
      readonly mains: boolean;
      readonly monotonicMs: number;
    }
  | {
      /** the door beside the arm; `left-open` between the other two, once */
      readonly type: 'door';
      readonly phase: 'opened' | 'left-open' | 'closed';
      readonly monotonicMs: number;
    }
  | {
      /** the button that asks for a way out: once a press */
      readonly type: 'exit-button';
      readonly monotonicMs: number;
    }
  | {
      /** the cabinet's lids: one is open, or all are shut */
      readonly type: 'tamper';
      readonly open: boolean;
      readonly monotonicMs: number;
    }
  | {
      readonly type: 'device';
      readonly device: DeviceName;
      readonly status: DeviceStatus;
      /** a stable code that the booth has words for; empty with `ok` */
      readonly why: string;
      /** the system's words, for the log */
      readonly detail?: string;
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
