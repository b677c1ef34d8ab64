/** What gates tell each other of uses, told by one who may not, or as what it is not. */
import { generatePrivateKey, type PrivateKey } from '../../config/crypto/ed25519-key.js';
import {
  judgeSpent,
  type SpentContext,
  type SpentMessage,
  sealSpent,
} from '../../kiosk/settings/spent/spent-message.js';
import { nowMs, site } from '../kiosk/settings/desk-rig.js';
import { ticketUses } from '../kiosk/settings/spent/entries.js';
import { type Attack, without } from './attack.js';

const spent = 'kiosk/settings/spent/spent-message.js';
const [second, third] = [generatePrivateKey(), generatePrivateKey()];
const kiosks = [
  { id: 'gate-2', key: second.publicKey },
  { id: 'gate-3', key: third.publicKey },
];

/** @returns what somebody gets who tells of uses by the topic of gate-2's deltas */
function told(
  change: Partial<SpentMessage>,
  key: PrivateKey,
  kind: SpentContext['kind'] = 'delta',
) {
  const names = { site, kiosk: 'gate-2', kind: 'delta', run: 'ab'.repeat(8) } as const;
  const page = { n: 1, page: 0, pages: 1, atMs: nowMs, entries: ticketUses(1, nowMs) };
  const context = { site, kiosk: 'gate-2', kind, trust: { kiosks } };
  const verdict = judgeSpent(sealSpent({ ...names, ...page, ...change }, key), context);
  return verdict.is === 'taken' ? 'a ticket is taken for spent' : null;
}

export const attacks: readonly Attack[] = [
  {
    line: 'a gate signs what another one tells',
    removed: without(
      spent,
      'context.trust.kiosks.filter(({ id }) => id === context.kiosk)',
      'context.trust.kiosks',
    ),
    attempt: () => told({}, third),
  },
  {
    line: 'a gate tells by its own topic in the name of another one',
    removed: without(spent, 'if (message.kiosk !== context.kiosk)', 'if (false)'),
    attempt: () => told({ kiosk: 'gate-3' }, second),
  },
  {
    line: 'a delta is kept, and handed on as a snapshot',
    removed: without(spent, 'if (message.kind !== context.kind)', 'if (false)'),
    attempt: () => told({}, second, 'snapshot'),
  },
  {
    line: 'nobody has signed it',
    removed: without(spent, 'if (signers.length === 0)', 'if (false)'),
    attempt: () => told({}, generatePrivateKey()),
  },
];
