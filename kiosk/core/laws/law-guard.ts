/**
 * What only a guard on duty may do is done by the guard on duty, at a press of CONFIRM or OPEN, and
 * for the attempt that was shown: nothing is attested, chosen or opened by anything else.
 */

import type { Attempt } from '../attempt/attempt-state.js';
import { grantOf, type Observed } from './observed.js';

/** @returns what has happened without the guard who may do it, or null */
export function guardIsNamed(step: Observed): string | null {
  return unconfirmed(step) ?? openedByNobody(step);
}

function unconfirmed({ before, input, after }: Observed): string | null {
  const { attempt, duty } = after;
  if (attempt === null) return null;
  const last = before.attempt?.serial === attempt.serial ? before.attempt : null;
  const news = attempt.attested.filter((it) => last?.attested.includes(it) !== true);
  const isSaid =
    (input.type === 'button' && input.button === 'confirm' && input.event === 'pressed') ||
    input.type === 'details';
  if (news.length === 0 && !hasChosen(attempt, last)) return null;
  if (!isSaid) return `attested on ${input.type}`;
  if (duty === null) return 'attested by nobody';
  return news.every(({ guard }) => guard === duty.guard) ? null : 'attested by somebody else';
}

function hasChosen(attempt: Attempt, last: Attempt | null): boolean {
  return (
    attempt.selected !== (last?.selected ?? null) ||
    attempt.attended !== (last?.attended ?? null) ||
    attempt.arrivalDay !== (last?.arrivalDay ?? null) ||
    attempt.companions > (last?.companions ?? 0)
  );
}

function openedByNobody({ before, input, after }: Observed): string | null {
  const asked = grantOf(after.lane, ['committing']);
  if (asked === null || asked.override === null) return null;
  if (grantOf(before.lane, ['committing'])?.id === asked.id) return null;
  if (asked.accompanies !== null) {
    const adult = grantOf(before.lane, ['settling']);
    if (adult === null || !(adult.companions > asked.companions)) return 'a child of nobody';
    return asked.guard === adult.companionsGuard ? null : 'a child let pass by somebody else';
  }
  const isPressed = input.type === 'button' && input.button === 'open' && input.event === 'pressed';
  const isAsked =
    input.type === 'command' && input.name === 'open' && before.settings.mayOpenFromAfar;
  if (!isPressed && !isAsked) return `opened on ${input.type}`;
  return after.duty?.guard === asked.guard ? null : 'opened by nobody on duty';
}
