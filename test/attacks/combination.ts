/** Steps that are true each by itself, put together otherwise, and bodies that come otherwise than they went. */
import { createHash } from 'node:crypto';
import {
  assembleBlob,
  blobLimits,
  chunksOf,
  joinBlob,
} from '../../kiosk/settings/signed/blob-assembly.js';
import { stepLimits } from '../../kiosk/settings/signed/config-step.js';
import { ben, cho, type DeskRig, listOf } from '../kiosk/settings/desk-rig.js';
import { type Attack, without } from './attack.js';
import {
  altered,
  atDesk,
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
import { loseDatabase } from './power-cuts.js';

const judge = 'kiosk/settings/signed/judge-step.js';
const steps = 'kiosk/settings/signed/step-channels.js';
const assembly = 'kiosk/settings/signed/blob-assembly.js';
const { chunkBytes } = blobLimits;

/** A list of revocations of three chunks, whose last paper is told from the others. */
const body = Buffer.from(
  JSON.stringify({
    credentials: papers(...Array.from({ length: 3_300 }, (_, index) => `n${index}`), 'last'),
  }),
);
const name = { sha256: createHash('sha256').update(body).digest('hex'), bytes: body.length };
const [one = body, two = body, three = body] = chunksOf(body);
const inChunks = step('revocation', { body: undefined, blobs: [name] });

/** Takes chunks and their numbers, as a broker hands them over. */
async function hand(
  rig: DeskRig,
  ...chunks: readonly (readonly [number, Uint8Array])[]
): Promise<void> {
  for (const [index, bytes] of chunks) rig.say(`blob/${name.sha256}/${index}`, bytes);
  await rig.settle();
}

/** A gate that was told of the step, and then whatever the broker makes of its body. */
const withBody = (work: (rig: DeskRig) => Promise<string | null>) =>
  atDesk(async (rig) => {
    await flash(rig, 'revocation', inChunks);
    return await work(rig);
  });
const wantsWhole = (rig: DeskRig): string | null =>
  isRevoked(rig, 'last') ? null : 'the true body is not taken';

/** What the three chunks come to with one of them exchanged. */
function assembled(...chunks: readonly Uint8Array[]): string | null {
  const blob = assembleBlob(name);
  for (const [index, chunk] of chunks.entries()) blob.take(index, chunk);
  return joinBlob(name, blob.chunks()) !== null ? 'it is the body of the step' : null;
}

const next = step('revocation', { seq: 2, body: { credentials: papers('next') } });

export const attacks: readonly Attack[] = [
  {
    line: 'a policy before the trust list that it was made for',
    removed: without(judge, 'if ((context.marks.get(other)?.seq ?? 0) < seq)', 'if (false)'),
    attempt: () => got(judged(step('policy', { requires: { trust: 3 } }).bytes), 'all'),
  },
  {
    line: 'a policy of the old admins, kept back until their list was replaced',
    removed: without(
      'kiosk/settings/desk/channel-desk.js',
      'trust: contents.trust,',
      'trust: enrolled.trust,',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        const keptBack = step('policy', { body: policyOf(3_700) });
        const keys = [ben.key, cho.key];
        await flash(rig, 'trust', step('trust', { body: listOf(ben, cho) }, keys));
        await flash(rig, 'policy', keptBack);
        await rig.pass(11_000);
        return feverOf(rig) === 3_700 ? 'the gate goes by it' : null;
      }),
  },
  {
    line: 'a policy of the old admins, once the newer list was lost with the database',
    removed: without(
      'kiosk/settings/desk/arrivals.js',
      "if (channel !== 'trust' && channelOf(state(), 'trust').isLost)",
      'if (false)',
    ),
    attempt: () =>
      atDesk(async (rig) => {
        const list = step('trust', { body: listOf(ben, cho) }, [ben.key, cho.key]);
        await flash(rig, 'trust', list);
        rig.cut();
        loseDatabase(rig.folder);
        await rig.restart();
        await flash(rig, 'policy', step('policy', { body: policyOf(3_700) }));
        await rig.pass(11_000);
        if (feverOf(rig) === 3_700) return 'the gate goes by it';
        await flash(rig, 'trust', list);
        const next = step('policy', { body: policyOf(3_710) }, [ben.key, cho.key]);
        await flash(rig, 'policy', next);
        return feverOf(rig) === 3_710 ? null : 'nothing is taken of the new admins either';
      }),
  },
  {
    line: 'a step with signatures taken off, ahead of the same one with all of them',
    removed: without(steps, "const isMore = signed === 'all' &&", 'const isMore = false &&'),
    attempt: () =>
      atDesk(async (rig) => {
        const policy = Buffer.from(JSON.stringify(policyOf(3_700)));
        const blob = { sha256: createHash('sha256').update(policy).digest('hex') };
        const blobs = [{ ...blob, bytes: policy.length }];
        const all = step('policy', { body: undefined, blobs });
        const few = altered(all.bytes, ({ signatures }) => ({ signatures: signatures.slice(1) }));
        await flash(rig, 'policy', { ...all, bytes: few });
        await rig.pass(11_000);
        await flash(rig, 'policy', all);
        rig.say(`blob/${blob.sha256}/0`, policy);
        await rig.settle();
        return feverOf(rig) === 3_700 ? null : 'what two have signed is refused';
      }),
  },
  {
    line: 'a blob withheld: nothing later is taken',
    removed: without(steps, 'facts.monotonicMs >= staged.deadlineMs)', 'false)'),
    attempt: () =>
      withBody(async (rig) => {
        await hand(rig, [0, one], [2, three]);
        await rig.pass(601_000);
        await flash(rig, 'revocation', next);
        return isRevoked(rig, 'next') ? null : 'a later step is not taken';
      }),
  },
  {
    line: 'a blob withheld: its number is gone',
    removed: without(
      steps,
      'const next = withChannel(state, channel, { ...own, staged: null });',
      'const next = withChannel(state, channel, { ...own, mark: staged.mark, staged: null });',
    ),
    attempt: () =>
      withBody(async (rig) => {
        await rig.pass(601_000);
        await flash(rig, 'revocation', inChunks);
        await hand(rig, [0, one], [1, two], [2, three]);
        return wantsWhole(rig);
      }),
  },
  {
    line: 'a chunk swapped with another',
    removed: without(assembly, '=== sha256 ? body', "!== '' ? body"),
    attempt: () => assembled(two, one, three),
  },
  {
    line: 'a chunk repeated in the place of another',
    removed: without(assembly, '=== sha256 ? body', "!== '' ? body"),
    attempt: () => assembled(one, one, three),
  },
  {
    line: 'a chunk repeated with other bytes',
    removed: without(assembly, 'if (chunks.has(index))', 'if (false)'),
    attempt: () =>
      withBody(async (rig) => {
        await hand(rig, [0, one], [0, new Uint8Array(chunkBytes)], [1, two], [2, three]);
        return wantsWhole(rig);
      }),
  },
  {
    line: 'a chunk truncated',
    removed: without(assembly, 'if (bytes.length !== lengthOf(index))', 'if (false)'),
    attempt: () =>
      withBody(async (rig) => {
        await hand(rig, [0, one.subarray(7)], [0, one], [1, two], [2, three]);
        return wantsWhole(rig);
      }),
  },
  {
    line: 'a chunk that is longer than the body',
    removed: without(assembly, 'if (bytes.length !== lengthOf(index))', 'if (false)'),
    attempt() {
      const blob = assembleBlob(name);
      return blob.take(2, new Uint8Array(4 * chunkBytes)) === 'taken' ? 'it is kept' : null;
    },
  },
  {
    line: 'endless chunks',
    removed: without(
      assembly,
      'if (!Number.isInteger(index) || index < 0 || index >= count)',
      'if (false)',
    ),
    attempt() {
      const blob = assembleBlob(name);
      const kept = Array.from({ length: 1_000 }, (_, index) => blob.take(3 + index, three));
      return kept.includes('taken') ? 'chunks that no body has are kept' : null;
    },
  },
  {
    line: 'endless blobs of one step',
    removed: without(
      'kiosk/settings/signed/config-step.js',
      'if (blobs.length === 0 || blobs.length > stepLimits.blobsMax)',
      'if (false)',
    ),
    attempt() {
      const blobs = Array.from({ length: stepLimits.blobsMax + 1 }, () => name);
      return got(judged(step('policy', { blobs }).bytes), 'all');
    },
  },
  {
    line: 'endless blobs of one step, together',
    removed: without(
      'kiosk/settings/signed/config-step.js',
      'if (bytes > stepLimits.blobBytesMax)',
      'if (false)',
    ),
    attempt() {
      const half = { sha256: sha, bytes: stepLimits.blobBytesMax / 2 + 1 };
      return got(
        judged(step('revocation', { blobs: [half, half] }).bytes, { channel: 'revocation' }),
        'all',
      );
    },
  },
  {
    line: 'an endless blob',
    removed: without(
      'kiosk/settings/signed/config-step.js',
      'this.#integer(it, at, 1, blobBytesMax)',
      'Math.min(it, 1)',
    ),
    attempt: () =>
      got(judged(step('policy', { blobs: [{ sha256: sha, bytes: 2 ** 40 }] }).bytes), 'all'),
  },
  {
    line: 'slow chunks: one in five minutes, for ever',
    removed: without(steps, 'facts.monotonicMs >= staged.deadlineMs)', 'false)'),
    attempt: () =>
      withBody(async (rig) => {
        for (const [index, chunk] of [one, two, three].entries()) {
          await rig.pass(301_000);
          await hand(rig, [index, chunk]);
        }
        return isRevoked(rig, 'last') ? 'it is taken after a quarter of an hour' : null;
      }),
  },
];
