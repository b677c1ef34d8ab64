/** On the board: what can be seen of a daemon from outside, its lines, its pages, its process. */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { Gate } from '../system/rig.js';
import { nowMs, pause, tools } from './daemon-time.js';
import { sense } from './gpio-sim.js';

export interface Edge {
  /** null: the chip is gone */
  readonly level: boolean | null;
  readonly atMs: number;
}

/** What the far side of the grant's line saw. */
export interface Pulse {
  readonly lengthMs: number;
  /** it went with its chip */
  readonly cut: boolean;
}

export interface WatchedLine {
  /** all so far; the first is a change, too */
  readonly edges: readonly Edge[];
  /** Looks now. */
  level(): boolean | null;
  /** The first edge to this level behind so many that are known; null: it has not come by then. */
  next(wanted: boolean, from: number, limitMs: number): Promise<Edge | null>;
}

/** Shortest pause between two looks; the board has one processor for all. */
const lookMs = 4;

/** Follows the level that the far side of a line has; it begins low. */
export function watchLine(offset: number): WatchedLine {
  const edges: Edge[] = [];
  let level: boolean | null = false;
  const look = (): void => {
    let now: boolean | null = null;
    try {
      now = sense(offset);
    } catch {
      // The chip is gone.
    }
    if (now === level) return;
    level = now;
    edges.push({ level, atMs: nowMs() });
  };
  const again = (): void => {
    look();
    tools.scheduler.at(nowMs() + lookMs, again);
  };
  again();
  return {
    edges,
    level() {
      look();
      return level;
    },
    async next(wanted, from, limitMs) {
      const endMs = nowMs() + limitMs;
      for (;;) {
        const found = edges.slice(from).find((edge) => edge.level === wanted);
        if (found !== undefined) return found;
        if (nowMs() > endMs) return null;
        await pause(lookMs);
      }
    },
  };
}

/** @returns the pulses that begin among these edges; one that is still on is none yet */
export function pulsesOf(edges: readonly Edge[]): readonly Pulse[] {
  return edges.flatMap(({ level, atMs }, index) => {
    const end = edges[index + 1];
    if (level !== true || end === undefined) return [];
    return [{ lengthMs: end.atMs - atMs, cut: end.level === null }];
  });
}

/** @returns what `/readyz` says: whether somebody passes, and if not, why */
export function readiness({ port }: Pick<Gate, 'port'>): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/readyz' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      response.on('end', () => resolve(text.trim()));
    }).once('error', reject);
  });
}

/** @returns who the daemon runs as */
export function userIdOf({ pid }: Pick<Gate, 'pid'>): number {
  return Number(/^Uid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
