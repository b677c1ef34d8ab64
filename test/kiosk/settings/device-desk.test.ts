/** What becomes of settings of devices at a gate: tried, kept, and taken back for what they alone can have caused. */
import { afterEach, describe, expect, test } from 'vitest';
import { touchedParts } from '../../../kiosk/settings/desk/touched.js';
import type { SeenFault } from '../../../kiosk/settings/signed/channel-state.js';
import { shippedConfiguration } from '../../../scripts/simulated-board/shipped.js';
import { signStep } from '../../admin-steps.js';
import { ann, ben, type DeskRig, nowMs, site, startDesk } from './desk-rig.js';

const tls = { authority: '/k/ca.pem', certificate: '/k/gate.pem', key: '/k/gate.key' };
const mqtt = { broker: 'mqtts://broker.example:8883', tls };
const config = { ...shippedConfiguration().config, mqtt };

const step = (change: object, keys = [ann.key, ben.key]) =>
  signStep(site, 'device', { probationSeconds: 600, ...change }, keys, nowMs);
const elsewhere = { path: '/dev/serial/by-id/usb-other-if00', baudRate: 9_600 };
const thermometer = { devices: { thermometer: { link: elsewhere } } };
const scanner = { devices: { scanner: { idleMs: 90 } } };
const broker = { mqtt: { broker: 'mqtts://10.0.0.9:8883' } };

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
async function begin(file = config): Promise<DeskRig> {
  const rig = await startDesk([ann, ben], { config: file });
  ends.push(rig.close);
  return rig;
}
/** @returns what the next step names */
async function flash(rig: DeskRig, ...args: Parameters<typeof step>) {
  const { bytes, seq, sha256: prevSha256 } = step(...args);
  rig.say('cfg/desired/device', bytes);
  await rig.settle();
  return { seq: seq + 1, prevSha256 };
}
const devicesNow = (rig: DeskRig) => rig.applied.at(-1)?.config.devices;
const phaseOf = (rig: DeskRig) => {
  const { phase, code } = rig.reported()['device'] ?? {};
  return `${phase} ${code}`.trim();
};

test('settings are in force at once, confirmed after their probation, and found again after a restart', async () => {
  const rig = await begin();
  await flash(rig, { body: thermometer });
  expect([phaseOf(rig), devicesNow(rig)?.thermometer.link]).toEqual(['probation', elsewhere]);
  // What the step leaves out is the file's.
  expect(devicesNow(rig)?.scanner).toEqual(config.devices.scanner);
  await rig.pass(599_000);
  expect(phaseOf(rig)).toBe('probation');
  await rig.pass(1_000);
  expect(phaseOf(rig)).toBe('confirmed');
  await rig.restart();
  expect(devicesNow(rig)?.thermometer.link).toEqual(elsewhere);
  expect(rig.faults.get('configuration-lost') ?? false).toBe(false);
});

test('the probation begins when whoever stood there before has gone, however long he was held', async () => {
  const rig = await begin();
  rig.isPending = true;
  await flash(rig, { body: thermometer });
  await rig.pass(3_600_000);
  expect(phaseOf(rig)).toBe('probation');
  rig.isPending = false;
  rig.desk().fault('thermometer lost', true);
  await rig.pass(11_000);
  expect(phaseOf(rig)).toBe('reverted device-lost');
});

test('each step stands on the file alone: what the one before it set is gone', async () => {
  const rig = await begin();
  const second = await flash(rig, { body: thermometer });
  const third = await flash(rig, { ...second, body: scanner });
  expect(devicesNow(rig)).toEqual({
    ...config.devices,
    scanner: { ...config.devices.scanner, idleMs: 90 },
  });
  await flash(rig, { ...third, body: {} });
  expect(rig.applied.at(-1)?.config).toEqual(config);
});

