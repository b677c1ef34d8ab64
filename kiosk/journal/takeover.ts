/** What a journal has taken over from one that could not be used any more. Types only. */

/** Why a journal follows another one by itself, and what it has taken over. */
export interface Takeover {
  /** `missing`: its file was gone, only the note beside it was there */
  readonly cause: 'damaged' | 'missing';
  /** what was found, in the words of whoever found it: nothing of a record's contents */
  readonly detail: string;
  /** the name under which the damaged one is kept, in the same folder; null: there was none */
  readonly kept: string | null;
  readonly usesCount: number;
  /** every use of a paper that it knew could be read */
  readonly isWhole: boolean;
}

/** What has become of the journal before this one. */
export interface Replaced extends Takeover {
  /** its last record that is known; null: none is */
  readonly previous: {
    readonly journal: string;
    readonly seq: number;
    readonly hash: string;
  } | null;
}
