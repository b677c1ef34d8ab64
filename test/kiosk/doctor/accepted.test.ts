/** What the doctor says of what a gate has accepted: it looks at what the gate goes by, and writes nothing. */
import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Configuration } from '../../../kiosk/daemon/configuration.js';
import { acceptedSettings } from '../../../kiosk/doctor/accepted.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';
import { signStep } from '../../admin-steps.js';
import {
  ann,
  ben,
  type DeskRig,
  listOf,
  nowMs,
  shippedPolicy,
  site,
  startDesk,
  trustOf,
} from '../settings/desk-rig.js';

const { config } = shippedConfiguration();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function begin(): Promise<DeskRig> {
  const rig = await startDesk([ann, ben], { config });
  ends.push(rig.close);
  return rig;
}

function look({ folder }: DeskRig) {
  const files: Configuration = {
    ...{ config: { ...config, stateDirectory: folder }, policy: shippedPolicy },
    ...{ trust: trustOf(listOf(ann, ben)), pepper: new Uint8Array(32), languages: [] },
    ...{ booth: { tls: null, token: null }, board: null, mqtt: null, deviceKey: null },
  };
  return acceptedSettings(files);
}

async function flash(rig: DeskRig): Promise<void> {
  const body = { devices: { scanner: { idleMs: 90 } } };
  rig.say(
    'cfg/desired/device',
    signStep(site, 'device', { body }, [ann.key, ben.key], nowMs).bytes,
  );
  await rig.settle();
}

test('a gate that has accepted nothing goes by its files, and gets no database by being looked at', async () => {
  const rig = await begin();
  rig.cut();
  for (const name of readdirSync(rig.folder)) rmSync(join(rig.folder, name));
  expect(look(rig).finding).toMatchObject({ verdict: 'ok', says: expect.stringMatching(/^none/) });
  expect(readdirSync(rig.folder)).toEqual([]);
});

test('what it has accepted is what its devices are asked by, beside it and after its end', async () => {
  const rig = await begin();
  await flash(rig);
  for (const isOver of [false, true]) {
    if (isOver) rig.cut();
    const { configuration, finding } = look(rig);
    expect(configuration.config.devices.scanner).toMatchObject({ idleMs: 90 });
    expect(finding).toMatchObject({ verdict: 'ok', says: 'device 1' });
  }
});

test('a database that is gone is told: the marks know of it', async () => {
  const rig = await begin();
  await flash(rig);
  rig.cut();
  for (const name of readdirSync(rig.folder))
    if (name.startsWith('settings.db')) rmSync(join(rig.folder, name));
  const { configuration, finding } = look(rig);
  expect(configuration.config.devices).toEqual(config.devices);
  expect(finding).toMatchObject({ verdict: 'warning', says: expect.stringContaining('device') });
});

test('one that is no database fails, and stays where it is', async () => {
  const rig = await begin();
  rig.cut();
  const path = join(rig.folder, 'settings.db');
  truncateSync(path);
  writeFileSync(path, 'no database, but longer than a header '.repeat(300));
  const before = readdirSync(rig.folder);
  expect(look(rig).finding).toMatchObject({ verdict: 'failed' });
  expect(readdirSync(rig.folder)).toEqual(before);
});
