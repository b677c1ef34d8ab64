/** `gatectl keys remove`: one key goes off the list, and no other. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatePrivateKey } from '../../../config/crypto/ed25519-key.js';
import { formatKeyFile } from '../../../config/crypto/key-file.js';
import { gatectl, testFolder } from './run-in-place.js';

/** A list with two keys of one gate, one of another, two admins and a collector. */
function campus() {
  const folder = testFolder();
  const file = folder.write('trust.json', { issuers: [] });
  const keys = Array.from({ length: 6 }, generatePrivateKey).map((key, index) => {
    const path = folder.path(`key-${index}.json`);
    writeFileSync(path, formatKeyFile(key));
    return { path, kid: key.publicKey.kid, text: key.publicKey.text };
  });
  const at = (index: number) => {
    const key = keys[index];
    if (key === undefined) throw new Error(`no key ${index}`);
    return key;
  };
  const entry = (index: number) => ({ publicKey: at(index).text });
  const list = {
    issuers: [],
    admins: [
      { name: 'ann', ...entry(0), roles: ['trust'] },
      { name: 'ben', ...entry(1), roles: ['trust'] },
    ],
    collectors: [{ name: 'ann', ...entry(2) }],
    kiosks: [
      { id: 'gate-1', ...entry(3) },
      { id: 'gate-2', ...entry(4) },
      { id: 'gate-1', ...entry(5) },
    ],
  };
  writeFileSync(file, JSON.stringify(list));
  const remove = (...words: string[]) => gatectl(['keys', 'remove', '--list', file, ...words]);
  const read = () => JSON.parse(readFileSync(file, 'utf8'));
  return { list, at, remove, read };
}

test('the old key of a gate goes, its new one and all others stay', async () => {
  const { list, at, remove, read } = campus();
  const several = await remove('--id', 'gate-1');
  expect([several.code, read()]).toEqual([2, list]);
  expect(several.err).toContain(`2 such keys: name one by --kid`);
  expect(several.err).toContain(`kiosk gate-1, kid ${at(5).kid}`);
  const { code, out, err } = await remove('--id', 'gate-1', '--kid', at(3).kid);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`trusts the kiosk gate-1, kid ${at(3).kid}, no longer`);
  expect(out).toContain('gate-1: its keys left there: 1');
  expect(read()).toEqual({ ...list, kiosks: list.kiosks.slice(1) });
  expect((await remove('--id', 'gate-1')).out).toContain('gate-1: no key is left of it');
  expect(read().kiosks).toEqual([list.kiosks[1]]);
});

test('by the key itself, and as JSON', async () => {
  const { list, at, remove, read } = campus();
  const { code, out } = await remove('--key', at(4).path, '--json');
  expect([code, JSON.parse(out)]).toMatchObject([
    0,
    { kid: at(4).kid, removed: { kiosk: 'gate-2', publicKey: at(4).text } },
  ]);
  expect(read().kiosks).toEqual([list.kiosks[0], list.kiosks[2]]);
  expect((await remove('--public-key', at(2).text)).code).toBe(0);
  expect(read()).toMatchObject({ collectors: [], admins: list.admins });
});

test('an admin who leaves: warned where fewer are left than must sign', async () => {
  const { remove, read } = campus();
  expect((await remove('--name', 'ann')).err).toContain('collector ann, kid ');
  const { code, err } = await remove('--name', 'ben');
  expect(code).toBe(0);
  expect(err).toContain('trust: 2 must sign and 1 can');
  expect(read().admins).toHaveLength(1);
});

test('wrong usage: no such key, none named, a list that is none', async () => {
  const { list, at, remove, read } = campus();
  expect(await remove('--id', 'gate-9')).toMatchObject({
    code: 2,
    err: expect.stringContaining('has no such key'),
  });
  // The id of a gate is no name, and a key of another is not its own.
  for (const words of [['--name', 'gate-2'], ['--id', 'gate-2', '--kid', at(3).kid], []])
    expect((await remove(...words)).code).toBe(2);
  expect(read()).toEqual(list);
  expect((await gatectl(['keys', 'remove', '--id', 'gate-1'])).code).toBe(2);
  expect((await gatectl(['keys', 'remove', '--help'])).out).toContain('remove  takes one key off');
});
