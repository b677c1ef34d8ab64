/** `npm run schema`: writes config/kiosk.schema.json anew from the compiled schema. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, root, run } from './toolchain.mjs';

build();
const { kioskJsonSchema } = await import('../dist/config/kiosk-config-schema.js');
const target = join(root, 'config', 'kiosk.schema.json');
writeFileSync(target, `${JSON.stringify(kioskJsonSchema(), null, 2)}\n`);
process.exit(
  run(process.execPath, ['node_modules/@biomejs/biome/bin/biome', 'format', '--write', target]),
);
