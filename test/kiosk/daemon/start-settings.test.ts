/** What a run starts under after others have ended, however they ended. */
import { expect, test } from 'vitest';
import { virtualClock } from '../../../hardware/simulated/clock.js';
import { startSettings } from '../../../kiosk/daemon/signed-settings.js';
import { openLog } from '../../../kiosk/log.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';
import { signStep } from '../../admin-steps.js';
import {
  ann,
  ben,
  listOf,
  nowMs,
  shippedPolicy,
  site,
  startDesk,
  trustOf,
} from '../settings/desk-rig.js';

test.each([
  ['goes on with what is on trial', false, { idleMs: 90 }, []],
  ['out of service for the third time goes back behind it', true, {}, ['device']],
] as const)('a gate that was killed %s', async (_, isOutOfService, set, reverted) => {
  const rig = await startDesk();
  try {
    const change = { body: { devices: { scanner: { idleMs: 90 } } }, probationSeconds: 600 };
    const step = signStep(site, 'device', change, [ann.key, ben.key], nowMs);
    rig.say('cfg/desired/device', step.bytes);
    await rig.settle();
    rig.cut();
    const config = { ...shippedConfiguration().config, stateDirectory: rig.folder };
    const clock = virtualClock({ wallMs: nowMs });
    const { loaded } = startSettings(
      { config, trust: trustOf(listOf(ann, ben)), policy: shippedPolicy },
      'killed',
      { clock, scheduler: clock, log: openLog({ level: 'silent' }), isOutOfService },
    );
    const { scanner } = config.devices;
    expect(loaded.contents.config.devices.scanner).toEqual({ ...scanner, ...set });
    expect(loaded.reverted).toEqual(reverted);
  } finally {
    rig.close();
  }
});
