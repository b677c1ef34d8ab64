/** `npm run check`: quick; format, types, import direction, unused code, unit tests. */
import { build, installPackages, requireNode, run } from './toolchain.mjs';

requireNode();
installPackages();
build();
const steps = [
  ['node_modules/knip/bin/knip.js', '--config', '.knip.json', '--no-config-hints'],
  ['node_modules/@biomejs/biome/bin/biome', 'check', '.'],
  [
    'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err',
    'config',
    'hardware',
    'drivers',
    'kiosk',
    'scripts',
    'test',
  ],
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'test/vitest.config.mjs',
    '--project',
    'unit',
  ],
];
for (const step of steps) if (run(process.execPath, step) !== 0) process.exit(1);
