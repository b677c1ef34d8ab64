/** Messages that nobody has signed, that too few have, or somebody who may not, or for something else. */
import { encodeBase64url } from '../../config/crypto/base64url.js';
import { keyidOf, preAuthEncoding } from '../../config/crypto/dsse.js';
import { isStrictSignature } from '../../config/crypto/edwards25519.js';
import { parseTrustList } from '../../kiosk/credential/trust.js';
import { configPayloadType, judgeStep } from '../../kiosk/settings/signed/judge-step.js';
import { makeAdmin } from '../admin-steps.js';
import { ann, ben, cho, listOf, trustOf } from '../kiosk/settings/desk-rig.js';
import { addOrder, neutralPoint, signForNeutralKey, signWithNeutralR } from '../vectors/raw.js';
import { type Attack, without } from './attack.js';
import {
  altered,
  atDesk,
  both,
  feverOf,
  flash,
  got,
  judged,
  opened,
  policyOf,
  step,
  stepContext,
  thief,
} from './forge.js';

const dsse = 'config/crypto/dsse.js';
const judge = 'kiosk/settings/signed/judge-step.js';
const curve = 'config/crypto/edwards25519.js';
const whole = step('policy');

export const attacks: readonly Attack[] = [
  {
    line: 'each byte of an envelope flipped, bit by bit',
    removed: without(dsse, 'if (verifyBytes(key, message, sig))', 'if (true)'),
    attempt() {
      for (const at of whole.bytes.keys())
        for (let bit = 0; bit < 8; bit += 1) {
          const bytes = Buffer.from(whole.bytes);
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
          const verdict = judgeStep(bytes, stepContext);
          if (verdict.is !== 'taken') continue;
          if (verdict.signed === 'all' || verdict.mark.sha256 !== whole.sha256)
            return `taken with bit ${bit} of byte ${at} turned`;
        }
      return null;
    },
  },
  {
    line: 'one below threshold: a policy that one admin has signed',
    removed: without(
      'kiosk/settings/signed/step-channels.js',
      "if (staged.signed === 'few' && !input.tightens)",
      'if (false)',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'policy', step('policy', { body: policyOf(3_700) }, [ann.key]));
        await rig.pass(11_000);
        return feverOf(rig) === 3_700 ? 'the gate goes by it' : null;
      }),
  },
  {
    line: 'one below threshold: a trust list that one of the old admins has signed',
    removed: without(judge, "if (channel === 'trust' && !isWhole)", 'if (false)'),
    attempt() {
      const accomplice = makeAdmin('accomplice');
      const keys = [ann.key, thief.key, accomplice.key];
      const { bytes } = step('trust', { body: listOf(thief, accomplice) }, keys);
      return got(judged(bytes, { channel: 'trust' }), 'few', 'all');
    },
  },
  {
    line: 'one below threshold: a trust list that one of the new admins has signed',
    removed: without(judge, 'return isSigned ? null', 'return true ? null'),
    attempt() {
      const { bytes } = step('trust', { body: listOf(cho, thief) }, [ann.key, ben.key, thief.key]);
      return got(judged(bytes, { channel: 'trust' }), 'all');
    },
  },
  {
    line: 'one key twice',
    removed: without(
      judge,
      'signers.length >= threshold',
      'envelope.signatures.length >= threshold',
    ),
    attempt() {
      const { bytes } = step('policy', {}, [ann.key]);
      const twice = altered(bytes, ({ signatures }) => ({
        signatures: [...signatures, ...signatures],
      }));
      return got(judged(twice), 'all');
    },
  },
  {
    line: 'a key under two ids of an envelope',
    removed: [
      ...without(dsse, 'if (key === undefined || signers.has(key.text))', 'if (key === undefined)'),
      ...without(
        dsse,
        'if (verifyBytes(key, message, sig))',
        'if (keys.some((it) => verifyBytes(it, message, sig)))',
      ),
    ],
    attempt() {
      const { bytes } = step('policy', {}, [ann.key]);
      const keyid = keyidOf(ben.key.publicKey);
      const twice = altered(bytes, ({ signatures }) => ({
        signatures: [...signatures, ...signatures.map(({ sig }) => ({ keyid, sig }))],
      }));
      return got(judged(twice), 'all');
    },
  },
  {
    line: 'a key under two names of the trust list',
    removed: without('kiosk/credential/key-reader.js', 'if (first !== undefined)', 'if (false)'),
    attempt() {
      const list = listOf(ann, { member: { ...ann.member, name: 'anna' } });
      if (!parseTrustList(list).ok) return null;
      return got(judged(step('policy', {}, [ann.key]).bytes, { trust: trustOf(list) }), 'all');
    },
  },
  {
    line: 'wrong role',
    removed: without(judge, 'admins.filter(({ roles }) => roles.has(role))', 'admins'),
    attempt() {
      const dan = makeAdmin('dan', ['device', 'command']);
      const trust = trustOf(listOf(ann, ben, dan));
      return got(judged(step('policy', {}, [ann.key, dan.key]).bytes, { trust }), 'all');
    },
  },
  {
    line: 'retired key: an admin whom the list has left out',
    removed: without(
      'kiosk/settings/desk/channel-desk.js',
      'trust: contents.trust,',
      'trust: enrolled.trust,',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        await flash(rig, 'trust', step('trust', { body: listOf(ben, cho) }, [ben.key, cho.key]));
        await flash(rig, 'policy', step('policy', { body: policyOf(3_700) }, [ann.key, ben.key]));
        await rig.pass(11_000);
        return feverOf(rig) === 3_700 ? 'the gate goes by it' : null;
      }),
  },
  {
    line: 'S + L: a signature of the same meaning and another text',
    removed: without(
      curve,
      'return isBelow(buffer.subarray(keyBytes), groupOrderBytes);',
      'return true;',
    ),
    attempt() {
      const bytes = altered(whole.bytes, ({ signatures }) => ({
        signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: addOrder(sig) })),
      }));
      // OpenSSL looks too, and another verifier may not: the look of our own is what counts.
      const isStrict = opened(bytes).signatures.some(({ sig }) => isStrictSignature(sig));
      return isStrict ? 'it is a strict signature' : got(judged(bytes), 'few', 'all');
    },
  },
  {
    line: 'small-order point: a signature with such an R, which holds',
    removed: without(curve, "if (smallOrderHex.has(r.toString('hex')))", 'if (false)'),
    attempt() {
      const bytes = altered(whole.bytes, ({ payload, signatures }) => ({
        signatures: signatures.map(({ keyid }, index) => ({
          keyid,
          sig: signWithNeutralR(
            both[index] ?? ann.key,
            preAuthEncoding(configPayloadType, payload),
          ),
        })),
      }));
      return got(judged(bytes), 'few', 'all');
    },
  },
  {
    line: 'small-order key: an admin for whom everybody can sign',
    removed: without(
      'config/crypto/ed25519-key.js',
      'const problem = judgePoint(raw);',
      'const problem = null;',
    ),
    attempt() {
      const publicKey = encodeBase64url(neutralPoint);
      const list = listOf(ann, { member: { ...ben.member, publicKey } });
      if (!parseTrustList(list).ok) return null;
      const keyid = keyidOf({ raw: neutralPoint });
      const sig = signForNeutralKey(thief.key);
      const { bytes } = step('policy', {}, [ann.key]);
      const forged = altered(bytes, ({ signatures }) => ({
        signatures: [...signatures, { keyid, sig }],
      }));
      return got(judged(forged, { trust: trustOf(list) }), 'all');
    },
  },
];
