/**
 * Of two entries of one name, which one stands. Gates merge what they tell each other as sets: the
 * answer depends on the entries alone, so any order and any repetition gives the same set.
 */
import type { KnownEntry } from '../../../config/vocabulary.js';

type Times = Pick<KnownEntry, 'at' | 'until'>;

/**
 * A person's last passage is the newest; an isolation lasts as long as anybody says; a household's
 * ticket was first seen when the first gate saw it; what is spent is kept for as long as it may be
 * asked for.
 * @param type of both entries
 * @param entry another one of the same name
 * @param held what is known
 * @returns whether it takes the place of what is known; times that are none never do
 */
export function supersedes(type: KnownEntry['type'], entry: Times, held: Times): boolean {
  const later = Date.parse(entry.at) - Date.parse(held.at);
  const longer = Date.parse(entry.until) - Date.parse(held.until);
  switch (type) {
    case 'passage':
      return later > 0 || (later === 0 && longer > 0);
    case 'window':
      return later < 0 || (later === 0 && longer > 0);
    case 'isolation':
    case 'ticket':
    case 'code':
      return longer > 0 || (longer === 0 && later > 0);
  }
}