test.each([
  ['what is fixed', { body: { site: 'other' } }, 'bad-body'],
  [
    'what does not go with the file',
    { body: { mqtt: { broker: 'mqtt://10.0.0.9:1883' } } },
    'bad-body',
  ],
  ['a file of the screen', { body: { screen: { languages: ['/etc/ru.json'] } } }, 'bad-body'],
  ['no object', { body: [] }, 'bad-body'],
  [
    'a decision, which no device makes',
    { body: scanner, selfTest: [{ cell: 'x', outcome: 'y' }] },
    'self-test',
  ],
])('%s is refused, changes nothing, and leaves the number free', async (_name, change, code) => {
  const rig = await begin();
  await flash(rig, change);
  expect(phaseOf(rig)).toBe(`refused ${code}`);
  expect(rig.applied.at(-1)?.config).toEqual(config);
  await flash(rig, { body: scanner });
  expect(phaseOf(rig)).toBe('probation');
});

test('one admin alone sets nothing, however little it is', async () => {
  const rig = await begin();
  await flash(rig, { body: { commands: { open: false } } }, [ann.key]);
  await rig.pass(11_000);
  expect(rig.applied.at(-1)?.config).toEqual(config);
  expect(phaseOf(rig)).toBe('refused below-threshold');
});

describe('a device that is lost', () => {
  const lose = (rig: DeskRig, ...faults: readonly SeenFault[]) => {
    for (const fault of faults) rig.desk().fault(fault, true);
  };

  test('after a step has set it goes back to the file’s settings, and the step does not come again', async () => {
    const rig = await begin();
    await flash(rig, { body: thermometer });
    lose(rig, 'thermometer degraded', 'thermometer lost');
    await rig.pass(9_000);
    expect(phaseOf(rig)).toBe('probation');
    await rig.pass(2_000);
    expect(phaseOf(rig)).toBe('reverted device-lost');
    expect(rig.applied.at(-1)?.config).toEqual(config);
    await flash(rig, { body: thermometer });
    await rig.restart();
    expect(rig.applied.at(-1)?.config).toEqual(config);
  });

  test('is no reason where the step has set another', async () => {
    const rig = await begin();
    await flash(rig, { body: scanner });
    lose(rig, 'thermometer degraded', 'thermometer lost');
    await rig.pass(600_000);
    expect(phaseOf(rig)).toBe('confirmed');
  });

  test('is no reason where it was so before, also through a restart; getting worse, and coming back, are', async () => {
    const rig = await begin();
    lose(rig, 'thermometer degraded');
    await flash(rig, { body: thermometer });
    await rig.pass(60_000);
    await rig.restart();
    lose(rig, 'thermometer degraded');
    await rig.pass(60_000);
    expect(phaseOf(rig)).toBe('probation');
    lose(rig, 'thermometer lost');
    await rig.pass(11_000);
    expect(phaseOf(rig)).toBe('reverted device-lost');

    const other = await begin();
    lose(other, 'thermometer degraded', 'thermometer lost');
    await flash(other, { body: thermometer });
    await other.pass(60_000);
    expect(phaseOf(other)).toBe('probation');
    other.desk().fault('thermometer lost', false);
    lose(other, 'thermometer lost');
    await other.pass(11_000);
    expect(phaseOf(other)).toBe('reverted device-lost');
  });

  test('hides no other’s loss', async () => {
    const rig = await begin();
    lose(rig, 'scanner degraded', 'scanner lost');
    const { devices } = thermometer;
    await flash(rig, { body: { devices: { ...devices, ...scanner.devices } } });
    lose(rig, 'thermometer degraded', 'thermometer lost');
    await rig.pass(11_000);
    expect(phaseOf(rig)).toBe('reverted device-lost');
  });

  test('after a restart takes the step back still, and the probation goes on through it', async () => {
    const rig = await begin();
    await flash(rig, { body: thermometer });
    await rig.pass(300_000);
    await rig.restart();
    expect(devicesNow(rig)?.thermometer.link).toEqual(elsewhere);
    await rig.pass(250_000);
    expect(phaseOf(rig)).toBe('probation');
    lose(rig, 'thermometer degraded', 'thermometer lost');
    await rig.pass(11_000);
    expect(phaseOf(rig)).toBe('reverted device-lost');
    expect(rig.applied.at(-1)?.config).toEqual(config);
  });

  test.each([
    ['', false],
    [' and a restart', true],
  ])(
    'by a first step is not excused by a second on top of it%s: the gate goes back behind both',
    async (_name, isRestarted) => {
      const rig = await begin();
      const second = await flash(rig, { body: thermometer });
      lose(rig, 'thermometer degraded', 'thermometer lost');
      await rig.pass(5_000);
      await flash(rig, { ...second, body: { ...thermometer, commands: { open: true } } });
      expect(rig.applied.at(-1)?.config.commands).toEqual({ open: true });
      if (isRestarted) {
        await rig.restart();
        lose(rig, 'thermometer degraded', 'thermometer lost');
      }
      await rig.pass(11_000);
      expect(phaseOf(rig)).toBe('reverted device-lost');
      expect(rig.applied.at(-1)?.config).toEqual(config);
    },
  );
});

