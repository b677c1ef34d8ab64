/** The thermometers that are known: what each sends and has to be told. */
import type { FrameLayout, PollConfig } from '../../config/frame-layout.js';
import { hexBytes } from '../../config/hex.js';
import type { Decoder } from '../decoder.js';
import type { Talker } from '../foreign.js';
import { frameBytes, temperatureDecoder } from './codec.js';
import type { SensorFrame } from './frame-hunt.js';
import { configuredBytesMin, configuredDecoder } from './frames/codec.js';
import { surfaceCommands, surfaceDecoder, surfaceFrameBytes } from './gy-mcu90614/codec.js';

/** Which thermometer, as the configuration names it. */
export type HeadOptions =
  | { readonly driver: 'gy-614v3' }
  | {
      readonly driver: 'gy-mcu90614';
      /** hundredths of a degree from the surface that it measures to the body */
      readonly compensationCentidegrees: number;
    }
  | {
      readonly driver: 'frames';
      readonly frame: FrameLayout;
      readonly poll?: PollConfig;
      readonly compensationCentidegrees?: number;
    };

export interface Head {
  readonly decoder: () => Decoder<SensorFrame>;
  /** of the shortest frame */
  readonly frameBytes: number;
  /** what it is told: again and again, or only while nothing comes */
  readonly told: {
    readonly bytes: Uint8Array;
    readonly everyMs: number;
    readonly always: boolean;
  } | null;
  /** added to the surface where the frame has no estimate of the body */
  readonly compensationCentidegrees: number;
  readonly talkers: readonly Talker[];
}

/** A board that was without power sends nothing by itself if it is set up so: it is told again. */
const continuousEveryMs = 500;

/** @param options checked by the configuration */
export function headOf(options: HeadOptions): Head {
  switch (options.driver) {
    case 'gy-614v3':
      return {
        decoder: temperatureDecoder,
        frameBytes,
        told: null,
        compensationCentidegrees: 0,
        talkers: ['gy-614v3'],
      };
    case 'gy-mcu90614':
      return {
        decoder: surfaceDecoder,
        frameBytes: surfaceFrameBytes,
        told: {
          bytes: Uint8Array.from(surfaceCommands.continuous),
          everyMs: continuousEveryMs,
          always: false,
        },
        compensationCentidegrees: options.compensationCentidegrees,
        talkers: ['gy-mcu90614'],
      };
    case 'frames': {
      const { frame, poll, compensationCentidegrees = 0 } = options;
      return {
        decoder: () => configuredDecoder(frame),
        frameBytes: configuredBytesMin(frame),
        told: poll
          ? {
              bytes: Uint8Array.from(hexBytes(poll.command) ?? []),
              everyMs: poll.everyMs,
              always: true,
            }
          : null,
        compensationCentidegrees,
        // Its frames may be built as one of theirs.
        talkers: ['gy-614v3', 'gy-mcu90614'],
      };
    }
  }
}
