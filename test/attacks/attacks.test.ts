/**
 * Attacks, one a line: each gets nothing of the gate as it is shipped, and gets something of the same gate
 * without the one check that is named, so that the line is known to be able to fail.
 */
import { describe, expect, test } from 'vitest';
import { attacks as apply } from './apply.js';
import type { Attack } from './attack.js';
import { attacks as broker } from './broker.js';
import { attacks as combination } from './combination.js';
import { attacks as commands } from './commands.js';
import { attacks as crossed } from './crossed.js';
import { attacks as mutants } from './mutants.js';
import { attacks as parser } from './parser.js';
import { attacks as power } from './power.js';
import { attacks as signatures } from './signatures.js';
import { attacks as spent } from './spent.js';
import { spoiltBuild } from './spoilt-build.js';
import { attacks as stolenKey } from './stolen-key.js';
import { attacks as time } from './time.js';
import { attacks as versions } from './versions.js';

/** by the file that has them */
const groups = {
  signatures,
  crossed,
  versions,
  'stolen-key': stolenKey,
  combination,
  time,
  parser,
  broker,
  commands,
  spent,
  apply,
  power,
  mutants,
};

describe.each(Object.entries(groups))('%s', (group, attacks) => {
  test.each(attacks.map((it) => [it.line, it] as const))(
    '%s',
    async (line, { removed, attempt }) => {
      expect(await attempt()).toBeNull();
      const build = spoiltBuild(removed);
      try {
        const spoilt = (await build.load(`test/attacks/${group}.js`)) as {
          readonly attacks: readonly Attack[];
        };
        const same = spoilt.attacks.find((attack) => attack.line === line);
        expect(await same?.attempt(), 'what it gets without the check').toEqual(expect.any(String));
      } finally {
        build.remove();
      }
    },
  );
});

test('no line stands twice', () => {
  for (const attacks of Object.values(groups)) {
    const lines = attacks.map(({ line }) => line);
    expect(new Set(lines).size).toBe(lines.length);
  }
});
