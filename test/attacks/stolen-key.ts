/** One admin’s key is somebody else’s: it locks out, one step at a time, and does nothing more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PrivateKey } from '../../config/crypto/ed25519-key.js';
import { openSettingsStore } from '../../kiosk/settings/kept/store.js';
import { wholeListDue } from '../../kiosk/settings/signed/config-step.js';
import { ann, cho } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import {
  atDesk,
  both,
  feverOf,
  flash,
  got,
  isRevoked,
  judged,
  papers,
  policyOf,
  sha,
  step,
} from './forge.js';

const judge = 'kiosk/settings/signed/judge-step.js';
const steps = 'kiosk/settings/signed/step-channels.js';
const revoking = (name: string, keys: readonly PrivateKey[], change: object = {}) =>
  step('revocation', { body: { credentials: papers(name) }, ...change }, keys);

/** A database to which so many lists were added one by one, as one admin may; returns what it came to. */
function added(count: number, bytesEach: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gate-kiosk-added-'));
  const store = openSettingsStore(folder);
  const nameOf = (index: number): string => index.toString(16).padStart(64, '0');
  const bytes = Buffer.alloc(bytesEach, ' ');
  try {
    for (let index = 0; index <= count; index += 1) {
      const mark = { seq: index + 1, sha256: nameOf(index) };
      const kept = { mark, inForce: mark, expiresMs: null, told: null, trial: null };
      const base = index === 0 ? null : nameOf(index - 1);
      store.keep('revocation', kept, { sha256: mark.sha256, base, bytes });
    }
  } catch (error) {
    if (error instanceof Error && error.message === wholeListDue) return null;
    throw error;
  } finally {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return `${count} lists of ${bytesEach} bytes were added`;
}

export const attacks: readonly Attack[] = [
  {
    line: 'burns a channel: far ahead',
    removed: without(
      judge,
      "const isStrict = channel === 'trust' || !isWhole;",
      "const isStrict = channel === 'trust';",
    ),
    attempt() {
      const marks = new Map([['revocation', { seq: 7, sha256: sha }] as const]);
      const { bytes } = revoking('a', [ann.key], { seq: 900 });
      return got(judged(bytes, { channel: 'revocation', marks }), 'few', 'all');
    },
  },
  {
    line: 'burns a channel: the number of a step for other gates',
    removed: without(judge, 'mark: isWhole ? mark : null', 'mark'),
    attempt: () =>
      atDesk(async (rig) => {
        const target = { kiosks: ['gate-9'] };
        await flash(rig, 'revocation', revoking('a', [ann.key], { target }));
        await flash(rig, 'revocation', revoking('b', both));
        return isRevoked(rig, 'b') ? null : 'what two have signed is not taken';
      }),
  },
  {
    line: 'burns a channel: the number of a policy that was refused',
    removed: without(
      steps,
      'const next = withChannel(state, channel, { ...own, staged: null });',
      'const next = withChannel(state, channel, { ...own, mark: staged.mark, staged: null });',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'policy', step('policy', { body: policyOf(3_700) }, [ann.key]));
        await rig.pass(11_000);
        await flash(rig, 'policy', step('policy', { body: policyOf(3_710) }));
        return feverOf(rig) === 3_710 ? null : 'what two have signed is not taken';
      }),
  },
  {
    line: 'brings back what was revoked',
    removed: without(
      'kiosk/settings/desk/channel-desk.js',
      'const change = adds && revocations !== undefined',
      'const change = false',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        const first = revoking('a', both);
        await flash(rig, 'revocation', first);
        await flash(
          rig,
          'revocation',
          revoking('b', [cho.key], { seq: 2, prevSha256: first.sha256, body: {} }),
        );
        return isRevoked(rig, 'a') ? null : 'it is not revoked any more';
      }),
  },
  ...(
    [
      ['by more additions than a start reads', 'added.count > additionsMax', 1_001, 1],
      ['by additions beyond any memory', 'added.bytes > additionsBytesMax', 30, 40_000],
    ] as const
  ).map(
    ([how, check, count, bytesEach]): Attack => ({
      line: `brings back what was revoked: ${how}`,
      removed: without('kiosk/settings/kept/store.js', check, 'false'),
      attempt: () => added(count, bytesEach),
    }),
  ),
];
