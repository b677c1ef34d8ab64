/** What the gate goes by changes while nobody is at it: one attempt, one configuration. */
import { grantOf, type Observed } from './observed.js';

/** @returns what goes on under another configuration than it began with, or null */
export function settingsChangeAtRest({ before, input, after }: Observed): string | null {
  if (before.settings === after.settings) return null;
  if (after.attempt !== null) return 'an attempt under two configurations';
  const open = grantOf(after.lane, ['committing', 'granted', 'passing', 'settling']);
  if (open !== null) return 'a passage under two configurations';
  const asked = input.type === 'configuration' && input.event === 'entered' ? input.settings : null;
  const isAsked = after.settings === asked || after.settings === before.pending?.settings;
  return isAsked ? null : 'a configuration that nobody has asked for';
}
