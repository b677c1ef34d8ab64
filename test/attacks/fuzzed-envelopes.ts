/**
 * Changed envelopes through every judge and the desks behind them: nothing is taken whose bytes its signers
 * have not signed, nothing in the name of anybody else, nothing is done, and nothing throws.
 */
import type { Random } from '../../hardware/simulated/random.js';
import { commandPayloadType, judgeCommand } from '../../kiosk/settings/signed/judge-command.js';
import { configPayloadType, judgeStep } from '../../kiosk/settings/signed/judge-step.js';
import { judgeTimeMessage, timePayloadType } from '../../kiosk/settings/signed/judge-time.js';
import { judgeSpent, spentPayloadType } from '../../kiosk/settings/spent/spent-message.js';
import type { Told } from '../drivers/wire-fuzz.js';
import { kiosk, site, startDesk } from '../kiosk/settings/desk-rig.js';
import { commandContext, commandGate, opened, sha, stepContext } from './forge.js';
import { mutated } from './mutations.js';
import {
  nameOf,
  type Original,
  type Pool,
  shownChallenge,
  signedPool,
  teller,
} from './signed-pool.js';

export interface EnvelopeCounts {
  messages: number;
  /** those that were not changed, and were taken; the others of them are not to be taken either */
  untouched: number;
  /** changed ones that say what was signed still, and are taken as that */
  same: number;
  refused: number;
  /** is to be 0 */
  wrong: number;
  /** what the first wrong one was taken for, and the message; null: there was none */
  first: string | null;
}

/** Who a judge says has signed, and how many must have; null: nothing comes of the message. */
type Taken = { readonly type: string; readonly names: readonly string[]; readonly least: number };

const settleEvery = 100;
const passEvery = 2_000;
const marks = [null, { seq: 2, sha256: sha }] as const;

function judge(bytes: Uint8Array, as: Original, { trust }: Pool, dice: Random): Taken | null {
  switch (as.is) {
    case 'step': {
      const { channel, seq } = as;
      const mark = dice.pick(marks);
      const context = {
        ...{ ...stepContext, trust, channel, topicSeq: channel === 'trust' ? seq : null },
        marks: new Map(mark === null ? [] : [[channel, mark] as const]),
      };
      const verdict = judgeStep(bytes, context);
      const type = configPayloadType;
      if (verdict.is === 'taken')
        return { type, names: verdict.signers, least: verdict.signed === 'all' ? 2 : 1 };
      if (verdict.is === 'not-ours')
        return { type, names: [], least: verdict.mark === null ? 1 : 2 };
      return verdict.is === 'wait' ? { type, names: [], least: 1 } : null;
    }
    case 'command': {
      const verdict = judgeCommand(bytes, { ...commandContext, trust, name: as.name });
      const type = commandPayloadType;
      return verdict.is === 'taken' ? { type, names: verdict.signers, least: 1 } : null;
    }
    case 'spent': {
      const kind = dice.pick<'delta' | 'snapshot'>(['delta', 'snapshot']);
      const verdict = judgeSpent(bytes, { site, kiosk: teller, kind, trust });
      const type = spentPayloadType;
      return verdict.is === 'taken' ? { type, names: [teller], least: 1 } : null;
    }
    case 'time': {
      const verdict = judgeTimeMessage(bytes, {
        ...{ site, kiosk, trust, isRetained: dice.chance(0.1) },
        challengeIs: (challenge) => (challenge === shownChallenge ? 'shown' : 'unknown'),
      });
      const type = timePayloadType;
      if (verdict.is === 'not-ours') return { type, names: [], least: 2 };
      if (verdict.is !== 'taken') return null;
      const names = [...verdict.admins, ...verdict.services];
      return { type, names, least: verdict.time.purpose === 'set' ? 2 : 1 };
    }
  }
}

/** Whether those whom a judge names have signed just these bytes. */
function isTrue({ type, names, least }: Taken, bytes: Uint8Array, { signers }: Pool): boolean {
  const { payloadType, payload } = opened(bytes);
  const own = signers.get(nameOf(payloadType, payload)) ?? new Set<string>();
  if (payloadType !== type || own.size < least) return false;
  return names.every((name) => own.has(name)) && (names.length === 0 || names.length >= least);
}

/** A gate that has taken the newest of all that there is: whatever comes now, nothing is to change. */
async function desksOf(pool: Pool) {
  const rig = await startDesk(pool.admins);
  const commands = commandGate(pool.trust, 3_600_000);
  for (const { bytes, ...it } of pool.originals) {
    if (it.is === 'command') commands.say(it.name, bytes, false);
    if (it.is === 'step' && pool.newest.includes(bytes)) {
      const isNumbered = it.channel !== 'policy';
      rig.say(`cfg/desired/${it.channel}${isNumbered ? `/${it.seq}` : ''}`, bytes);
      await rig.settle();
    }
  }
  const look = (): string =>
    JSON.stringify([rig.desk().inForce(), rig.applied.length, rig.news.length, commands.given()]);
  return { rig, commands, look };
}

/**
 * @param count of messages
 * @param told called after each with how many are done, and awaited where it asks for it
 * @returns what came of them
 */
export async function fuzzEnvelopes(
  dice: Random,
  count: number,
  told: Told = () => null,
): Promise<EnvelopeCounts> {
  const pool = signedPool(dice);
  const { rig, commands, look } = await desksOf(pool);
  const counts: EnvelopeCounts = {
    ...{ messages: 0, untouched: 0, same: 0, refused: 0, wrong: 0, first: null },
  };
  const wrong = (what: string, bytes: Uint8Array): void => {
    counts.wrong += 1;
    counts.first ??= `${what}: ${Buffer.from(bytes).toString('base64').slice(0, 6_000)}`;
  };
  const before = look();
  const channels = ['trust', 'policy', 'revocation'] as const;
  try {
    while (counts.messages < count) {
      const original = dice.pick(pool.originals);
      const bytes = mutated(original.bytes, dice.pick(pool.originals).bytes, dice);
      const as = dice.chance(0.7) ? original : dice.pick(pool.originals);
      try {
        const taken = judge(bytes, as, pool, dice);
        if (taken === null) counts.refused += 1;
        else if (!isTrue(taken, bytes, pool)) wrong(`taken as ${taken.type}`, bytes);
        else counts[Buffer.compare(bytes, original.bytes) === 0 ? 'untouched' : 'same'] += 1;
        const channel =
          as.is === 'step' && as.channel !== 'device' ? as.channel : dice.pick(channels);
        const number = as.is === 'step' ? as.seq : 1 + dice.int(12);
        rig.say(`cfg/desired/${channel}${channel === 'policy' ? '' : `/${number}`}`, bytes);
        commands.say(as.is === 'command' ? as.name : 'open', bytes, false);
      } catch (error) {
        wrong(`thrown ${error}`, bytes);
      }
      counts.messages += 1;
      if (counts.messages % settleEvery === 0) await rig.settle();
      // What waits for its admins' trust step is judged once more, and told.
      if (counts.messages % passEvery === 0) await rig.pass(11_000);
      if (look() !== before) {
        wrong(`the gate has changed to ${look()}`, bytes);
        break;
      }
      const pause = told(counts.messages);
      if (pause !== null) await pause;
    }
  } finally {
    rig.close();
  }
  return counts;
}
