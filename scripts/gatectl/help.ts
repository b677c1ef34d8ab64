/** The part of a command's help that is about one of its verbs. Pure. */

/**
 * Takes a command's name, the word behind it and the whole help: the usage, a blank line, and paragraphs
 * whose lines at the margin begin with a verb or are for all.
 * @returns usage and words of that verb with what is for all; the whole help where it is no verb of it
 */
export function helpOf(command: string, verb: string, help: string): string {
  const [usage = '', ...paragraphs] = help.trimEnd().split('\n\n');
  const uses = usage.replace('Usage: ', '       ').split(/\n(?= {7}gatectl )/);
  const verbOf = (use: string): string => {
    const [, name, found = ''] = /^ *gatectl (\S+) ([a-z-]+)/.exec(use) ?? [];
    return name === command ? found : '';
  };
  const verbs = new Set(uses.map(verbOf).filter((found) => found !== ''));
  if (!verbs.has(verb)) return help;
  const own = uses.filter((use) => verbOf(use) === verb).join('\n');
  const kept = paragraphs.flatMap((paragraph) => {
    const blocks = paragraph.split(/\n(?=\S)/);
    const ofVerb = blocks.filter((block) => {
      const [word = ''] = /^[a-z-]+/.exec(block) ?? [];
      return word === verb || !verbs.has(word);
    });
    return ofVerb.length === 0 ? [] : [ofVerb.join('\n')];
  });
  return `${[own.replace(/^ {7}/, 'Usage: '), ...kept].join('\n\n')}\n`;
}