describe('how long the journal keeps what', () => {
  const shorter = { journal: { retention: { idCardDays: 2 } } };
  const told = (rig: DeskRig) => {
    const { config: now, before } = rig.configured.at(-1) ?? {};
    return [now, before].map((it) => it?.journal?.retention?.idCardDays);
  };

  test('is told at the start; on trial with what the trial goes back to, until it is confirmed', async () => {
    const rig = await begin();
    expect(rig.configured).toEqual([{ config, before: undefined }]);
    await flash(rig, { body: shorter });
    expect(told(rig)).toEqual([2, 14]);
    expect(rig.configured.at(-1)?.before).toEqual(config);
    await rig.pass(300_000);
    await rig.restart();
    expect(told(rig)).toEqual([2, 14]);
    expect(rig.configured.at(-1)?.before).toEqual(config);
    await rig.pass(300_000);
    expect(phaseOf(rig)).toBe('confirmed');
    expect(told(rig)).toEqual([2, undefined]);
    // Each time once: at two starts, on trial and confirmed.
    expect(rig.configured).toHaveLength(4);
  });

  test('is taken back with its step, behind both of two on trial, and by an empty step', async () => {
    const rig = await begin();
    const second = await flash(rig, { body: { ...shorter, ...thermometer } });
    const third = await flash(rig, {
      ...second,
      body: { ...thermometer, journal: { retention: { idCardDays: 1 } } },
    });
    expect(rig.configured.at(-1)?.before).toEqual(config);
    rig.desk().fault('thermometer lost', true);
    await rig.pass(11_000);
    expect(phaseOf(rig)).toBe('reverted device-lost');
    expect(rig.configured.at(-1)).toEqual({ config, before: undefined });
    const fourth = await flash(rig, { ...third, body: shorter, probationSeconds: 0 });
    expect(told(rig)).toEqual([2, undefined]);
    await flash(rig, { ...fourth, body: {}, probationSeconds: 0 });
    expect(rig.configured.at(-1)).toEqual({ config, before: undefined });
  });

  test('costs no device and no broker, and neither takes it back; nor do the screen’s languages', async () => {
    const rig = await begin();
    const screen = { languages: ['en'] };
    await flash(rig, { body: { ...shorter, screen } });
    expect(rig.applied.at(-1)?.config.screen).toEqual({ ...config.screen, ...screen });
    rig.desk().fault('thermometer lost', true);
    rig.desk().guest.down();
    await rig.pass(600_000);
    rig.connect();
    expect(phaseOf(rig)).toBe('confirmed');
    expect(
      touchedParts(config, { ...config, ...shorter, screen: { ...config.screen, ...screen } }),
    ).toEqual(new Set());
  });

  test('is two admins’ to say, longer or shorter', async () => {
    const rig = await begin();
    for (const idCardDays of [2, 60]) {
      const body = { journal: { retention: { idCardDays } } };
      await flash(rig, { body }, [ann.key]);
      await rig.pass(11_000);
      expect(phaseOf(rig)).toBe('refused below-threshold');
    }
    expect(rig.configured).toEqual([{ config, before: undefined }]);
  });
});

