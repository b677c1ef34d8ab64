/** What the doctor says of one part of a gate, and how people and programs read it. Pure. */

/** `warning`: the gate serves, and somebody should look; `failed`: it does not, or not as it should. */
export type Verdict = 'ok' | 'warning' | 'failed';

export interface Finding {
  /** the part, in stable words: `configuration`, `scanner`, `clock`, `broker` … */
  readonly part: string;
  readonly verdict: Verdict;
  /** one line: what was found */
  readonly says: string;
  /** one line: what to do about it; null: nothing */
  readonly remedy: string | null;
}

/** Takes a part and what was found; returns a finding that asks for nothing. */
export function ok(part: string, says: string): Finding {
  return { part, verdict: 'ok', says, remedy: null };
}

/** Takes a part, what was found and what to do; returns a finding with which the gate still serves. */
export function warning(part: string, says: string, remedy: string): Finding {
  return { part, verdict: 'warning', says, remedy };
}

/** Takes a part, what was found and what to do; returns a finding that must be mended. */
export function failed(part: string, says: string, remedy: string): Finding {
  return { part, verdict: 'failed', says, remedy };
}

const marks: Readonly<Record<Verdict, string>> = { ok: 'ok', warning: 'look', failed: 'FAILED' };

/** @returns whether nothing has failed */
export function isSound(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== 'failed');
}

/** @returns a line for each finding, what to do behind an arrow, and a last line that sums up */
export function findingsTable(findings: readonly Finding[]): string {
  const width = Math.max(0, ...findings.map(({ part }) => part.length));
  const lines = findings.map(({ part, verdict, says, remedy }) => {
    const line = `${part.padEnd(width)}  ${marks[verdict].padEnd(6)}  ${says}`;
    return remedy === null ? line : `${line} -> ${remedy}`;
  });
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const sum = `${count('ok')} ok, ${count('warning')} to look at, ${count('failed')} failed`;
  return `${[...lines, sum].join('\n')}\n`;
}

/** @returns the same as one line of JSON */
export function findingsJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: isSound(findings), findings })}\n`;
}
