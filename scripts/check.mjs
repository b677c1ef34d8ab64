/** `npm run check`: quick; format, types, import direction, unused code, unit tests. */
import { build, checks, installPackages, requireNode, run } from './toolchain.mjs';

requireNode();
installPackages();
build();
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.mjs'];
for (const words of [...checks.map((check) => check.words), [...vitest, '--project', 'unit']])
  if (run(process.execPath, words) !== 0) process.exit(1);
