/**
 * One step of a channel of configuration: the payload of a signed envelope (`interfaces.md` section
 * 4). Read only after enough signatures hold; exactly the text that `JSON.stringify` writes, so that
 * no two readers can take it differently. Pure.
 */

import { type ConfigChannel, configChannels } from '../../../config/vocabulary.js';
import { ListReader, type Members } from '../../credential/list-reader.js';
import { parseExactJson } from './exact-json.js';

export const channels = configChannels;
export type Channel = ConfigChannel;

export const stepLimits = {
  /** far from where counting loses a one, and more than a gate sees in its life */
  seqMax: 2 ** 40,
  blobsMax: 16,
  /** all that a step names together: one signature is enough for them to be fetched */
  blobBytesMax: 67_108_864,
  /** additions to what is revoked, one and all of them together: some 20,000 papers */
  addedBytesMax: 1_048_576,
  gatesMax: 1_000,
  selfTestsMax: 200,
  probationSecondsMax: 86_400,
} as const;

/** A body that is larger is none, whatever it says: a policy has some 50 kB, all settings of devices 2 kB. */
export const bodyBytesMax: Readonly<Record<Channel, number>> = {
  trust: 65_536,
  policy: 1_048_576,
  revocation: stepLimits.blobBytesMax,
  device: 65_536,
};

/**
 * Why an addition is not kept, as a code. What one signature may do has an end: a stolen key could
 * otherwise make a list that no start reads any more, and by that bring back all that is revoked.
 */
export const wholeListDue = 'whole-list-due';

export interface BlobName {
  /** hex, of the whole body */
  readonly sha256: string;
  readonly bytes: number;
}

export type Target =
  | { readonly all: true }
  | { readonly kiosks: readonly string[] }
  | { readonly groups: readonly string[] };

export interface ConfigStep {
  readonly site: string;
  readonly channel: Channel;
  readonly seq: number;
  /** hex, of the payload before it; null: it is the first */
  readonly prevSha256: string | null;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly target: Target;
  /** what must have been reached in other channels before this one makes sense */
  readonly requires: ReadonlyMap<Channel, number>;
  /** the oldest software that understands it, as `1.2.3` */
  readonly minVersion: string;
  readonly probationSeconds: number;
  /** decisions that it must lead to; their shape is the channel's */
  readonly selfTest: readonly unknown[];
  readonly content:
    | { readonly is: 'body'; readonly body: unknown }
    | { readonly is: 'blobs'; readonly blobs: readonly BlobName[] };
  /** why, in the admin's words */
  readonly reason: string;
}

const idShape = /^[a-z0-9][a-z0-9-]{0,31}$/;
const versionShape = /^\d{1,4}\.\d{1,4}\.\d{1,4}$/;
const hashBytes = 32;

/**
 * @param payload of an envelope whose signatures hold
 * @param bytesMax of it
 * @returns the step, or what is wrong with it
 */
export function parseConfigStep(
  payload: Uint8Array,
  bytesMax: number,
):
  | { readonly ok: true; readonly step: ConfigStep }
  | { readonly ok: false; readonly problem: string } {
  const json = parseExactJson(payload, bytesMax);
  if (!json.ok) return json;
  const reader = new StepReader();
  const step = reader.step(json.value);
  const [first] = reader.problems;
  if (first !== undefined) return { ok: false, problem: `${first.place}: ${first.problem}` };
  return step === null ? { ok: false, problem: 'is no step' } : { ok: true, step };
}

