/**
 * `npm run bench [-- --json FILE] [NAME …]`: installs and builds what is missing, then measures; the
 * kernel's lines and USB scanners last, as `board`, on the virtual board.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { build, installPackages, requireNode, root, say } from './toolchain.mjs';

requireNode();
installPackages();
build();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, dir: { type: 'string' } },
});
const names = positionals.filter((name) => name !== 'board');
const isBoardAlone = positionals.length > 0 && names.length === 0;
if (!isBoardAlone) {
  const options = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  const result = spawnSync(process.execPath, ['dist/scripts/bench/main.js', ...options, ...names], {
    cwd: root,
    stdio: 'inherit',
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
if (positionals.length === 0 || positionals.includes('board')) await benchBoard();

async function benchBoard() {
  const { canRun, why } = await import('../dist/test/board/kernel.js');
  if (!canRun) return say(`board: left out${why}`);
  say('on the virtual board …');
  const { benchOnBoard } = await import('../dist/test/board/bench-board.js');
  const { table } = await import('../dist/scripts/bench/harness.js');
  const results = await benchOnBoard();
  process.stdout.write(`${table(results)}\n`);
  if (values.json === undefined) return;
  const others =
    existsSync(values.json) && !isBoardAlone ? readFileSync(values.json, 'utf8') : '{}';
  const figures = JSON.stringify({ ...JSON.parse(others), board: { results } }, null, 2);
  writeFileSync(values.json, `${figures}\n`);
}
