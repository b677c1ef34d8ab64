/** True messages of one site, good and bad ones, and who has signed which: what changed ones are made of. */
import { type PrivateKey, privateKeyFromSeed } from '../../config/crypto/ed25519-key.js';
import type { CommandName, ConfigChannel } from '../../config/vocabulary.js';
import type { Random } from '../../hardware/simulated/random.js';
import { type AdminRole, adminRoles } from '../../kiosk/credential/trust.js';
import type { Contents } from '../../kiosk/settings/desk/contents.js';
import { commandPayloadType } from '../../kiosk/settings/signed/judge-command.js';
import { timePayloadType } from '../../kiosk/settings/signed/judge-time.js';
import { formatSpent, spentPayloadType } from '../../kiosk/settings/spent/spent-message.js';
import { makeAdmin, signStep } from '../admin-steps.js';
import { kiosk, listOf, nowMs, site, trustOf } from '../kiosk/settings/desk-rig.js';
import { ticketUses } from '../kiosk/settings/spent/entries.js';
import { commandText, opened, policyOf, sealed, sha } from './forge.js';

/** A message, and by which topic it is meant to come. */
export type Original = { readonly bytes: Uint8Array } & (
  | { readonly is: 'step'; readonly channel: ConfigChannel; readonly seq: number }
  | { readonly is: 'command'; readonly name: CommandName }
  | { readonly is: 'spent' }
  | { readonly is: 'time' }
);

export interface Pool {
  readonly originals: readonly [Original, ...Original[]];
  readonly trust: Contents['trust'];
  readonly admins: readonly ReturnType<typeof makeAdmin>[];
  /** by `nameOf` an envelope's type and payload: the names of all who have signed it */
  readonly signers: ReadonlyMap<string, ReadonlySet<string>>;
  /** of the newest policy and the newest list: a gate that has taken them takes none of the others */
  readonly newest: readonly Uint8Array[];
}

export const teller = 'gate-2';
/** that the gate shows just now */
export const shownChallenge = '5c'.repeat(16);

/** Takes what an envelope holds; returns its name. */
export function nameOf(payloadType: string, payload: Uint8Array): string {
  return `${payloadType} ${Buffer.from(payload).toString('base64')}`;
}

