/** `npm run schema`: writes the JSON schemas in config/ anew, and what the board maps are drawn in. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root, run } from './toolchain.mjs';

build();
const { boardJsonSchema, loadBoard } = await import('../dist/config/board-files.js');
const { kioskJsonSchema } = await import('../dist/config/kiosk-config-schema.js');
const { languageJsonSchema } = await import('../dist/config/language-files.js');
const { shippedBoards, withWiring } = await import('../dist/config/wiring-file.js');
const { policyJsonSchema } = await import('../dist/config/policy-schema.js');
const targets = [
  { file: join(root, 'config', 'board.schema.json'), schema: boardJsonSchema() },
  { file: join(root, 'config', 'kiosk.schema.json'), schema: kioskJsonSchema() },
  { file: join(root, 'config', 'policy', 'policy.schema.json'), schema: policyJsonSchema() },
  {
    file: join(root, 'config', 'languages', 'language.schema.json'),
    schema: languageJsonSchema(),
  },
];
const wiring = join(root, 'hardware', 'wiring.md');
const maps = shippedBoards.map((name) => [name, loadBoard(name).map]);
writeFileSync(wiring, withWiring(readFileSync(wiring, 'utf8'), maps));
for (const { file, schema } of targets) writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
process.exit(
  run(process.execPath, [
    'node_modules/@biomejs/biome/bin/biome',
    'format',
    '--write',
    ...targets.map(({ file }) => file),
  ]),
);
