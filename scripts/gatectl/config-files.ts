/** The files of signed configuration: steps, and the blobs beside them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Envelope, encodeEnvelope, envelopeLimits } from '../../config/crypto/dsse.js';
import { readStep, type StepFile } from '../../kiosk/settings/admin/step-file.js';
import type { Blob } from '../../kiosk/settings/compose-step.js';
import { chunkCount, chunksOf } from '../../kiosk/settings/signed/blob-assembly.js';
import type { BlobName, Channel } from '../../kiosk/settings/signed/config-step.js';
import { UsageError } from './command.js';
import { readBytesIfThere, readBytesUpTo, replaceFile } from './files.js';

/** Takes a file's name; returns the step in it. Throws UsageError where it is none. */
export function readStepFile(file: string): StepFile {
  const read = readStep(readBytesUpTo(file, envelopeLimits.bytesMax));
  if (!read.ok) throw new UsageError(`${file}: ${read.problem}`);
  return read.file;
}

/** Writes a step, in the place of an older state of the same. */
export function writeStepFile(file: string, envelope: Envelope): void {
  replaceFile(file, Buffer.from(encodeEnvelope(envelope)).toString('utf8'));
}

/** Takes a step's file and where the user says blobs are; returns that, or the folder beside the file. */
export function blobsFolder(file: string, given: string | undefined): string {
  return given ?? join(dirname(file), 'blobs');
}

/** Writes a blob's chunks as `<sha256>/<n>`: as they are named on the broker. */
export function writeBlob(folder: string, { sha256, body }: Blob): void {
  const own = join(folder, sha256);
  try {
    mkdirSync(own, { recursive: true });
    for (const [index, chunk] of chunksOf(body).entries())
      writeFileSync(join(own, `${index}`), chunk);
  } catch (error) {
    throw new UsageError(
      `${own} cannot be written: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

/**
 * Takes a folder and a blob's name; returns its chunks in their order. Throws UsageError where one is
 * missing, or the whole is not what the step names.
 */
export function readBlob(folder: string, { sha256, bytes }: BlobName): readonly Uint8Array[] {
  const own = join(folder, sha256);
  const chunks = Array.from({ length: chunkCount(bytes) }, (_, index) => {
    const chunk = readBytesIfThere(join(own, `${index}`));
    if (chunk === null)
      throw new UsageError(
        `${join(own, `${index}`)} is missing: config new has written it, or --blobs FOLDER`,
      );
    return chunk;
  });
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  if (hash.digest('hex') === sha256) return chunks;
  throw new UsageError(`${own} is not what the step names: its bytes were changed`);
}

/** Takes a step and where its blobs are; returns its body's bytes. */
export function bodyBytesOf({ step }: StepFile, folder: string): Uint8Array {
  const { content } = step;
  if (content.is === 'body') return Buffer.from(JSON.stringify(content.body), 'utf8');
  return Buffer.concat(content.blobs.flatMap((blob) => readBlob(folder, blob)));
}

/**
 * Takes a file that is a step, or the body of one of the channel given.
 * @returns channel and body
 */
export function readStepOrBody(
  file: string,
  given: Channel | undefined,
  blobs: string | undefined,
  bytesMax: number,
): { readonly channel: Channel; readonly bytes: Uint8Array; readonly step: StepFile | null } {
  const bytes = readBytesUpTo(file, bytesMax);
  const read = readStep(bytes);
  if (read.ok) {
    const { channel } = read.file.step;
    if (given !== undefined && given !== channel)
      throw new UsageError(`${file} is a step of ${channel}, not of ${given}`);
    return { channel, bytes: bodyBytesOf(read.file, blobsFolder(file, blobs)), step: read.file };
  }
  if (given === undefined)
    throw new UsageError(`${file}: ${read.problem}; for a body give --channel as well`);
  return { channel: given, bytes, step: null };
}

/** Where a new step goes: nothing is written over another one. */
export function newStepPath(out: string | undefined, channel: Channel, seq: number): string {
  const file = out ?? `${channel}-${seq}.json`;
  const other = out === undefined ? '--out' : 'another --out';
  if (existsSync(file))
    throw new UsageError(`${file} exists and is not overwritten: give ${other}`);
  return file;
}
