/** Which version of the software runs. */
import { readFileSync } from 'node:fs';

/** @returns the package's version, three numbers; @throws where its file is gone: a broken installation */
export function packageVersion(): string {
  const file = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
