/** `gatectl policy`: what it prints, and what it answers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { shippedPolicyPath } from '../../../config/load.js';
import type { Policy } from '../../../config/policy.js';
import { gatectl, testFolder } from './run-in-place.js';

const shipped = JSON.parse(readFileSync(shippedPolicyPath, 'utf8')) as Policy;
/** Few rules, so that all their cases are looked at in no time. */
const small: Policy = {
  ...shipped,
  rules: shipped.rules.filter(({ id }) => id === 'duty-staff' || id === 'lab-staff'),
};

function written(name: string, policy: unknown): string {
  return testFolder().write(name, policy);
}

describe('explain', () => {
  test('tells every rule, stop and setting of the shipped policy in both languages', async () => {
    const { code, out, err } = await gatectl(['policy', 'explain']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const { clause, title } of [...shipped.rules, ...shipped.stops]) {
      expect(out).toContain(clause);
      expect(out).toContain(title.zh);
      expect(out).toContain(title.en);
    }
    for (const name of Object.keys(shipped.settings))
      expect(out).toContain(name === 'lifetimeSecondsMax' ? '[lifetimeSecondsMax.' : `[${name}]`);
    // Each of the columns that a dean asks for.
    for (const label of ['地点 where', '凭证 evidence', '绑定 bound by', '登记 registered'])
      expect(out).toContain(label);
    expect(out).toContain('派出所  police station');
    expect(out).toMatch(
      /门卫可审验 guard may attest +\| 已询问（是否外地返哈） {2}questions asked/,
    );
    expect(out).toMatch(/\| 体温正常（低于 37\.3 °C） {2}a normal temperature, below 37\.3 °C/);
    expect(out).toMatch(/出 out +\| 转门卫处理 {2}referred to the guard/);
  });

  test('keeps its columns, whatever is in them', async () => {
    const { out } = await gatectl(['policy', 'explain']);
    const columns = (text: string) =>
      [...text].reduce(
        (sum, it) => sum + (/[\u2e80-\u9fff\uff00-\uff60\u3000-\u303f]/.test(it) ? 2 : 1),
        0,
      );
    const rows = out.split('\n').filter((line) => line.includes(' | '));
    expect(rows.length).toBeGreaterThan(100);
    for (const line of rows) {
      expect(columns(line.slice(0, line.indexOf(' | ')))).toBe(30);
      expect(columns(line)).toBeLessThanOrEqual(100);
    }
  });

  test('prints the same as one JSON object', async () => {
    const { code, out } = await gatectl(['policy', 'explain', '--json']);
    expect(code).toBe(0);
    const { rules, stops } = JSON.parse(out) as Record<string, readonly { id: string }[]>;
    expect(rules?.map(({ id }) => id)).toEqual(shipped.rules.map(({ id }) => id));
    expect(stops?.map(({ id }) => id)).toEqual(['isolation', 'fever', 'student']);
  });

  test('takes another file, and refuses what is no policy', async () => {
    const { out } = await gatectl(['policy', 'explain', written('small.json', small)]);
    expect(out).toContain('工作人员入校审批表');
    expect(out).not.toContain('住宅通行证');
    const bad = await gatectl(['policy', 'explain', written('bad.json', { policy: 'x' })]);
    expect(bad).toMatchObject({ code: 2, out: '' });
    expect(bad.err).toContain('settings');
  });
});

