import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What is tested is what is shipped: the compiled files in dist/. */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const mirrored = ['config', 'hardware', 'drivers', 'kiosk', 'scripts'];
/** Builds of which something was taken away: loaded by Node as they are. */
const server = { deps: { external: [/\/\.cache\/attacks\//] } };
const suite = (name, include, testTimeout) => ({
  root,
  test: {
    name,
    server,
    include,
    pool: 'forks',
    testTimeout,
    hookTimeout: testTimeout,
    // What is waited for comes when the machine is free; that it comes is what counts.
    expect: { poll: { timeout: 30_000 } },
    dir: root,
    exclude: [],
  },
});

export default defineConfig({
  root,
  cacheDir: `${root}/dist/.vite`,
  test: {
    projects: [
      suite(
        'unit',
        mirrored.map((folder) => `dist/test/${folder}/**/*.test.js`),
        120_000,
      ),
      // The scripted day alone takes a minute, and more on a crowded machine.
      suite('system', ['dist/test/system/**/*.test.js'], 600_000),
      suite('simulation', ['dist/test/simulation/**/*.test.js'], 300_000),
      // The long run takes an hour; what hangs is seen by its progress.
      suite(
        'crash',
        ['dist/test/crash/**/*.test.js'],
        process.env.GATE_KIOSK_LONG === '1' ? 6 * 3_600_000 : 600_000,
      ),
      suite(
        'board',
        ['dist/test/board/**/*.test.js'],
        process.env.GATE_KIOSK_LONG === '1' ? 6 * 3_600_000 : 300_000,
      ),
      suite('attacks', ['dist/test/attacks/**/*.test.js'], 120_000),
      suite('browser', ['dist/test/browser/**/*.test.js'], 120_000),
    ],
  },
});
