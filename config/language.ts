/**
 * What the person's screen says in one language: the keys that every file of `config/languages/` has,
 * and nothing else. Types and data only; `language-files.ts` reads and checks.
 */

/** The main words, a few characters each: they stand an eighth of the screen high at least. */
export const headlineIds = [
  'starting',
  'idle',
  'passed',
  // what is next of the checklist
  'scan',
  'card',
  'wrist',
  'warm',
  'again',
  'away',
  'unmeasured',
  'ask',
  // the gate's answers
  'wait',
  'go',
  'refused',
  'unknown',
  'see-guard',
  'lockdown',
  'out-of-service',
  'emergency',
  'lost',
] as const;
export type HeadlineId = (typeof headlineIds)[number];

/** One clear next step each. */
export const stepIds = [
  'show-code',
  'show-code-or-card',
  'walk',
  'walk-calmly',
  'no-show',
  'wait-outside',
  'other-gate',
  'controller-lost',
  // the thermometer
  'measure',
  'too-cold',
  'too-hot',
  'not-new',
  'ambient',
  // after a refusal
  'not-ours',
  'ask-issuer',
  'not-yet-valid',
  'expired',
  'revoked',
  'already-used',
  'outside-window',
  'wrong-zone',
  'incomplete',
  'ask-guard',
  // a part that has failed, said before anybody shows anything
  'no-thermometer',
  'no-card-reader',
  'no-turnstile',
  'no-record',
  'no-clock',
] as const;
export type StepId = (typeof stepIds)[number];

/** Next steps about one line of the checklist, which stands where the file has `{paper}`. */
export const paperStepIds = ['show-paper', 'lay-paper', 'guard-asks'] as const;
export type PaperStepId = (typeof paperStepIds)[number];

/** Labels, one or two words each. */
export const labelIds = ['in', 'out', 'temperature', 'normal'] as const;
export type LabelId = (typeof labelIds)[number];

export interface Language {
  readonly $schema?: string;
  /** BCP 47, e.g. `zh-CN`: tells the browser the font and where lines may break */
  readonly tag: string;
  /** words that no line may break, for languages that are written without spaces */
  readonly unbroken?: readonly string[];
  readonly headlines: Readonly<Record<HeadlineId, string>>;
  readonly steps: Readonly<Record<StepId | PaperStepId, string>>;
  readonly labels: Readonly<Record<LabelId, string>>;
  /** the policy's labels by their English: a language other than zh and en has no other source */
  readonly papers?: Readonly<Record<string, string>>;
}

/** Languages on the screen at once: one large, one below. */
export const languagesMax = 2;
/** The files of `config/languages/`, by their names. */
export const shippedLanguages: readonly string[] = ['en', 'zh'];
/** Where `kiosk.json` says nothing. */
export const usualLanguages: readonly string[] = ['zh', 'en'];
