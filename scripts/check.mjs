/** `npm run check`: quick; format, types, import direction, unused code, unit tests. */
import { build, checks, installPackages, requireNode, run, suiteWords } from './toolchain.mjs';

requireNode();
installPackages();
build();
for (const words of [...checks.map((check) => check.words), suiteWords('unit', 2)])
  if (run(process.execPath, words) !== 0) process.exit(1);