/** @returns the messages of a site whose keys come from the dice */
export function signedPool(dice: Random): Pool {
  const admin = (name: string, roles: readonly AdminRole[] = adminRoles) =>
    makeAdmin(name, roles, privateKeyFromSeed(dice.bytes(32)));
  const [ann, ben, cho] = [admin('ann'), admin('ben'), admin('cho')];
  const [dan, thief] = [admin('dan', ['device']), admin('thief')];
  const gate = privateKeyFromSeed(dice.bytes(32));
  const clock = privateKeyFromSeed(dice.bytes(32));
  const names = new Map([ann, ben, cho, dan, thief].map(({ key, member }) => [key, member.name]));
  names.set(gate, teller);
  names.set(clock, clock.publicKey.kid);
  const list = listOf(ann, ben, cho, dan);
  const trust = trustOf({
    ...list,
    kiosks: [{ id: teller, publicKey: gate.publicKey.text }],
    time: [{ publicKey: clock.publicKey.text }],
  });

  const signers = new Map<string, ReadonlySet<string>>();
  const note = (bytes: Uint8Array, keys: readonly PrivateKey[]): Uint8Array => {
    const { payloadType, payload } = opened(bytes);
    signers.set(nameOf(payloadType, payload), new Set(keys.map((key) => names.get(key) ?? '')));
    return bytes;
  };
  const step = (
    channel: ConfigChannel,
    seq: number,
    change: object = {},
    by: readonly ReturnType<typeof makeAdmin>[] = [ann, ben],
    where = site,
  ): Original & { is: 'step' } => {
    const keys = by.map(({ key }) => key);
    const body = channel === 'trust' ? list : {};
    const before = seq === 1 ? null : sha;
    const members = { seq, prevSha256: before, body, reason: `step ${dice.int(1e9)}`, ...change };
    const { bytes } = signStep(where, channel, members, keys, nowMs);
    return { is: 'step', channel, seq, bytes: note(bytes, keys) };
  };
  const command = (
    name: CommandName,
    change: object,
    by: ReturnType<typeof makeAdmin>,
  ): Original => {
    const text = commandText({ name, nonce: `${dice.int(1e9)}`.padStart(22, 'n'), ...change });
    return {
      is: 'command',
      name,
      bytes: note(sealed(commandPayloadType, text, [by.key]), [by.key]),
    };
  };
  const spent = (kind: 'delta' | 'snapshot', key: PrivateKey): Original => {
    const message = { site, kiosk: teller, kind, run: 'ab'.repeat(8), n: dice.int(1_000) + 1 };
    const page = { page: 0, pages: 1, atMs: nowMs, entries: ticketUses(2, nowMs) };
    const bytes = sealed(spentPayloadType, formatSpent({ ...message, ...page }), [key]);
    return { is: 'spent', bytes: note(bytes, [key]) };
  };

  const time = (change: object, keys: readonly PrivateKey[]): Original => {
    const at = new Date(nowMs - dice.int(86_400_000)).toISOString();
    const text = JSON.stringify({ site, purpose: 'raise', ...change, at });
    return { is: 'time', bytes: note(sealed(timePayloadType, text, keys), keys) };
  };
  const set = { purpose: 'set', kiosk, challenge: shownChallenge };

  /** What would be taken, had it been signed as what it says: by whoever calls it another type. */
  const asTime = (original: Original, key: PrivateKey): Original => {
    const bytes = sealed(timePayloadType, opened(original.bytes).payload, [key]);
    return { ...original, bytes: note(bytes, [key]) };
  };

  const newest = [
    step('policy', 9, { body: policyOf(3_700) }),
    step('revocation', 9),
    step('trust', 1, { prevSha256: null }),
  ];
  return {
    ...{ trust, admins: [ann, ben, cho, dan], signers },
    newest: newest.map(({ bytes }) => bytes),
    originals: [
      step('policy', 3),
      ...newest,
      step('policy', 4, {}, [ann]),
      step('policy', 3, {}, [ann, thief]),
      step('policy', 5, { target: { kiosks: ['gate-9'] } }),
      step('policy', 5, { target: { kiosks: ['gate-9'] } }, [cho]),
      step('policy', 3, { requires: { trust: 8 } }),
      step('policy', 3, { body: undefined, blobs: [{ sha256: sha, bytes: 60_000 }] }),
      step('policy', 3, {}, [ann, ben], 'other-campus'),
      step('policy', 3, { expires: new Date(nowMs - 500) }),
      step('device', 3, {}, [dan, ben]),
      step('device', 3, {}, [dan]),
      step('revocation', 3, {}, [ben]),
      step('revocation', 4, {}, [ann, ben, cho]),
      step('trust', 3, {}, [ann, cho]),
      step('trust', 3, {}, [thief, dan]),
      ...(['open', 'lockdown', 'release', 'diagnostics'] as const).map((it) =>
        command(it, {}, ann),
      ),
      command('open', { kiosk: 'gate-9' }, ben),
      command('open', { site: 'other-campus' }, ben),
      command('open', {}, dan),
      command('open', {}, thief),
      ...(['delta', 'snapshot', 'delta'] as const).map((it) => spent(it, gate)),
      ...[thief, ann].map(({ key }) => spent('delta', key)),
      time({}, [ann.key]),
      time({}, [clock]),
      time({}, [thief.key]),
      time({}, [dan.key]),
      time({ site: 'other-campus' }, [ann.key]),
      time(set, [ann.key, ben.key]),
      time(set, [ann.key, ben.key, clock]),
      time(set, [ann.key, clock]),
      time(set, [ann.key, thief.key]),
      time({ ...set, kiosk: 'gate-9' }, [ann.key, ben.key]),
      time({ ...set, challenge: '6d'.repeat(16) }, [ann.key, ben.key]),
      asTime(step('policy', 3), ann.key),
      asTime(command('open', {}, thief), ann.key),
      asTime(spent('delta', thief.key), gate),
    ],
  };
}
