/** Joins the gates of one process without a broker, as the scripted day does: what one tells, the others hear. */
import type { KnownEntry } from '../../config/vocabulary.js';
import type { KnownPort } from '../../kiosk/gate-ports.js';

export interface KnownHub {
  /** @returns the port of one more gate */
  join(): KnownPort;
  /** The network between the gates fails; what they tell meanwhile comes when it is mended. */
  cut(): void;
  mend(): void;
}

interface Member {
  hear(entries: readonly unknown[]): void;
  reach(reachable: boolean): void;
}

/** @returns a hub without gates, and with its network whole */
export function knownHub(): KnownHub {
  const members = new Set<Member>();
  let isWhole = true;
  let waiting: { readonly from: object; readonly entries: readonly KnownEntry[] }[] = [];

  const tell = (from: object, entries: readonly KnownEntry[]): void => {
    for (const member of [...members]) if (member !== from) member.hear(entries);
  };
  const turn = (whole: boolean): void => {
    if (isWhole === whole) return;
    isWhole = whole;
    for (const member of [...members]) member.reach(whole);
  };
  return {
    join() {
      let hear: Member['hear'] = () => {};
      let reach: Member['reach'] = () => {};
      const member: Member = {
        hear: (entries) => hear(entries),
        reach: (reachable) => reach(reachable),
      };
      return {
        publish(entries) {
          if (isWhole) tell(member, entries);
          else waiting.push({ from: member, entries });
        },
        subscribe(listener) {
          hear = listener;
          members.add(member);
          return () => members.delete(member);
        },
        reachable(listener) {
          reach = listener;
          listener(isWhole);
          return () => {
            reach = () => {};
          };
        },
      };
    },
    cut: () => turn(false),
    mend() {
      turn(true);
      const told = waiting;
      waiting = [];
      for (const { from, entries } of told) tell(from, entries);
    },
  };
}
