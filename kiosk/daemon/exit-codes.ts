/** How a run of the daemon ends, for whoever started it: a person or the supervisor. */

/**
 * The supervisor starts the gate again after 1, 70 and 71; after 2 a person has to mend something
 * first. After three of 70 and 71 in ten minutes it starts out of service (`bad-ends.ts`). The numbers from 64 on are those of sysexits(3).
 */
export const exitCodes = {
  /** ended by SIGTERM or SIGINT, everything written */
  fine: 0,
  /** the journal, the state directory or the screen's port cannot be used; told what to do */
  cannotStart: 1,
  /** wrong usage, or a configuration, policy or key file refused; every problem told */
  wrongConfiguration: 2,
  /** EX_SOFTWARE: a broken law, an uncaught exception, an unhandled rejection */
  fault: 70,
  /**
   * EX_OSERR: a part of the process is gone (the relay's or the journal's thread), or the disk did
   * not take the last records in time. A gate without its relay cannot even open for EMERGENCY, so
   * it is better started anew at once than kept.
   */
  partLost: 71,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A second signal ends the process at once, with 128 + its number as shells tell it. */
export const signalExitBase = 128;
