/**
 * What the page may send, read strictly: an unknown member, a wrong type or a long text refuses it.
 * Whether a text can be a name or a number is for who seals it to say.
 */
import {
  type DetailField,
  detailFields,
  type PanelButton,
  panelButtons,
} from '../../config/vocabulary.js';
import type { DetailsInput } from '../evidence/details.js';

/** Characters of one field before it is looked at: an address of a few lines. */
export const fieldCharactersMax = 200;

export interface Press {
  readonly button: PanelButton;
  readonly event: 'pressed' | 'released';
  /** the prompt that the page showed when CONFIRM went down; null: it showed none */
  readonly prompt: string | null;
}

/**
 * Reads `{button, event}`; a CONFIRM that goes down names the `prompt` that was shown (null: none),
 * nothing else does.
 * @returns the press, or null for anything else
 */
export function parsePress(value: unknown): Press | null {
  const members = membersOf(value);
  const button = panelButtons.find((it) => it === members?.get('button'));
  const event = (['pressed', 'released'] as const).find((it) => it === members?.get('event'));
  if (members === null || button === undefined || event === undefined) return null;
  const isConfirm = button === 'confirm' && event === 'pressed';
  if (members.size !== (isConfirm ? 3 : 2)) return null;
  const prompt = isConfirm ? members.get('prompt') : null;
  return prompt === null || typeof prompt === 'string' ? { button, event, prompt } : null;
}

/** Reads `{token}`. @returns the text, or null for anything else */
export function parseLogin(value: unknown): string | null {
  const members = membersOf(value);
  const token = members?.get('token');
  return members?.size === 1 && typeof token === 'string' ? token : null;
}

/** Reads `{attempt, fields}`. @returns the details, or null for anything else */
export function parseDetails(value: unknown): DetailsInput | null {
  const members = membersOf(value);
  const attempt = members?.get('attempt');
  const given = membersOf(members?.get('fields'));
  if (members?.size !== 2 || given === null) return null;
  if (attempt !== null && !(typeof attempt === 'number' && Number.isSafeInteger(attempt)))
    return null;
  const fields: Partial<Record<DetailField, string>> = {};
  for (const [name, text] of given) {
    const field = detailFields.find((it) => it === name);
    if (field === undefined || typeof text !== 'string' || text.length > fieldCharactersMax)
      return null;
    fields[field] = text;
  }
  return { attempt, fields };
}

function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return new Map(Object.entries(value));
}
