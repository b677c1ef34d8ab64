/** Lamps, buzzer and what they can show: the tables. Data only; the driver plays them. */

export interface LampTraits {
  /** the name of the output in the board map */
  readonly line: string;
  /** IEC 60073: red danger, yellow abnormal, green normal, blue needs an action */
  readonly colour: 'red' | 'yellow' | 'green' | 'blue';
}

export const lamps = {
  normal: { line: 'lamp-normal', colour: 'green' },
  /** somebody is to do something: a person is referred, a stop is held */
  attention: { line: 'lamp-attention', colour: 'blue' },
  fault: { line: 'lamp-fault', colour: 'yellow' },
  lockdown: { line: 'lamp-lockdown', colour: 'red' },
} as const satisfies Readonly<Record<string, LampTraits>>;

export const buzzerLine = 'buzzer';

/** A pattern, drawn: each character is one beat, `#` on and `.` off, over and over. */
export interface Pattern {
  readonly beatMs: number;
  readonly drawn: string;
}

/**
 * IEC 60073: fast is unacknowledged, steady acknowledged. Its slow flash is 24 to 48 a minute, its
 * fast one 84 to 168: here 30 and 120, far enough apart to be told from each other alone, and below
 * the three a second that WCAG 2.3.1 allows.
 */
export const lampPatterns = {
  off: { beatMs: 250, drawn: '.' },
  on: { beatMs: 250, drawn: '#' },
  slow: { beatMs: 250, drawn: '####....' },
  fast: { beatMs: 250, drawn: '#.' },
} as const satisfies Readonly<Record<string, Pattern>>;

/** The more urgent, the faster and the less silence; told apart with eyes closed. */
export const buzzerPatterns = {
  silent: { beatMs: 100, drawn: '.' },
  /** somebody waits: two short tones every three seconds */
  attention: { beatMs: 100, drawn: '#.#...........................' },
  /** an alarm stands */
  alarm: { beatMs: 100, drawn: '#####.....' },
  /** EMERGENCY, fire */
  siren: { beatMs: 100, drawn: '##.' },
} as const satisfies Readonly<Record<string, Pattern>>;

export type Lamp = keyof typeof lamps;
export type LampPattern = keyof typeof lampPatterns;
export type BuzzerPattern = keyof typeof buzzerPatterns;
export type SignalName = Lamp | 'buzzer';

/** What all of them show. */
export interface SignalState {
  readonly lamps: Readonly<Record<Lamp, LampPattern>>;
  readonly buzzer: BuzzerPattern;
}

/** Everything that can be shown or heard, for whoever looks whether it works. */
export const allOn: SignalState = {
  lamps: { normal: 'on', attention: 'on', fault: 'on', lockdown: 'on' },
  buzzer: 'attention',
};

export const darkAndSilent: SignalState = {
  lamps: { normal: 'off', attention: 'off', fault: 'off', lockdown: 'off' },
  buzzer: 'silent',
};

/** The output line of each. */
export const signalLines: Readonly<Record<SignalName, string>> = {
  normal: lamps.normal.line,
  attention: lamps.attention.line,
  fault: lamps.fault.line,
  lockdown: lamps.lockdown.line,
  buzzer: buzzerLine,
};

/** The pattern of each under `state`. */
export function patternsOf(state: SignalState): Readonly<Record<SignalName, Pattern>> {
  const { normal, attention, fault, lockdown } = state.lamps;
  return {
    normal: lampPatterns[normal],
    attention: lampPatterns[attention],
    fault: lampPatterns[fault],
    lockdown: lampPatterns[lockdown],
    buzzer: buzzerPatterns[state.buzzer],
  };
}
