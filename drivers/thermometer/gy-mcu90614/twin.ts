/** A GY-MCU90614's own side of the wire: what it sends, and what it does when it is told. Pure. */
import { type ThermometerTwin, type ThermometerTwinOptions, thermometerTwin } from '../twin.js';
import { encodeSurface, surfaceCommands } from './codec.js';

export interface SurfaceTwinOptions extends ThermometerTwinOptions {
  /** it sends by itself from power-up on, as it leaves the factory; else only when told to */
  readonly sendsByItself?: boolean;
}

/** Makes a sound sensor with nothing before it. */
export function surfaceTwin(options: SurfaceTwinOptions): ThermometerTwin {
  const { sendsByItself = true } = options;
  const twin = thermometerTwin({ ...options, encode: encodeSurface });
  let isContinuous = sendsByItself;
  /** the last bytes heard, of a command's length */
  let heard: number[] = [];

  return {
    ...twin,
    frame: () => (isContinuous ? twin.frame() : null),
    receive(bytes) {
      let answer: Uint8Array | null = null;
      for (const byte of bytes) {
        heard = [...heard, byte].slice(-surfaceCommands.continuous.length);
        if (isCommand('continuous')) isContinuous = true;
        else if (isCommand('query')) answer = twin.frame();
      }
      return answer;
    },
    restart() {
      isContinuous = sendsByItself;
      heard = [];
    },
  };

  function isCommand(name: keyof typeof surfaceCommands): boolean {
    const command = surfaceCommands[name];
    return command.every((byte, index) => heard[index] === byte);
  }
}
