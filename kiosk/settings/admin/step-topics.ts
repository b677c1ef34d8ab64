/** Where steps, blobs and reports of configuration stand at a broker (`interfaces.md` section 3). Pure. */
import type { OutMessage } from '../../report/publish-window.js';
import { chunksOf } from '../signed/blob-assembly.js';
import { type Channel, channels } from '../signed/config-step.js';

const version = 'gk/1';
const everybody = '_all';

/** What an admin listens to: what gates say of themselves, and what they are told. */
export function adminFilters(site: string): readonly string[] {
  return ['state', 'cfg/#'].map((name) => `${version}/${site}/+/${name}`);
}

/** @returns where the gates' records pass; an admin's certificate may not see them */
export function recordFilter(site: string): string {
  return `${version}/${site}/+/ev`;
}

/** A step of trust or of revocations stands for itself; of policy and device the newest stands alone. */
export function standsAlone(channel: Channel): boolean {
  return channel === 'policy' || channel === 'device';
}

/** @returns where a step stands; `kiosk` null: for the whole site */
export function stepTopic(
  site: string,
  kiosk: string | null,
  { channel, seq }: { readonly channel: Channel; readonly seq: number },
): string {
  const topic = `${version}/${site}/${kiosk ?? everybody}/cfg/desired/${channel}`;
  return standsAlone(channel) ? topic : `${topic}/${seq}`;
}

/** @returns the messages that a body in chunks is */
export function blobMessages(
  site: string,
  sha256: string,
  body: Uint8Array,
): readonly OutMessage[] {
  return chunksOf(body).map((payload, index) => ({
    ...{ topic: blobTopic(site, sha256, index), payload, retain: true },
  }));
}

/** @returns where a chunk stands */
export function blobTopic(site: string, sha256: string, index: number): string {
  return `${version}/${site}/${everybody}/blob/${sha256}/${index}`;
}

export interface StepPlace {
  /** null: for the whole site */
  readonly kiosk: string | null;
  readonly channel: Channel;
}

/** Takes what follows `gk/1/<site>/`; returns which channel of whom it is for, or null. */
export function readStepTopic(rest: string): StepPlace | null {
  const [, who = '', word, seq] =
    /^([^/]+)\/cfg\/desired\/([a-z]+)(?:\/(\d{1,13}))?$/.exec(rest) ?? [];
  const channel = channels.find((known) => known === word);
  if (channel === undefined || standsAlone(channel) !== (seq === undefined)) return null;
  return { kiosk: who === everybody ? null : who, channel };
}
