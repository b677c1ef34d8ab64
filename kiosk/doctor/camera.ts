/** Whether a camera's program writes frames of the size that the configuration says. */
import { type CameraSetup, cameraSetup } from '../../config/camera-config.js';
import type { ScannerConfig } from '../../config/kiosk-config.js';
import { frameBytesOf } from '../../hardware/camera-frames.js';
import { frameBytesSeen } from '../../hardware/frame-size.js';
import { lookAtCamera } from '../../hardware/linux/camera-probe.js';
import { type Finding, failed, ok, warning } from './finding.js';
import type { RunningGate } from './running-gate.js';

/**
 * @param scanner of the configuration; what is no camera has no findings here
 * @param running null: none runs, so the camera can be started
 * @returns a finding where frames came; that none came is told with the scanner
 */
export async function checkCamera(
  scanner: ScannerConfig,
  running: RunningGate | null,
): Promise<readonly Finding[]> {
  if (scanner.driver !== 'camera' || running !== null) return [];
  const setup = cameraSetup(scanner);
  const pieces = await lookAtCamera(setup.command);
  return pieces.length === 0 ? [] : [frameFinding(setup, frameBytesSeen(pieces))];
}

/** @param seen bytes of one frame; null: its pauses do not tell */
export function frameFinding(setup: CameraSetup, seen: number | null): Finding {
  const { width, height, stride, format } = setup;
  const part = 'camera-frames';
  const wanted = frameBytesOf(setup);
  const shape = `${width} × ${height}, stride ${stride}, ${format}`;
  if (seen === wanted) return ok(part, `of ${seen} bytes: ${shape}`);
  if (seen === null)
    return warning(
      part,
      `come without steady pauses: whether each is ${shape} cannot be told`,
      'hold a code before the camera and see it read',
    );
  return failed(
    part,
    `of ${seen} bytes come, and kiosk.json describes ${wanted}: ${shape}`,
    fittingWords(setup, seen) ?? 'write the size that the command gives into kiosk.json',
  );
}

/** What alone would have to be another: the stride, or the format. */
function fittingWords({ width, height, stride, format }: CameraSetup, seen: number): string | null {
  for (const other of [format, format === 'gray' ? 'yuv420' : 'gray'] as const) {
    const fitting = seen / frameBytesOf({ width: 1, height, stride: 1, format: other });
    if (!Number.isInteger(fitting) || fitting < width || fitting >= 2 * width) continue;
    const words = [
      ...(fitting === stride ? [] : [`stride ${fitting}`]),
      ...(other === format ? [] : [`format ${other}`]),
    ];
    return `${words.join(' and ')} would fit: correct kiosk.json`;
  }
  return null;
}
