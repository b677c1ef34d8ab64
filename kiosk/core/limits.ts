/** The gate's own durations and bounds, each with its reason; the policy's stand in the policy. */

/** Durations that are the gate's own and no policy's. Milliseconds. */
export const timing = {
  /** a disk slower than this is a failed disk for this grant: read to actuate ≤ 2 s (GB 50396 5.1.2) */
  commitMsMax: 1_500,
  /**
   * The turnstile's own window for one passage (PERCo: 5 s), and a second for its clock to begin
   * after ours and for the sensor to tell of a body that came in the window's last moment.
   */
  grantMs: 6_000,
  /**
   * How long a turnstile that wants a level is held open for somebody to come; what is left of the window
   * is for the sensor to tell of who came last.
   */
  levelMs: 5_000,
  /** an arm turning longer than this has been left standing */
  passingMsMax: 15_000,
  /** a second body this soon after the first came through on the same opening */
  settlingMs: 1_000,
  /** how long the screen shows a refusal */
  verdictMs: 4_000,
  /** how often a slice of what may be forgotten is */
  housekeepingMs: 10_000,
  /** how long one telling of a fire holds the release; it is told again after half of it */
  fireHoldMs: 60_000,
  /** how long a press's answer stands in the booth */
  feedbackMs: 4_000,
  /** how long after an opening its reason may still be said */
  reasonMs: 60_000,
  /** a refused exit calls the guard within so long; who comes sooner behind another is called for */
  callMs: 5_000,
  /** how soon a failed disk is tried again */
  retryMs: 1_000,
} as const;

/** Records of what is refused or ignored again: an honest lane needs fewer, a flood writes 20 MB a day. */
export const refusalLimits = {
  /** at once */
  burst: 120,
  /** then one more each */
  everyMs: 2_000,
} as const;
/** Grants that may wait for a late answer: while one does, no other is begun. */
export const lateGrantsMax = 64;
/** Writings kept in memory while the disk fails: a morning's rush at one lane. */
export const unwrittenMax = 256;
/** Distinct alarm codes are few; the limit keeps a bug from growing the state. */
export const alarmsMax = 64;
/** Papers of one attempt; the longest rule reads five. */
export const documentsMax = 8;
/** People with a fever in the last hour: a lane passes 45 a minute, few of them ill. */
export const feversMax = 256;
/** People whose details are waited for: a bus load of returnees. */
export const detailsOwedMax = 16;
