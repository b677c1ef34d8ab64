/** Fetches the chunks of a step's body from the broker, over as many connections as it takes. */
import type { GuestLine } from '../../report/link-guest.js';
import { assembleBlob, type BlobAssembly } from '../signed/blob-assembly.js';
import type { BlobName, Channel } from '../signed/config-step.js';
import type { BlobChunks } from './work.js';

interface Fetch {
  readonly channel: Channel;
  /** of the step */
  readonly sha256: string;
  readonly parts: readonly { readonly name: BlobName; readonly assembly: BlobAssembly }[];
}

export interface BlobDesk {
  /** Asks for the blobs of a step; what was asked for the same channel before is dropped. */
  fetch(channel: Channel, sha256: string, blobs: readonly BlobName[]): void;
  /** The step is not waited for any more. */
  drop(channel: Channel): void;
  up(line: GuestLine): void;
  down(): void;
  /** @param rest of the topic, behind `blob/` */
  chunk(rest: string, bytes: Uint8Array): void;
}

/**
 * @param site whose blobs they are
 * @param whole told when all of a step's blobs are there; whether they are what was named is not known yet
 */
export function blobDesk(
  site: string,
  whole: (channel: Channel, sha256: string, blobs: readonly BlobChunks[]) => void,
): BlobDesk {
  const fetches = new Map<Channel, Fetch>();
  let line: GuestLine | null = null;
  const filterOf = (sha256: string): string => `gk/1/${site}/_all/blob/${sha256}/+`;
  const ask = ({ parts }: Fetch): void => {
    for (const { name, assembly } of parts)
      if (assembly.missing().length > 0) line?.subscribe(filterOf(name.sha256));
  };
  const drop = (channel: Channel): void => {
    for (const { name } of fetches.get(channel)?.parts ?? [])
      line?.unsubscribe(filterOf(name.sha256));
    fetches.delete(channel);
  };
  /** Says so where nothing is missing any more. */
  const look = (fetch: Fetch): void => {
    if (fetch.parts.some(({ assembly }) => assembly.missing().length > 0)) return;
    drop(fetch.channel);
    const blobs = fetch.parts.map(({ name, assembly }) => ({ name, chunks: assembly.chunks() }));
    whole(fetch.channel, fetch.sha256, blobs);
  };
  return {
    fetch(channel, sha256, blobs) {
      drop(channel);
      const parts = blobs.map((name) => ({ name, assembly: assembleBlob(name) }));
      const fetch = { channel, sha256, parts };
      fetches.set(channel, fetch);
      ask(fetch);
    },
    drop,
    up(next) {
      line = next;
      for (const fetch of fetches.values()) ask(fetch);
    },
    down() {
      line = null;
    },
    chunk(rest, bytes) {
      const [sha256 = '', index = '', ...more] = rest.split('/');
      if (more.length > 0 || !/^(0|[1-9]\d{0,5})$/.test(index)) return;
      for (const fetch of fetches.values())
        for (const { name, assembly } of fetch.parts)
          if (name.sha256 === sha256) {
            const answer = assembly.take(Number(index), bytes);
            if (answer === 'taken') return look(fetch);
          }
    },
  };
}
