/** `npm run bench`: installs and builds what is missing, then measures. */

import { spawnSync } from 'node:child_process';
import { build, installPackages, requireNode, root } from './toolchain.mjs';

requireNode();
installPackages();
build();
const result = spawnSync(
  process.execPath,
  ['dist/scripts/bench/main.js', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
