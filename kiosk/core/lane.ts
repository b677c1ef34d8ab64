/**
 * The lane's machine. All its transitions stand in `laneTable`; choosing one never performs it.
 *
 * Theory of operation: the lane is `locked` unless a grant has been journalled. A decision to grant
 * makes it `committing`; only the journal's answer for that grant makes it `granted` (the relay is
 * pulsed on this transition and nowhere else). The arm turning makes it `passing`, its coming to
 * rest `settling`: for a moment a second body is a tailgate and not the next person. Nobody turning
 * the arm in time is a no-show. A body in a lane that nobody was granted is `forced`.
 */
export type LaneName = 'locked' | 'committing' | 'granted' | 'passing' | 'settling';

export type LaneEvent =
  /** a decision to grant was sent to the journal */
  | 'grant'
  /** the journal has synced this grant */
  | 'committed'
  /** the journal could not write this grant */
  | 'commit-failed'
  /** the arm begins to turn */
  | 'entered'
  /** the arm has come to rest */
  | 'left'
  /** the pulse has ended and there is no passage sensor */
  | 'unsensed'
  /** the relay's owner refused the pulse */
  | 'relay-refused'
  /** emergency or a part's failure takes an unopened grant back */
  | 'withdraw'
  /** this state's deadline has passed */
  | 'timeout';

/** What a transition means for the grant; recorded as sensed, never as wished. */
export type LaneOutcome =
  | 'opened'
  | 'passed'
  | 'passed-slowly'
  | 'unsensed'
  | 'no-show'
  | 'tailgate'
  | 'forced'
  | 'not-opened';

export interface Transition {
  readonly to: LaneName;
  readonly outcome?: LaneOutcome;
}

/** State × event → transition. What is not listed is nothing: the lane stays as it is. */
export const laneTable: Readonly<
  Record<LaneName, Readonly<Partial<Record<LaneEvent, Transition>>>>
> = {
  locked: {
    grant: { to: 'committing' },
    entered: { to: 'locked', outcome: 'forced' },
  },
  committing: {
    committed: { to: 'granted', outcome: 'opened' },
    'commit-failed': { to: 'locked', outcome: 'not-opened' },
    timeout: { to: 'locked', outcome: 'not-opened' },
    withdraw: { to: 'locked', outcome: 'not-opened' },
    entered: { to: 'committing', outcome: 'forced' },
  },
  granted: {
    entered: { to: 'passing' },
    unsensed: { to: 'settling', outcome: 'unsensed' },
    'relay-refused': { to: 'locked', outcome: 'no-show' },
    timeout: { to: 'locked', outcome: 'no-show' },
  },
  passing: {
    left: { to: 'settling', outcome: 'passed' },
    timeout: { to: 'settling', outcome: 'passed-slowly' },
  },
  settling: {
    entered: { to: 'settling', outcome: 'tailgate' },
    timeout: { to: 'locked' },
  },
};

/** @returns the transition for an event in a state, or null where the event means nothing there */
export function laneTransition(name: LaneName, event: LaneEvent): Transition | null {
  return laneTable[name][event] ?? null;
}

/** @returns the table as a Mermaid state diagram, for the documents */
export function laneDiagram(): string {
  const lines = ['stateDiagram-v2', '  [*] --> locked'];
  for (const [from, events] of Object.entries(laneTable))
    for (const [event, transition] of Object.entries(events))
      lines.push(
        `  ${from} --> ${transition.to}: ${event}${transition.outcome ? ` / ${transition.outcome}` : ''}`,
      );
  return lines.join('\n');
}
