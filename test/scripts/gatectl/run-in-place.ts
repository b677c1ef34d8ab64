/** Runs gatectl without a process: arguments and input in, exit code and output out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runGatectl } from '../../../scripts/gatectl/run.js';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Takes arguments, the chunks of standard input and whether the output is a terminal. */
export async function gatectl(
  args: readonly string[],
  input: readonly (string | Uint8Array)[] = [],
  isTerminal = false,
): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runGatectl(args, {
    stdin: chunksOf(input),
    async out(text) {
      out += text;
    },
    err(text) {
      err += text;
    },
    isTerminal,
  });
  return { code, out, err };
}

async function* chunksOf(input: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

/** A folder that lives as long as the test; `write` puts a file into it and returns its name. */
export function testFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'gatectl-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return {
    path: (name: string) => join(folder, name),
    write(name: string, content: unknown): string {
      const file = join(folder, name);
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
  };
}
