/** A camera in place of a scanner, as `kiosk.json` names it: types, defaults and pure helpers. */

export interface CameraConfig {
  readonly driver: 'camera';
  /** the program that writes raw frames to its standard output, and its arguments; no shell */
  readonly command?: readonly string[];
  /** visible pixels; 640 × 480 without them */
  readonly width?: number;
  readonly height?: number;
  /** bytes from one row to the next, where the program pads its rows */
  readonly stride?: number;
  /** `yuv420` without it: the gray plane, then two of colour */
  readonly format?: CameraFormat;
}

export const cameraFormats = ['yuv420', 'gray'] as const;
export type CameraFormat = (typeof cameraFormats)[number];

/** A camera with its defaults filled in. */
export interface CameraSetup {
  readonly command: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly format: CameraFormat;
}

/** What a code needs, and what a small board looks at in a few milliseconds. */
const usualSize = { width: 640, height: 480 } as const;
/** A code is held for a second at least: ten frames of it are plenty, and the board stays cool. */
const framesPerSecond = 10;
/** Rows of a Pi's yuv420 begin at multiples of this (raspberrypi/linux pull request 4419). */
const rowAlignmentBytes = 64;

/**
 * Takes a checked camera; returns it with what it leaves out: a Pi's own camera by rpicam-vid, rows
 * padded to 64 bytes there, and not where another program is named or the format is `gray`.
 */
export function cameraSetup(config: CameraConfig): CameraSetup {
  const { width, height } = { ...usualSize, ...config };
  const { format = 'yuv420' } = config;
  const padded = Math.ceil(width / rowAlignmentBytes) * rowAlignmentBytes;
  const stride = config.stride ?? (config.command === undefined ? padded : width);
  return { command: config.command ?? piCommand(width, height), width, height, stride, format };
}

/** rpicam-apps, `core/options.cpp`: no preview, no end, each frame written at once, and no chatter. */
function piCommand(width: number, height: number): readonly string[] {
  return [
    ...['rpicam-vid', '--codec', 'yuv420', '--output', '-', '--timeout', '0', '--nopreview'],
    ...['--width', `${width}`, '--height', `${height}`, '--framerate', `${framesPerSecond}`],
    ...['--flush', '--verbose', '0'],
  ];
}