test.each(['invariant', 'fault'] as const)(
  'a run that ended by a %s under settings on trial goes back at the start',
  async (end) => {
    const rig = await begin();
    await flash(rig, { body: scanner });
    await rig.restart(end);
    expect(rig.applied.at(-1)?.config).toEqual(config);
    expect(phaseOf(rig)).toMatch(/^reverted/);
  },
);

describe('a broker that is lost', () => {
  const leave = (rig: DeskRig) => rig.desk().guest.down();

  test('after a step has set it: the gate comes back to the former one, and says there what became of it', async () => {
    const rig = await begin();
    await flash(rig, { body: broker });
    expect(rig.applied.at(-1)?.config.mqtt?.broker).toBe('mqtts://10.0.0.9:8883');
    leave(rig);
    await rig.pass(11_000);
    expect(rig.applied.at(-1)?.config.mqtt).toEqual(mqtt);
    // Nothing can be said before the former one is there again.
    expect(phaseOf(rig)).toBe('probation');
    rig.connect();
    expect(phaseOf(rig)).toBe('reverted broker-lost');
  });

  test.each([0, 1])(
    'is found also where the step asks for a trial of %d s: no step can part a gate from its admins',
    async (probationSeconds) => {
      const rig = await begin();
      await flash(rig, { body: broker, probationSeconds });
      // It is left half a second later, and says goodbye for a second.
      await rig.pass(1_500);
      leave(rig);
      await rig.pass(11_000);
      expect(rig.applied.at(-1)?.config.mqtt).toEqual(mqtt);
      rig.connect();
      expect(phaseOf(rig)).toBe('reverted broker-lost');
    },
  );

  test('is not excused by a second step with the same broker and no trial of its own', async () => {
    const rig = await begin();
    const second = await flash(rig, { body: broker });
    await flash(rig, { ...second, body: { ...broker, ...scanner }, probationSeconds: 0 });
    leave(rig);
    await rig.pass(11_000);
    expect(rig.applied.at(-1)?.config.mqtt).toEqual(mqtt);
  });

  test('is not found again by one that takes connections and acknowledges nothing', async () => {
    const rig = await begin();
    await flash(rig, { body: broker });
    for (let second = 0; second < 11; second += 1) {
      leave(rig);
      rig.connect(false);
      await rig.pass(1_000);
    }
    expect(rig.applied.at(-1)?.config.mqtt).toEqual(mqtt);
  });

  test('and comes back within seconds, or that no step has set, is no reason', async () => {
    const rig = await begin();
    await flash(rig, { body: broker });
    leave(rig);
    await rig.pass(9_000);
    rig.connect();
    await rig.pass(591_000);
    expect(phaseOf(rig)).toBe('confirmed');

    const other = await begin();
    await flash(other, { body: { ...scanner, ...thermometer } });
    leave(other);
    await other.pass(600_000);
    other.connect();
    expect(phaseOf(other)).toBe('confirmed');
  });

  test('while the step was being kept does not excuse it', async () => {
    const rig = await begin();
    rig.say('cfg/desired/device', step({ body: broker }).bytes);
    leave(rig);
    await rig.settle();
    expect(rig.applied.at(-1)?.config.mqtt?.broker).toBe('mqtts://10.0.0.9:8883');
    // As the gate does when it connects by the new settings.
    leave(rig);
    await rig.pass(11_000);
    expect(rig.applied.at(-1)?.config.mqtt).toEqual(mqtt);
  });

  test('after a restart takes the step back still', async () => {
    const rig = await begin();
    await flash(rig, { body: broker });
    await rig.restart();
    leave(rig);
    await rig.pass(11_000);
    expect(rig.applied.at(-1)?.config.mqtt).toEqual(mqtt);
  });
});

test('a file that was changed since, so that what was accepted fits it no more, is gone by, and that is told', async () => {
  const rig = await begin();
  await flash(rig, { body: broker });
  await rig.restart('killed', { ...config, mqtt: { broker: 'mqtt://10.0.0.1:1883' } });
  expect(rig.applied.at(-1)?.config.mqtt).toEqual({ broker: 'mqtt://10.0.0.1:1883' });
  expect(rig.faults.get('configuration-lost')).toBe(true);
});
