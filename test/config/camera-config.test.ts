import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type CameraConfig, cameraSetup } from '../../config/camera-config.js';
import { parseKioskConfig } from '../../config/kiosk-config-schema.js';

/** The shipped example with a camera in place of its scanner: what is wrong with it. */
function problemsOf(camera: object): readonly string[] {
  const file = new URL('../../config/kiosk.example.json', import.meta.url);
  const example = JSON.parse(readFileSync(file, 'utf8'));
  const devices = { ...example.devices, scanner: { driver: 'camera', ...camera } };
  const parsed = parseKioskConfig({ ...example, devices });
  return parsed.ok ? [] : parsed.problems.map(({ place, problem }) => `${place}: ${problem}`);
}

test('a camera alone is a Pi camera by rpicam-vid, its rows padded as a Pi pads them', () => {
  const camera: CameraConfig = { driver: 'camera' };
  expect(problemsOf(camera)).toEqual([]);
  const { command, ...shape } = cameraSetup(camera);
  expect(shape).toEqual({ width: 640, height: 480, stride: 640, format: 'yuv420' });
  expect(command.join(' ')).toMatch(
    /^rpicam-vid --codec yuv420 --output - .*--width 640 --height 480/,
  );
  // hardware-protocols.md C.1: 800 × 600 has rows of 832 bytes, 1296 × 972 of 1344.
  expect(cameraSetup({ ...camera, width: 800, height: 600 }).stride).toBe(832);
  expect(cameraSetup({ ...camera, width: 1296, height: 972 }).stride).toBe(1344);
});

test('a program of the site writes rows without padding, unless it is said otherwise', () => {
  const command = [
    'ffmpeg',
    '-f',
    'v4l2',
    '-i',
    '/dev/video0',
    '-pix_fmt',
    'gray',
    '-f',
    'rawvideo',
    '-',
  ];
  const camera = { driver: 'camera', command, width: 800, height: 600, format: 'gray' } as const;
  expect(problemsOf(camera)).toEqual([]);
  expect(cameraSetup(camera)).toEqual({
    command,
    width: 800,
    height: 600,
    stride: 800,
    format: 'gray',
  });
  expect(cameraSetup({ ...camera, stride: 832 }).stride).toBe(832);
});

const command = ['any'];
test.each([
  [{ command }, ['devices.scanner.width: missing', 'devices.scanner.height: missing']],
  [{ command: [] }, ['devices.scanner.command: must be at least 1']],
  [{ command: ['a\nb'] }, ['devices.scanner.command[0]: must have no control']],
  [{ stride: 600 }, ['devices.scanner.stride: must be at least the width, 640']],
  [{ command, width: 641, height: 480 }, ['devices.scanner: yuv420 needs an even height']],
  [{ height: 481 }, ['devices.scanner: yuv420 needs an even height']],
  [{ width: 100 }, ['devices.scanner.width: must be at least 160']],
  [{ format: 'rgb' }, ['devices.scanner.format: must be one of "yuv420", "gray"']],
  [{ link: {} }, ['devices.scanner.link: unknown key']],
])('a camera of %j is refused, with the place', (camera, expected) => {
  const problems = problemsOf(camera);
  expect(problems).toHaveLength(expected.length);
  expected.forEach((text, index) => {
    expect(problems[index]).toContain(text);
  });
});
