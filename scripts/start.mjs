/** `npm start`: installs what is missing, builds, runs one gate on the simulated board. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, installPackages, requireNode, root } from './toolchain.mjs';

requireNode();
installPackages();
build();
const program = join(root, 'dist/scripts/simulated-board/main.js');
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
