/** What somebody in the booth sees and hears of lamps and buzzer: the outputs' edges, drawn. Pure. */
import { type SignalName, signalLines } from './patterns.js';

export interface SignalTwin {
  /** An output has changed; times do not run back. */
  edge(line: string, on: boolean, atMs: number): void;
  isOn(signal: SignalName): boolean;
  /** `beats` characters from `fromMs` on: `#` where it was on in the middle of that beat, else `.`. */
  drawn(signal: SignalName, fromMs: number, beatMs: number, beats: number): string;
}

/** A minute of the fastest pattern and more; older edges are forgotten. */
const edgesKept = 1_024;

/** Makes a twin that has seen everything off. */
export function signalTwin(): SignalTwin {
  const edges = new Map<string, { readonly on: boolean; readonly atMs: number }[]>();
  const wasOn = (line: string, atMs: number): boolean =>
    edges.get(line)?.findLast((edge) => edge.atMs <= atMs)?.on ?? false;
  return {
    edge(line, on, atMs) {
      edges.set(line, [...(edges.get(line) ?? []), { on, atMs }].slice(-edgesKept));
    },
    isOn: (signal) => wasOn(signalLines[signal], Number.POSITIVE_INFINITY),
    drawn: (signal, fromMs, beatMs, beats) =>
      Array.from({ length: beats }, (_, beat) =>
        wasOn(signalLines[signal], fromMs + (beat + 0.5) * beatMs) ? '#' : '.',
      ).join(''),
  };
}
