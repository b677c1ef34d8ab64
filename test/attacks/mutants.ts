/** Changed envelopes by the thousand: what reads and counts signatures must be missed by them where it is gone. */
import { random } from '../../hardware/simulated/random.js';
import { type Attack, without } from './attack.js';
import { fuzzEnvelopes } from './fuzzed-envelopes.js';

const dsse = 'config/crypto/dsse.js';
const seed = 90614;

const attempt =
  (count = 2_000) =>
  async (): Promise<string | null> => {
    const { wrong, first } = await fuzzEnvelopes(random(seed), count);
    return wrong === 0 ? null : `${wrong} of ${count}: ${first?.slice(0, 100)}`;
  };

export const attacks: readonly Attack[] = [
  {
    line: 'no signature is looked at',
    removed: without(dsse, 'if (verifyBytes(key, message, sig))', 'if (true)'),
    attempt: attempt(),
  },
  {
    line: 'a signature is good for every type',
    removed: without(
      dsse,
      'const type = Buffer.from(payloadType',
      "payloadType = ''; const type = Buffer.from(payloadType",
    ),
    // It takes one of the few that somebody good has signed as another type, with that very type changed.
    attempt: attempt(10_000),
  },
  {
    line: 'signatures are counted, and not who has signed',
    removed: without(
      'kiosk/settings/signed/judge-step.js',
      'signers.length >= threshold',
      'envelope.signatures.length >= threshold',
    ),
    attempt: attempt(),
  },
];