describe('check', () => {
  test('counts the cases and names the pairs that one set of evidence completes', async () => {
    const { code, out } = await gatectl(['policy', 'check', written('small.json', small)]);
    expect(code).toBe(0);
    expect(out).toMatch(/holds; [\d,]+ cases/);
    expect(out).toMatch(/grant duty-staff/);
    expect(out).toContain(
      'lab-staff before duty-staff: campus-gate in, campus-gate out, building in, building out',
    );
  });

  test('prints the first fault with its place, and answers no', async () => {
    const file = written('broken.json', {
      ...small,
      otherwise: { ...small.otherwise, out: 'deny' },
    });
    const { code, out } = await gatectl(['policy', 'check', file]);
    expect(code).toBe(1);
    expect(out).toContain('REFUSED');
    expect(out).toContain('otherwise.out: refuses on a way out  [bare-refusal]');
    expect(out).toMatch(/first in: campus-gate, out: /);
    const json = await gatectl(['policy', 'check', file, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      fault: { code: 'bare-refusal', place: 'otherwise.out' },
    });
  });

  test('tells where a file is no policy', async () => {
    const rules = small.rules.map((rule) => ({ ...rule, order: 'first' }));
    const file = written('shape.json', { ...small, rules });
    const { code, out } = await gatectl(['policy', 'check', file]);
    expect(code).toBe(1);
    expect(out).toContain('rules[0].order: must be');
    const equal = written('equal.json', {
      ...small,
      rules: small.rules.map((rule) => ({ ...rule, order: 5 })),
    });
    const json = await gatectl(['policy', 'check', equal, '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ fault: { place: 'rules[1].order' } });
  });
});

describe('diff', () => {
  test('tells which cases change, from what to what', async () => {
    const older = written('older.json', small);
    const settings = { ...small.settings, feverCentidegrees: 3_750 };
    const newer = written('newer.json', { ...small, settings });
    const { code, out } = await gatectl(['policy', 'diff', older, newer]);
    expect(code).toBe(1);
    expect(out).toMatch(/^[\d,]+ of [\d,]+ cases are decided otherwise/);
    expect(out).toMatch(/building, out\n +\d+ {2}refer fever → grant (duty|lab)-staff/);
    expect(out).toContain('temperature: 37.30 °C');
    const lines = out.split('\n');
    expect(lines.slice(1, 4)).toEqual([
      ...['', 'members that differ', '  settings.feverCentidegrees: 3730 → 3750'],
    ]);
  });

  test('tells a rule that is gone, and one that is new', async () => {
    const lab = { ...small, rules: small.rules.filter(({ id }) => id === 'lab-staff') };
    const [one, two] = [written('one.json', small), written('two.json', lab)];
    const gone = JSON.parse((await gatectl(['policy', 'diff', one, two, '--json'])).out);
    expect(gone.changed).toContainEqual(
      expect.objectContaining({ from: 'grant duty-staff', zone: 'campus-gate', direction: 'in' }),
    );
    expect(gone.values).toContainEqual(
      expect.objectContaining({ place: 'rules.duty-staff', to: null }),
    );
    const back = await gatectl(['policy', 'diff', two, one]);
    expect(back.out).toMatch(/→ grant duty-staff/);
    expect(back.out).toMatch(/rules\.duty-staff: none → \{"id":"duty-staff"/);
  });

  test('of what changes nobody’s case tells the member all the same', async () => {
    const settings = { ...small.settings, silenceMs: 20_000 };
    const [one, two] = [written('one.json', small), written('two.json', { ...small, settings })];
    const { code, out } = await gatectl(['policy', 'diff', one, two]);
    expect(code).toBe(1);
    expect(out).toMatch(/^0 of /);
    expect(out).toContain('settings.silenceMs: 30000 → 20000');
  });

  test('of the same says so', async () => {
    const [one, two] = [written('one.json', small), written('two.json', small)];
    expect(await gatectl(['policy', 'diff', one, two])).toEqual({
      code: 0,
      out: 'the same\n',
      err: '',
    });
  });
});

test.each([
  [['policy'], /explain, check or diff/],
  [['policy', 'judge'], /explain, check or diff/],
  [['policy', 'check', '/no/such/file'], /does not exist/],
  [['policy', 'check', 'a', 'b'], /one argument too many/],
  [['policy', 'diff', '/no/such/file'], /NEW policy is required|does not exist/],
  [['policy', 'explain', '--yaml'], /yaml/],
])('%j is wrong usage', async (args, words) => {
  const { code, out, err } = await gatectl(args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(words);
});

test('--help tells all three', async () => {
  const { code, out } = await gatectl(['policy', '--help']);
  expect(code).toBe(0);
  expect(out).toMatch(/explain \[FILE\][\s\S]*check \[FILE\][\s\S]*diff OLD NEW/);
});
