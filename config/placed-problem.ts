/** A problem and its place in a value, before it is known which file that came from. Type only. */
export interface PlacedProblem {
  /** `devices.scanner.link.path`, `rules[1].order`; empty: the whole value */
  readonly place: string;
  readonly problem: string;
}
