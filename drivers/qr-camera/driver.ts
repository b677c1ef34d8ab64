/** The camera's session: what its frames show becomes scans, the same as a scanner's. */
import type { Camera, Link } from '../../hardware/ports.js';
import type { Driver } from '../reading.js';
import { type DriverTools, session } from '../session.js';
import { heldCodes } from './held-codes.js';

/**
 * No frame looked at for this long: the camera stands still and is started anew. rpicam-vid takes
 * up to 2 s from its start to the first frame, and the decoder another on a slow board.
 */
const silentMsMax = 4_000;
/** As the scanner's codec: what the gate takes is far shorter, and a person hears `too-long`. */
const textCharactersMax = 4_096;

export interface QrCameraOptions extends DriverTools {
  readonly camera: Camera;
}

/**
 * Makes the driver of a camera. Emits `scan` and `device`, as device `scanner`: `ok` with the first
 * frame that was looked at, `lost` with the camera's reason or `silent`. Text is a scanner's: one
 * line end behind it is stripped and nothing else, and an empty one is nobody's scan.
 */
export function qrCamera(options: QrCameraOptions): Driver {
  const { clock, emit, camera } = options;
  const held = heldCodes();

  const see = (texts: readonly string[]): void => {
    const { monotonicMs } = clock.now();
    const lines = texts
      .map((text) => text.replace(/(?:\r\n|\r|\n)$/u, '').slice(0, textCharactersMax))
      .filter((text) => text !== '');
    for (const text of held.see(lines, monotonicMs)) emit({ type: 'scan', text, monotonicMs });
  };
  /** the session's own is bytes; a camera's link is looks */
  const link: Link = {
    open({ opened, closed }) {
      camera.open({
        opened,
        closed,
        looked(texts) {
          running.proveAlive();
          see(texts);
        },
      });
    },
    write() {},
    close: () => camera.close(),
  };
  const running = session({
    ...options,
    device: 'scanner',
    link,
    received() {},
    disconnected() {},
    silentMsMax,
  });
  return running;
}
