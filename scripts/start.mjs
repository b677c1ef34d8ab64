/** `npm start`: installs what is missing, builds, runs the gates of the simulated board. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { build, fail, installPackages, requireNode, root } from './toolchain.mjs';

requireNode();
await refuseTakenPort(process.argv.slice(2));
installPackages();
build();
const program = join(root, 'dist/scripts/simulated-board/main.js');
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));

/** Before minutes of building; whoever takes the port meanwhile is found by the gate itself. */
async function refuseTakenPort(words) {
  if (words.includes('--once') || words.includes('--help') || words.includes('-h')) return;
  const given = /(?:^| )--port[ =](\d{1,5})(?: |$)/.exec(words.join(' '))?.[1] ?? '8080';
  const first = Number(given);
  // What is no port the program refuses in its own words.
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
