/** The messages of a roll-out: blobs, steps, and what they take the place of. Reads the blobs' files. */
import { encodeEnvelope } from '../../config/crypto/dsse.js';
import type { OutMessage } from '../../kiosk/report/broker-link.js';
import { routeOf } from '../../kiosk/settings/admin/roll-out.js';
import type { Desired } from '../../kiosk/settings/admin/site-view.js';
import { type StepFile, tallySignatures } from '../../kiosk/settings/admin/step-file.js';
import {
  blobMessages,
  blobTopic,
  standsAlone,
  stepTopic,
} from '../../kiosk/settings/admin/step-topics.js';
import { chunkCount } from '../../kiosk/settings/signed/blob-assembly.js';
import type { BlobName } from '../../kiosk/settings/signed/config-step.js';
import { blobsFolder, readBlob } from './config-files.js';
import type { Asked } from './flash-asked.js';

/** @returns what goes before the steps that name it, or a gate would wait for what nobody has sent */
export function blobsOf({ site, files, blobs }: Asked): readonly OutMessage[] {
  return files.flatMap(({ name, file }) => {
    const { content } = file.step;
    if (content.is === 'body') return [];
    return content.blobs.flatMap((blob) =>
      blobMessages(site, blob.sha256, Buffer.concat(readBlob(blobsFolder(name, blobs), blob))),
    );
  });
}

/** @returns the steps for a group of gates: on the site's topics, or on each one's own */
export function stepMessages(
  { site, stages, named }: Asked,
  files: readonly StepFile[],
  group: readonly string[],
): readonly OutMessage[] {
  return files.flatMap(({ step, mark, envelope }) => {
    const place = { channel: step.channel, seq: mark.seq };
    const payload = encodeEnvelope(envelope);
    const message = (kiosk: string | null): OutMessage => ({
      ...{ topic: stepTopic(site, kiosk, place), payload, retain: true },
    });
    const isForSite = routeOf(step, stages.length > 0, named) === 'site';
    return isForSite ? [message(null)] : group.map(message);
  });
}

/**
 * What stands at the broker and is older than what was brought: a gate that comes back would be told it
 * again. After stages, the site's topic has the step too, for gates that are yet to come.
 *
 * @param standing steps that stand there, or stood there before
 * @param gates that go by what was brought
 * @returns messages that put it right
 */
export function tidyMessages(
  standing: readonly Desired[],
  { site, files, stages, named, trust }: Asked,
  gates: readonly string[],
): readonly OutMessage[] {
  const messages: OutMessage[] = [];
  const gone = new Set<Desired>();
  /** where the new steps stand: never emptied, whatever was seen there */
  const kept = new Set<string>();
  for (const { file } of files) {
    const { step, mark, envelope } = file;
    const { channel } = step;
    const isStaged = stages.length > 0 && 'all' in step.target && named.length === 0;
    if (!isStaged && routeOf(step, stages.length > 0, named) !== 'site') continue;
    const topic = stepTopic(site, null, { channel, seq: mark.seq });
    kept.add(topic);
    if (isStaged) messages.push({ topic, payload: encodeEnvelope(envelope), retain: true });
    const isSnapshot =
      channel === 'revocation' &&
      trust !== null &&
      tallySignatures(file, trust).every(({ missing }) => missing === 0);
    if (!standsAlone(channel) && !isSnapshot) continue;
    for (const old of standing) {
      // One that was not asked keeps what it has.
      if (old.channel !== channel || (old.kiosk !== null && !gates.includes(old.kiosk))) continue;
      const isCopy = old.topic !== topic && old.file.mark.sha256 === mark.sha256;
      if (old.file.mark.seq < mark.seq || (isStaged && isCopy)) gone.add(old);
    }
  }
  const emptied = new Set([...gone].map(({ topic }) => topic));
  for (const topic of emptied) {
    // Somebody else's step has taken its place meanwhile.
    const isTaken = standing.some((it) => it.topic === topic && !gone.has(it));
    if (!isTaken && !kept.has(topic)) messages.push({ topic, payload: '', retain: true });
  }
  return [...messages, ...unneededBlobs(site, standing, gone, files)];
}

/** Chunks that no step names any more. */
function unneededBlobs(
  site: string,
  standing: readonly Desired[],
  gone: ReadonlySet<Desired>,
  files: Asked['files'],
): readonly OutMessage[] {
  const left = standing.filter((it) => !gone.has(it));
  const needed = new Set([...left, ...files].flatMap(({ file }) => blobNames(file)).map(nameOf));
  const unneeded = [...gone]
    .flatMap(({ file }) => blobNames(file))
    .filter((blob) => !needed.has(nameOf(blob)));
  const topics = unneeded.flatMap(({ sha256, bytes }) =>
    Array.from({ length: chunkCount(bytes) }, (_, index) => blobTopic(site, sha256, index)),
  );
  return [...new Set(topics)].map((topic) => ({ topic, payload: '', retain: true }));
}

function blobNames({ step: { content } }: StepFile): readonly BlobName[] {
  return content.is === 'blobs' ? content.blobs : [];
}

function nameOf({ sha256 }: BlobName): string {
  return sha256;
}
