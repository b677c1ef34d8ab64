/** The own side of the wire of a head that is known by its configuration alone. Pure. */
import type { FrameLayout, PollConfig } from '../../../config/frame-layout.js';
import { hexBytes } from '../../../config/hex.js';
import { type ThermometerTwin, type ThermometerTwinOptions, thermometerTwin } from '../twin.js';
import { encodeConfigured } from './codec.js';

export interface ConfiguredTwinOptions extends ThermometerTwinOptions {
  readonly frame: FrameLayout;
  /** it speaks only when it hears this command; by itself without it */
  readonly poll?: PollConfig;
}

/** Makes a sound head with nothing before it. */
export function configuredTwin(options: ConfiguredTwinOptions): ThermometerTwin {
  const { frame: layout, poll } = options;
  const twin = thermometerTwin({
    ...options,
    encode: (measured) => encodeConfigured(layout, measured),
  });
  const command = hexBytes(poll?.command ?? '') ?? [];
  let heard: number[] = [];
  return {
    ...twin,
    frame: () => (poll === undefined ? twin.frame() : null),
    receive(bytes) {
      let answer: Uint8Array | null = null;
      for (const byte of bytes) {
        heard = [...heard, byte].slice(-command.length);
        const isAsked = poll !== undefined && command.every((it, index) => heard[index] === it);
        if (isAsked) answer = twin.frame();
      }
      return answer;
    },
    restart() {
      heard = [];
    },
  };
}
