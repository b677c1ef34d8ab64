/**
 * Law 1 before a turnstile that wants a level: it is held open while somebody is waited for, and no moment
 * longer. One that wants a pulse is never cut short.
 */
import { grantOf, type Observed } from './observed.js';

/** @returns which level is left on, or ended though it is waited for, or null */
export function levelIsEnded({ before, after, effects }: Observed): string | null {
  const ends = effects.flatMap((effect, index) =>
    effect.type === 'relay-end' ? [{ id: effect.id, index }] : [],
  );
  if (after.settings.turnstileMode !== 'level')
    return ends.length === 0 ? null : 'a pulse cut short';
  const waiting = grantOf(after.lane, ['granted'])?.id;
  const begun = effects.flatMap((effect, index) =>
    effect.type === 'relay-pulse' ? [{ id: effect.id, index }] : [],
  );
  const held = grantOf(before.lane, ['granted']);
  const levels = [...(held === null ? [] : [{ id: held.id, index: -1 }]), ...begun];
  for (const { id, index } of levels) {
    const isEnded = ends.some((end) => end.id === id && end.index > index);
    if (id === waiting && isEnded) return 'a level ended while it is waited for';
    if (id !== waiting && !isEnded) return 'a level that nobody ends';
  }
  return ends.every((end) => levels.some(({ id }) => id === end.id)) ? null : 'a level of nobody';
}
