/**
 * The lane's machine. All its transitions stand in `laneTable`; choosing one never performs it.
 *
 * Theory of operation: the lane is `locked` unless a grant has been journalled. A decision to grant
 * makes it `committing`; only the journal's answer for that grant makes it `granted` (the relay is
 * pulsed on this transition and nowhere else; a level ends where `granted` does). The arm turning makes it `passing`, its coming to
 * rest `settling`: for a moment a second body is a tailgate and not the next person. Who turns back in
 * the arm has not passed, and the turnstile still lets somebody through: it is `granted` for the rest
 * of its window. Nobody turning the arm in time is a no-show. A body in a lane that nobody was granted is `forced`; one that moves
 * against the lane's direction is `reverse`. The guard's override takes the same way, but for the
 * disk: it opens though nothing could be written. `lockdown` takes no grant at all, `fault` (turnstile
 * or relay not sound) only an override; what has opened already ends as it would.
 */
export type LaneName =
  | 'locked'
  | 'lockdown'
  | 'fault'
  | 'committing'
  | 'granted'
  | 'passing'
  | 'settling';

/** Where nobody has been let through yet, or is any more. */
export type RestingLaneName = 'locked' | 'lockdown' | 'fault';

export type LaneEvent =
  /** a decision to grant was sent to the journal */
  | 'grant'
  /** the journal has synced this grant */
  | 'committed'
  /** the journal could not write this grant */
  | 'commit-failed'
  /** it could not write this override, or not in time: the guard's word opens all the same */
  | 'unwritten'
  /** the guard opens: a grant that is no rule's */
  | 'override'
  /** the arm begins to turn */
  | 'entered'
  /** the arm begins to turn for a child that the guard lets pass with its adult */
  | 'companion'
  /** the arm has come to rest */
  | 'left'
  /** a body against the lane's direction */
  | 'reversed'
  /** the pulse has ended and there is no passage sensor */
  | 'unsensed'
  /** the relay's owner refused the pulse */
  | 'relay-refused'
  /** emergency or a part's failure takes an unopened grant back */
  | 'withdraw'
  | 'lockdown-on'
  | 'lockdown-off'
  /** turnstile or relay are not sound, or are again */
  | 'fault-on'
  | 'fault-off'
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
  | 'accompanied'
  | 'turned-back'
  | 'reverse'
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
    override: { to: 'committing' },
    entered: { to: 'locked', outcome: 'forced' },
    reversed: { to: 'locked', outcome: 'reverse' },
    'lockdown-on': { to: 'lockdown' },
    'fault-on': { to: 'fault' },
  },
  lockdown: {
    entered: { to: 'lockdown', outcome: 'forced' },
    reversed: { to: 'lockdown', outcome: 'reverse' },
    'lockdown-off': { to: 'locked' },
  },
  fault: {
    override: { to: 'committing' },
    entered: { to: 'fault', outcome: 'forced' },
    reversed: { to: 'fault', outcome: 'reverse' },
    'lockdown-on': { to: 'lockdown' },
    'fault-off': { to: 'locked' },
  },
  committing: {
    committed: { to: 'granted', outcome: 'opened' },
    'commit-failed': { to: 'locked', outcome: 'not-opened' },
    unwritten: { to: 'granted', outcome: 'opened' },
    timeout: { to: 'locked', outcome: 'not-opened' },
    withdraw: { to: 'locked', outcome: 'not-opened' },
    entered: { to: 'committing', outcome: 'forced' },
    reversed: { to: 'committing', outcome: 'reverse' },
  },
  granted: {
    entered: { to: 'passing' },
    unsensed: { to: 'settling', outcome: 'unsensed' },
    'relay-refused': { to: 'locked', outcome: 'not-opened' },
    timeout: { to: 'locked', outcome: 'no-show' },
    reversed: { to: 'granted', outcome: 'reverse' },
  },
  passing: {
    left: { to: 'settling', outcome: 'passed' },
    reversed: { to: 'granted', outcome: 'turned-back' },
    timeout: { to: 'settling', outcome: 'passed-slowly' },
  },
  settling: {
    entered: { to: 'settling', outcome: 'tailgate' },
    companion: { to: 'settling', outcome: 'accompanied' },
    reversed: { to: 'settling', outcome: 'reverse' },
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
