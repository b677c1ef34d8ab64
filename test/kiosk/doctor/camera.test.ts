import { expect, test } from 'vitest';
import { cameraSetup } from '../../../config/camera-config.js';
import { frameFinding } from '../../../kiosk/doctor/camera.js';

const setup = cameraSetup({ driver: 'camera', command: ['player'], width: 640, height: 480 });

test('frames of the described size are well', () => {
  expect(frameFinding(setup, 460_800)).toMatchObject({ verdict: 'ok', remedy: null });
});

test.each([
  [(704 * 480 * 3) / 2, 'stride 704 would fit'],
  [640 * 480, 'format gray would fit'],
  [704 * 480, 'stride 704 and format gray would fit'],
  [(1_280 * 720 * 3) / 2, 'write the size'],
])('frames of %d bytes fail, with what would fit', (seen, remedy) => {
  const finding = frameFinding(setup, seen);
  expect(finding).toMatchObject({ part: 'camera-frames', verdict: 'failed' });
  expect(finding.says).toContain(`of ${seen} bytes come, and kiosk.json describes 460800`);
  expect(finding.remedy).toContain(remedy);
});

test('what comes without pauses is neither right nor wrong', () => {
  expect(frameFinding(setup, null)).toMatchObject({ verdict: 'warning' });
});
