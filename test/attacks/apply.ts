/** Steps that are cut off, that the disk does not take, that fail, and that somebody makes look guilty. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CausableFault,
  type ChannelInput,
  type ChannelsState,
  channelOf,
  type Facts,
  noChannels,
} from '../../kiosk/settings/signed/channel-state.js';
import { stepChannels } from '../../kiosk/settings/signed/step-channels.js';
import { shippedPolicy } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import { atDesk, feverOf, flash, policyOf, step, stepContext } from './forge.js';

const desk = 'kiosk/settings/desk/channel-desk.js';
const steps = 'kiosk/settings/signed/step-channels.js';
const faults = 'kiosk/settings/signed/faults.js';
const store = 'kiosk/settings/kept/store.js';
const work = 'kiosk/settings/desk/work.js';
const enrolledFever = shippedPolicy.settings.feverCentidegrees;

const old = step('policy', { body: policyOf(3_700) });
/** A step on trial at a gate with these faults; then one more. Returns whether it is still in force. */
function isInForce(
  channel: 'policy' | 'device',
  before: readonly CausableFault[],
  fault: CausableFault,
  touched?: Facts['touched'],
): boolean {
  let state: ChannelsState = noChannels;
  let monotonicMs = 0;
  const parts = touched === undefined ? {} : { touched };
  const put = (input: ChannelInput): void => {
    ({ state } = stepChannels(state, input, { ...stepContext, ...parts, monotonicMs }));
  };
  const { bytes, sha256 } = step(channel, { probationSeconds: 600 });
  for (const known of before) put({ type: 'fault', fault: known, on: true });
  put({ type: 'arrived', channel, bytes });
  put({ type: 'tested', channel, sha256, ok: true, code: '', tightens: false });
  put({ type: 'committed', channel, sha256, ok: true });
  put({ type: 'fault', fault, on: true });
  monotonicMs = 60_000;
  put({ type: 'tick' });
  return channelOf(state, channel).inForce?.seq === 1;
}

export const attacks: readonly Attack[] = [
  {
    line: 'a turned bit on the disk',
    removed: without(store, 'if (row.sum !== bodySum(', 'if (false && row.sum !== bodySum('),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'policy', old);
        rig.cut();
        const path = join(rig.folder, 'settings.db');
        const bytes = readFileSync(path);
        const at = bytes.indexOf('"feverCentidegrees":3700');
        bytes.write('"feverCentidegrees":3701', at);
        writeFileSync(path, bytes);
        await rig.restart();
        return feverOf(rig) === enrolledFever ? null : 'the gate goes by what nobody has signed';
      }),
  },
  {
    line: 'disk full',
    removed: without(desk, 'ok: why === null', 'ok: true'),
    attempt: () =>
      atDesk(async (rig) => {
        rig.failDisk('database or disk is full');
        await flash(rig, 'policy', old);
        const isTold = rig.reported()['policy']?.code === 'disk';
        if (feverOf(rig) !== enrolledFever) return 'the gate goes by what is not kept';
        return isTold ? null : 'nobody is told';
      }),
  },
  {
    line: 'a failing self-test',
    removed: without(work, 'if (failed !== null)', 'if (false)'),
    attempt: () =>
      atDesk(async (rig) => {
        const selfTest = [{ cell: 'building, out: nothing shown', outcome: 'grant resident' }];
        await flash(rig, 'policy', step('policy', { body: policyOf(3_700), selfTest }));
        return feverOf(rig) === enrolledFever ? null : 'the gate goes by it';
      }),
  },
  {
    line: 'a failing self-test: another list than was promised',
    removed: without(desk, 'if (wrong !== null)', 'if (false)'),
    attempt: () =>
      atDesk(async (rig) => {
        const selfTest = [{ result: '00'.repeat(32) }];
        await flash(rig, 'revocation', step('revocation', { selfTest }));
        return rig.reported()['revocation']?.phase === 'refused' ? null : 'the gate goes by it';
      }),
  },
  {
    line: 'a policy that lets a fever pass',
    removed: without(work, 'if (fault === null)', 'if (true)'),
    attempt: () =>
      atDesk(async (rig) => {
        const policy = policyOf(3_700);
        const body = { ...policy, stops: policy.stops.filter(({ id }) => id !== 'fever') };
        await flash(rig, 'policy', step('policy', { body }));
        return feverOf(rig) === enrolledFever ? null : 'the gate goes by it';
      }),
  },
  {
    line: 'thermometer unplugged while a policy is on probation: it is no policy’s doing',
    removed: without(faults, 'if (!codes.includes(codeOfFault(fault)))', 'if (false)'),
    attempt: () => (isInForce('policy', [], 'device-lost') ? null : 'the policy is taken back'),
  },
  {
    line: 'network cut while a policy is on probation: it is no policy’s doing',
    removed: without(faults, 'if (!codes.includes(codeOfFault(fault)))', 'if (false)'),
    attempt: () => (isInForce('policy', [], 'broker-lost') ? null : 'the policy is taken back'),
  },
  {
    line: 'thermometer unplugged before the probation of its settings',
    removed: without(steps, '!known.has(fault) && ', ''),
    attempt: () =>
      isInForce('device', ['device-lost'], 'device-lost') ? null : 'the settings are taken back',
  },
  {
    line: 'network cut while settings are on probation that say nothing of it',
    removed: without(
      faults,
      'part === null || touched === undefined || touched.has(part)',
      'true || part || touched',
    ),
    attempt: () =>
      isInForce('device', [], 'broker-lost', new Set(['thermometer']))
        ? null
        : 'the settings are taken back',
  },
  ...(['device-lost', 'broker-lost'] as const).map(
    (fault): Attack => ({
      line: `settings of devices that bring about ${fault}`,
      removed: without(steps, 'if (since !== undefined)', 'if (false)'),
      attempt: () => (isInForce('device', [], fault) ? 'they stay' : null),
    }),
  ),
];
