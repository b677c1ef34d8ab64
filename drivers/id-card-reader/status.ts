/** What a SAM_V module answers, by the third status byte. Data only. See PROTOCOL.md. */

/** SW3 of a response: the reader's own status (SW1 and SW2 are the card's). */
export const statusesByCode = {
  144: 'ok',
  159: 'found',
  128: 'no-card',
  129: 'select-failed',
  65: 'read-failed',
  96: 'self-test-failed',
  102: 'not-authorised',
  16: 'bad-checksum-sent',
  17: 'bad-length-sent',
  33: 'bad-command',
  36: 'unrecognised-error',
  49: 'card-rejected-reader',
  50: 'reader-rejected-card',
  51: 'verification-failed',
  64: 'wrong-card-type',
  71: 'random-number-failed',
  145: 'item-absent',
} as const;

/** `gave-up` is the time-out frame of some makers' hosts; `unknown` any other SW3. */
export type Status = (typeof statusesByCode)[keyof typeof statusesByCode] | 'gave-up' | 'unknown';

/** Answers to a select or a read that say: not this card, or not this time. */
export const cardFailures = [
  'no-card',
  'select-failed',
  'read-failed',
  'card-rejected-reader',
  'reader-rejected-card',
  'verification-failed',
  'wrong-card-type',
  'random-number-failed',
  'item-absent',
] as const satisfies readonly Status[];
export type CardFailure = (typeof cardFailures)[number];

/** Answers that any command may get: the module, or the way to it, is in trouble. */
export const moduleTroubles = [
  'bad-checksum-sent',
  'bad-length-sent',
  'bad-command',
  'unrecognised-error',
  'unknown',
  'gave-up',
] as const satisfies readonly Status[];
export type ModuleTrouble = (typeof moduleTroubles)[number];

/** Answers of a module that refuses all work. */
export const moduleFaults = [
  'self-test-failed',
  'not-authorised',
] as const satisfies readonly Status[];
export type ModuleFault = (typeof moduleFaults)[number];
