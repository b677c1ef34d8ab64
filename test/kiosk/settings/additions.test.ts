/** Additions to the list of revocations: what one signature may do has an end, and takes nothing back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSettingsStore, storeLimits } from '../../../kiosk/settings/kept/store.js';
import { stepLimits, wholeListDue } from '../../../kiosk/settings/signed/config-step.js';
import { signStep } from '../../admin-steps.js';
import { ann, ben, nowMs, site, startDesk } from './desk-rig.js';

const hashOf = (index: number): string => index.toString(16).padStart(64, '0');
const markOf = (index: number) => ({ seq: index + 1, sha256: hashOf(index) });

test('as many as a start reads are kept; one more leaves all as it is, until a whole list comes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-additions-'));
  const store = openSettingsStore(folder);
  const keep = (index: number, base: number | null): void => {
    const mark = markOf(index);
    const kept = { mark, inForce: mark, expiresMs: null, told: null, trial: null };
    const body = { sha256: mark.sha256, base: base === null ? null : hashOf(base) };
    store.keep('revocation', kept, { ...body, bytes: Buffer.from('{}') });
  };
  try {
    keep(0, null);
    const last = storeLimits.additionsMax;
    for (let index = 1; index <= last; index += 1) keep(index, index - 1);
    expect(store.bodies('revocation', hashOf(last))).toHaveLength(last + 1);
    expect(() => keep(last + 1, last)).toThrow(wholeListDue);
    expect(store.channel('revocation')?.inForce).toEqual(markOf(last));
    expect(store.bodies('revocation', hashOf(last))).toHaveLength(last + 1);
    keep(last + 1, null);
    keep(last + 2, last + 1);
    expect(store.bodies('revocation', hashOf(last + 2))).toHaveLength(2);
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('too much of them is refused with its reason; what was revoked stays so, and two admins go on', async () => {
  const rig = await startDesk();
  const credentials = (from: number) =>
    Array.from({ length: 1_000 }, (_, n) => (1_000 * from + n).toString(16).padStart(32, '0'));
  const say = async (seq: number, prevSha256: string | null, isWhole = false): Promise<string> => {
    const keys = isWhole ? [ann.key, ben.key] : [ann.key];
    const change = { seq, prevSha256, body: { credentials: credentials(seq) } };
    const step = signStep(site, 'revocation', change, keys, nowMs);
    rig.say(`cfg/desired/revocation/${seq}`, step.bytes);
    await rig.settle();
    return step.sha256;
  };
  const has = (seq: number): boolean =>
    rig.applied.at(-1)?.revocations.credentials.has(credentials(seq)[0] ?? '') ?? false;
  try {
    let last: string | null = null;
    let seq = 0;
    while (rig.reported()['revocation']?.code !== wholeListDue && seq < 60) {
      seq += 1;
      last = await say(seq, last);
    }
    expect(rig.reported()['revocation']).toMatchObject({ seq, phase: 'refused' });
    expect([seq > 20, has(1), has(seq - 1), has(seq)]).toEqual([true, true, true, false]);
    await rig.restart();
    expect([has(1), has(seq - 1), rig.faults.get('configuration-lost')]).toEqual([
      ...[true, true, undefined],
    ]);
    await say(seq + 5, null, true);
    expect([has(1), has(seq + 5)]).toEqual([false, true]);
  } finally {
    rig.close();
  }
});

test('what no channel could take is not fetched: neither by one key nor by all', async () => {
  const rig = await startDesk();
  const say = async (
    topic: string,
    channel: 'policy' | 'revocation' | 'device',
    bytes: number,
    keys = [ann.key, ben.key],
  ): Promise<unknown> => {
    const blobs = [{ sha256: hashOf(1), bytes }];
    rig.say(`cfg/desired/${topic}`, signStep(site, channel, { blobs }, keys, nowMs).bytes);
    await rig.settle();
    const { phase, code } = rig.reported()[channel] ?? {};
    return [`${phase} ${code}`, rig.asked.size];
  };
  try {
    const { addedBytesMax, blobBytesMax } = stepLimits;
    expect(await say('policy', 'policy', 1_048_577)).toEqual(['refused bad-body', 0]);
    expect(await say('device', 'device', 65_537)).toEqual(['refused bad-body', 0]);
    const few = await say('revocation/1', 'revocation', addedBytesMax + 1, [ann.key]);
    expect(few).toEqual([`refused ${wholeListDue}`, 0]);
    expect(await say('revocation/1', 'revocation', blobBytesMax)).toEqual(['pending fetching', 1]);
  } finally {
    rig.close();
  }
});
