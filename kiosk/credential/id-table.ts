/**
 * A set of credentials by their 16-byte ids (kid ‖ cti), for a million of them: one typed array of
 * 32 MB instead of a million strings, made in one thread and handed to another without a copy.
 * Open addressing, at most half full. Pure.
 */

/** 32-bit words of an id. */
export const wordsPerId = 4;
const hexDigitsPerWord = 8;
const idShape = /^[0-9a-f]{32}$/;

export interface IdSet {
  readonly size: number;
  /** @param id 32 hex digits in lower case */
  has(id: string): boolean;
  values(): Iterable<string>;
  /** where the set is one over a table: that table */
  readonly table?: IdTableData;
}

/** What a table is made of; its memory can be handed over. */
export interface IdTableData {
  /** four words a slot; an empty one is all zeros */
  readonly slots: Uint32Array;
  readonly size: number;
  /** the id that looks like an empty slot is in it */
  readonly hasZero: boolean;
}

/**
 * @param words four an id, in any order; an id that comes twice counts once
 * @returns the table
 */
export function buildIdTable(words: Uint32Array): IdTableData {
  const count = words.length / wordsPerId;
  let capacity = 2;
  while (capacity < 2 * count) capacity *= 2;
  const slots = new Uint32Array(capacity * wordsPerId);
  let size = 0;
  let hasZero = false;
  for (let at = 0; at < words.length; at += wordsPerId) {
    const [one = 0, two = 0, three = 0, four = 0] = [
      words[at],
      words[at + 1],
      words[at + 2],
      words[at + 3],
    ];
    if ((one | two | three | four) === 0) {
      if (!hasZero) size += 1;
      hasZero = true;
      continue;
    }
    const slot = slotOf(slots, one, two, three, four);
    if (!isEmpty(slots, slot)) continue;
    slots[slot] = one;
    slots[slot + 1] = two;
    slots[slot + 2] = three;
    slots[slot + 3] = four;
    size += 1;
  }
  return { slots, size, hasZero };
}

/** @returns the set over a table */
export function openIdTable(table: IdTableData): IdSet {
  const { slots, size, hasZero } = table;
  return {
    size,
    table,
    has(id) {
      if (!idShape.test(id)) return false;
      const [one = 0, two = 0, three = 0, four = 0] = wordsOf(id);
      if ((one | two | three | four) === 0) return hasZero;
      return !isEmpty(slots, slotOf(slots, one, two, three, four));
    },
    *values() {
      if (hasZero) yield '0'.repeat(wordsPerId * hexDigitsPerWord);
      for (let slot = 0; slot < slots.length; slot += wordsPerId)
        if (!isEmpty(slots, slot)) yield hexOf(slots.subarray(slot, slot + wordsPerId));
    },
  };
}

/** Takes an id, 32 hex digits; returns its four words. */
export function wordsOf(id: string): readonly number[] {
  return [0, 8, 16, 24].map((at) => Number.parseInt(id.slice(at, at + hexDigitsPerWord), 16));
}

function hexOf(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(hexDigitsPerWord, '0')).join('');
}

/** Where the id is, or the empty slot where it would be. */
function slotOf(slots: Uint32Array, one: number, two: number, three: number, four: number): number {
  const mask = slots.length / wordsPerId - 1;
  let mixed =
    Math.imul(one, 0x9e3779b1) ^
    Math.imul(two, 0x85ebca77) ^
    Math.imul(three, 0xc2b2ae3d) ^
    Math.imul(four, 0x27d4eb2f);
  mixed ^= mixed >>> 15;
  for (let index = mixed & mask; ; index = (index + 1) & mask) {
    const slot = index * wordsPerId;
    if (isEmpty(slots, slot)) return slot;
    const isIt =
      slots[slot] === one &&
      slots[slot + 1] === two &&
      slots[slot + 2] === three &&
      slots[slot + 3] === four;
    if (isIt) return slot;
  }
}

function isEmpty(slots: Uint32Array, slot: number): boolean {
  return (
    ((slots[slot] ?? 0) |
      (slots[slot + 1] ?? 0) |
      (slots[slot + 2] ?? 0) |
      (slots[slot + 3] ?? 0)) ===
    0
  );
}
