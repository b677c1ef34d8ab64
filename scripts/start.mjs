/** `npm start`: installs what is missing, builds, runs the gates of the simulated board. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build, fail, installPackages, requireNode, root } from './toolchain.mjs';

requireNode();
const words = process.argv.slice(2);
const program = join(root, 'dist/scripts/simulated-board/main.js');
const isForHelp = words.includes('--help') || words.includes('-h');
// Its words are the program's; who has built before need not wait for them.
if (!isForHelp || !existsSync(program)) {
  refuseWrong();
  await refuseTakenPort();
  installPackages();
  build();
}
const child = spawn(process.execPath, [program, ...words], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

/** What the program would refuse after minutes of building, in the same words; the rest it refuses itself. */
function refuseWrong() {
  const port = givenFor('--port');
  if (port !== null && (!/^\d{1,5}$/.test(port) || Number(port) > 65_535))
    fail(`--port must be 0 to 65535, not ${port}`, 2);
  const keep = givenFor('--keep');
  if (keep !== null && isFull(keep))
    fail(`--keep ${keep}: something is in it, and nothing is overwritten: name another folder`, 2);
}

function givenFor(option) {
  const at = words.findIndex((word) => word === option || word.startsWith(`${option}=`));
  if (at < 0) return null;
  const word = words[at];
  return word === option ? (words[at + 1] ?? null) : word.slice(option.length + 1);
}

function isFull(folder) {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    // Not there yet, or no folder: the program says which.
    return false;
  }
}

/** Before minutes of building; whoever takes the port meanwhile is found by the gate itself. */
async function refuseTakenPort() {
  if (isForHelp || words.includes('--once')) return;
  const first = Number(givenFor('--port') ?? '8080');
  if (first === 0 || first > 65_532) return;
  for (const port of [first, first + 1, first + 2, first + 3]) {
    if (await isTaken(port))
      fail(`port ${port} is in use: npm start -- --port N takes N to N + 3 instead`);
  }
}

function isTaken(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code === 'EADDRINUSE'));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}