class StepReader extends ListReader {
  step(value: unknown): ConfigStep | null {
    const hasBody = typeof value === 'object' && value !== null && 'body' in value;
    const members = this.object(value, '', [
      ...['site', 'channel', 'seq', 'prevSha256', 'issued', 'expires', 'target', 'requires'],
      ...['minVersion', 'probationSeconds', 'selfTest', hasBody ? 'body' : 'blobs', 'reason'],
    ]);
    if (members === null || this.problems.length > 0) return null;
    const { seqMax, probationSecondsMax } = stepLimits;
    const number = (name: string, least: number, most: number): number =>
      members.read(name, (item, at) => this.#integer(item, at, least, most)) ?? 0;
    const time = (name: string): number =>
      Math.round(1_000 * (members.read(name, (item, at) => this.timeSeconds(item, at)) ?? 0));
    const content: ConfigStep['content'] = hasBody
      ? { is: 'body', body: members.read('body', (item) => item) }
      : { is: 'blobs', blobs: this.#blobs(members) };
    return {
      site: members.read('site', (item, at) => this.#text(item, at, idShape)) ?? '',
      channel: members.read('channel', (item, at) => this.oneOf(item, at, channels)) ?? 'device',
      seq: number('seq', 1, seqMax),
      prevSha256: members.read('prevSha256', (item, at) =>
        item === null ? null : this.#hash(item, at),
      ),
      issuedMs: time('issued'),
      expiresMs: time('expires'),
      target: members.read('target', (item, at) => this.#target(item, at)) ?? { kiosks: [] },
      requires: members.read('requires', (item, at) => this.#requires(item, at)) ?? new Map(),
      minVersion: members.read('minVersion', (it, at) => this.#text(it, at, versionShape)) ?? '',
      probationSeconds: number('probationSeconds', 0, probationSecondsMax),
      selfTest: members.read('selfTest', (item, at) => this.#some(item, at)) ?? [],
      content,
      reason: members.read('reason', (item, at) => this.word(item, at)) ?? '',
    };
  }

  #integer(value: unknown, place: string, least: number, most: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
      return value;
    this.fail(place, `must be a whole number from ${least} to ${most}`);
    return least;
  }

  #text(value: unknown, place: string, shape: RegExp): string {
    if (typeof value === 'string' && shape.test(value)) return value;
    this.fail(place, `must fit ${shape.source}`);
    return '';
  }

  /** Of one spelling: lower case. */
  #hash(value: unknown, place: string): string {
    const hash = this.hex(value, place, hashBytes);
    if (hash !== value) this.fail(place, 'must be in lower case');
    return hash;
  }

  #target(value: unknown, place: string): Target | null {
    const [name = ''] = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    const members = this.object(value, place, [
      ['all', 'kiosks', 'groups'].find((known) => known === name) ?? 'all',
    ]);
    if (members === null) return null;
    if (name === 'all') {
      if (members.read('all', (item) => item) !== true)
        this.fail(members.placeOf('all'), 'must be true');
      return { all: true };
    }
    const ids = members.list(name, (item, at) => this.#text(item, at, idShape));
    if (ids.length === 0 || ids.length > stepLimits.gatesMax)
      this.fail(members.placeOf(name), `must be 1 to ${stepLimits.gatesMax} ids`);
    return name === 'kiosks' ? { kiosks: ids } : { groups: ids };
  }

  #requires(value: unknown, place: string): ReadonlyMap<Channel, number> {
    const members = this.object(
      value,
      place,
      channels.map((channel) => `${channel}?`),
    );
    const least = new Map<Channel, number>();
    for (const channel of channels) {
      const seq = members?.read(channel, (it, at) => this.#integer(it, at, 1, stepLimits.seqMax));
      if (seq !== undefined && seq !== null) least.set(channel, seq);
    }
    return least;
  }

  #some(value: unknown, place: string): readonly unknown[] {
    const items = this.array(value, place, (item) => ({ item }));
    if (items.length > stepLimits.selfTestsMax)
      this.fail(place, `must be ${stepLimits.selfTestsMax} at most`);
    return items.map(({ item }) => item);
  }

  #blobs(members: Members): readonly BlobName[] {
    const blobs = members.list('blobs', (item, place): BlobName | null => {
      const own = this.object(item, place, ['sha256', 'bytes']);
      if (own === null) return null;
      const { blobBytesMax } = stepLimits;
      return {
        sha256: own.read('sha256', (it, at) => this.#hash(it, at)) ?? '',
        bytes: own.read('bytes', (it, at) => this.#integer(it, at, 1, blobBytesMax)) ?? 0,
      };
    });
    if (blobs.length === 0 || blobs.length > stepLimits.blobsMax)
      this.fail(members.placeOf('blobs'), `must be 1 to ${stepLimits.blobsMax}`);
    const bytes = blobs.reduce((sum, blob) => sum + (blob?.bytes ?? 0), 0);
    if (bytes > stepLimits.blobBytesMax)
      this.fail(members.placeOf('blobs'), `must have ${stepLimits.blobBytesMax} bytes at most`);
    return blobs;
  }
}
