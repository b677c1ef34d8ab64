/** Pseudo-random numbers from a seed: one seed reproduces a run. Never for keys or nonces. */

export interface Random {
  /** At least 0 and less than 1. */
  next(): number;
  /** A whole number, at least 0 and less than `n`; 0 where `n` is less than 1. */
  int(n: number): number;
  /** One of `items`, which must not be empty. */
  pick<T>(items: readonly [T, ...T[]]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
  bytes(n: number): Uint8Array;
}

/**
 * Makes a generator (sfc32 of the PractRand suite, seeded through twelve warm-up rounds).
 * Takes any number as `seed`; only its lower 32 bits and the 32 bits above them count.
 */
export function random(seed: number): Random {
  let a = seed >>> 0;
  let b = Math.floor(seed / 0x1_0000_0000) >>> 0;
  let c = 0x9e37_79b9;
  let counter = 1;

  const word = (): number => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum;
  };
  for (let round = 0; round < 12; round++) word();

  const next = (): number => word() / 0x1_0000_0000;
  const int = (n: number): number => Math.floor(next() * Math.max(0, n));
  return {
    next,
    int,
    pick: ([first, ...rest]) => {
      const index = int(rest.length + 1);
      return index === 0 ? first : (rest[index - 1] ?? first);
    },
    chance: (p) => next() < p,
    bytes(n) {
      // A plain loop: long runs draw gigabytes, and a callback for each byte was a third of their time.
      const bytes = new Uint8Array(Math.max(0, n));
      for (let index = 0; index < bytes.length; index++) bytes[index] = word();
      return bytes;
    },
  };
}
