/** What an attack is: what somebody tries, and the check that stands in its way. */

/** A place in the built JavaScript, and what stands there once the check is gone. */
export interface Edit {
  /** below `dist/` */
  readonly file: string;
  /** stands there exactly once */
  readonly find: string;
  readonly put: string;
}

export interface Attack {
  /** one line of the list of attacks; no two are alike */
  readonly line: string;
  /** takes one check away */
  readonly removed: readonly Edit[];
  /** @returns null: it got nothing; else what it got, in words */
  attempt(): string | null | Promise<string | null>;
}

/** Takes a file, what stands in it, and what does without the check; returns the one edit. */
export function without(file: string, find: string, put: string): readonly Edit[] {
  return [{ file, find, put }];
}
