/**
 * How long a gate keeps what: types, bounds and defaults. The journal purges by it, and never what is
 * undelivered. Data only.
 */

export interface Retention {
  /** of sealed parts by their kind, and of records: from their date on */
  readonly days: {
    readonly 'id-card': number;
    readonly temperature: number;
    readonly details: number;
    readonly records: number;
  };
  /** the oldest beyond these give way, where they are delivered */
  readonly recordsMax: number;
  /** of the database, without what is free in it */
  readonly megabytesMax: number;
}

/** As `kiosk.json` has it; what is left out is as `retentionDefaults`. */
export interface RetentionConfig {
  readonly idCardDays?: number;
  readonly temperatureDays?: number;
  readonly detailsDays?: number;
  readonly recordDays?: number;
  readonly recordsMax?: number;
  readonly megabytesMax?: number;
}

/**
 * Private parts go as soon as their purpose at the gate is over: an isolation and an incubation last
 * 14 days, and the collector has them. Records hold tokens and are what a dispute, a check of the gate
 * or the six months that logs are to be kept (Cybersecurity Law of China, article 21) go by: a year.
 */
export const retentionDefaults = {
  idCardDays: 14,
  temperatureDays: 14,
  detailsDays: 14,
  recordDays: 365,
  recordsMax: 1_000_000,
  megabytesMax: 2_000,
} as const satisfies Required<RetentionConfig>;

/** What may be configured. A gate must be able to be cut off for days without coming to its cap. */
export const retentionRanges = {
  days: { min: 1, max: 3_650 },
  recordsMax: { min: 10_000, max: 10_000_000 },
  megabytesMax: { min: 64, max: 100_000 },
} as const;

/**
 * @returns what keeps everything that either of them keeps: by it a journal purges while one of them is on
 *   trial in the place of the other, for what has gone does not come back
 */
export function longerRetention(one: Retention, other: Retention): Retention {
  const most = (of: (it: Retention) => number): number => Math.max(of(one), of(other));
  return {
    days: {
      'id-card': most(({ days }) => days['id-card']),
      temperature: most(({ days }) => days.temperature),
      details: most(({ days }) => days.details),
      records: most(({ days }) => days.records),
    },
    recordsMax: most(({ recordsMax }) => recordsMax),
    megabytesMax: most(({ megabytesMax }) => megabytesMax),
  };
}

/**
 * @param config of `journal.retention`; left out: nothing is configured
 * @returns what holds
 */
export function retentionOf(config: RetentionConfig = {}): Retention {
  const whole = { ...retentionDefaults, ...config };
  return {
    days: {
      'id-card': whole.idCardDays,
      temperature: whole.temperatureDays,
      details: whole.detailsDays,
      records: whole.recordDays,
    },
    recordsMax: whole.recordsMax,
    megabytesMax: whole.megabytesMax,
  };
}
