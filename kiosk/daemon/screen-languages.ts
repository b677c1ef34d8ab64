/** What the screen of a running gate may be told to say: read before the gate starts, for then it waits for no disk. */
import type { KioskConfig } from '../../config/kiosk-config.js';
import { type Language, shippedLanguages, usualLanguages } from '../../config/language.js';
import { readLanguages } from '../../config/language-files.js';

/**
 * @param own `kiosk.json` as its file has it, and the languages that it lists, in their order
 * @returns what finds the languages that a configuration lists, of those and of the shipped ones; null: one
 *   of them is not there or cannot be read
 */
export function screenLanguages(own: {
  readonly config: Pick<KioskConfig, 'screen'>;
  readonly languages: readonly Language[];
}): (config: Pick<KioskConfig, 'screen'>) => readonly Language[] | null {
  const known = new Map<string, Language>();
  for (const name of shippedLanguages)
    for (const language of readLanguages([name]).languages) known.set(name, language);
  for (const [index, name] of listedIn(own.config).entries()) {
    const language = own.languages[index];
    if (language !== undefined) known.set(name, language);
  }
  return (config) => {
    const listed = listedIn(config);
    const found = listed.flatMap((name) => known.get(name) ?? []);
    return found.length === listed.length ? found : null;
  };
}

function listedIn({ screen }: Pick<KioskConfig, 'screen'>): readonly string[] {
  return screen.languages ?? usualLanguages;
}
