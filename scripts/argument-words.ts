/** What is wrong with a command line, in words: Node's own are for who writes programs. Pure. */

/** Takes what `parseArgs` has thrown; returns a line for people, without an instruction to quote hyphens. */
export function argumentWords(error: unknown): string {
  if (!(error instanceof Error)) return 'unreadable arguments';
  const [, unknown] = /^Unknown option '(-.*?)'/.exec(error.message) ?? [];
  if (unknown !== undefined) return `unknown option ${unknown}`;
  const [, bare] =
    /^Option '(-.*?)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(error.message) ?? [];
  return bare === undefined ? error.message : `${bare} needs a value`;
}
