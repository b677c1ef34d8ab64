/** What may be shown of an id to whoever looks over the person's shoulder. */

/** An id this short would be told by its ends. */
const shortIdLength = 5;
/** One length for all: the number of stars must not tell the length. */
const stars = '****';

/**
 * @param id a campus id
 * @returns its first and last two characters with stars between; of a short one the first only
 */
export function maskId(id: string): string {
  if (id.length <= shortIdLength) return `${id.slice(0, 1)}${stars}`;
  return `${id.slice(0, 2)}${stars}${id.slice(-2)}`;
}
