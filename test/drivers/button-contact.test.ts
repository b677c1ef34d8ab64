import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ButtonNews, buttonContact } from '../../drivers/guard-panel/button-contact.js';
import { buttonNames, buttons } from '../../drivers/guard-panel/buttons.js';

interface Edge {
  readonly atMs: number;
  readonly active: boolean;
}

/** All that a button says of these edges, the first at or after 0, and of the time up to `untilMs`. */
function newsOf(
  button: keyof typeof buttons,
  edges: readonly Edge[],
  untilMs: number,
  read: 'prompt' | 'late',
): ButtonNews[] {
  const news: ButtonNews[] = [];
  const contact = buttonContact({
    traits: buttons[button],
    active: false,
    nowMs: 0,
    tell: (one) => void news.push(one),
  });
  const tickUntil = (endMs: number): void => {
    for (let due = contact.dueMs; due !== null && due <= endMs; due = contact.dueMs)
      contact.tick(due);
  };
  for (const { active, atMs } of edges) {
    if (read === 'prompt') tickUntil(atMs - 1);
    contact.edge(active, atMs);
  }
  if (read === 'prompt') tickUntil(untilMs);
  contact.tick(untilMs);
  return news;
}

/** Edges that alternate: bounces, chatter of any speed, clean presses and long holds, mixed. */
const gapMs = fc.oneof(
  fc.integer({ min: 1, max: 25 }),
  fc.integer({ min: 15, max: 120 }),
  fc.integer({ min: 190, max: 1_200 }),
);
const rattling = fc.array(fc.integer({ min: 5, max: 80 }), { minLength: 10, maxLength: 24 });
const anyStretch = fc.oneof(
  gapMs.map((gap) => [gap]),
  fc.tuple(rattling, gapMs).map(([gaps, rest]) => [...gaps, rest]),
);
const anyEdges = fc.array(anyStretch, { maxLength: 12 }).map((gaps) => {
  const edges: Edge[] = [];
  let atMs = 0;
  for (const gap of gaps.flat()) {
    edges.push({ atMs, active: edges.length % 2 === 0 });
    atMs += gap;
    // Nothing is held too long within these.
    if (atMs > 9_000) break;
  }
  return { edges, untilMs: atMs };
});
const anyButton = fc.constantFrom(...buttonNames);

/** The stretches at which the contact was closed without an edge. */
function stretches(edges: readonly Edge[], untilMs: number) {
  return edges.flatMap(({ active, atMs }, index) => {
    const endMs = edges[index + 1]?.atMs ?? untilMs;
    return active ? [{ atMs, endMs, ms: endMs - atMs }] : [];
  });
}

/** Changes within the second that ends at `atMs`: bounces belong to the change that they follow. */
function changesBefore(edges: readonly Edge[], atMs: number): number {
  const changes: number[] = [];
  for (const edge of edges) {
    if (edge.atMs > atMs) break;
    if (edge.atMs - (changes.at(-1) ?? Number.NEGATIVE_INFINITY) >= 20) changes.push(edge.atMs);
  }
  return changes.filter((changeMs) => atMs - changeMs < 1_000).length;
}

test('a press comes only from a level that has settled, and never from chatter', () => {
  fc.assert(
    fc.property(anyButton, anyEdges, (button, { edges, untilMs }) => {
      const rests = stretches(edges, untilMs);
      for (const news of newsOf(button, edges, untilMs, 'prompt')) {
        if (news.type !== 'pressed') continue;
        const rest = rests.find(({ atMs }) => atMs === news.atMs);
        const isChatter = changesBefore(edges, news.atMs) > 10;
        const needed = isChatter ? buttons[button].chatterRestMs : 20;
        expect(rest?.ms ?? 0).toBeGreaterThanOrEqual(needed);
      }
    }),
    { numRuns: 500 },
  );
});

test('a contact closed for 400 ms at a stretch is pressed then, whatever came before', () => {
  fc.assert(
    fc.property(anyButton, anyEdges, (button, { edges, untilMs }) => {
      const news = newsOf(button, edges, untilMs, 'prompt');
      for (const { atMs, endMs, ms } of stretches(edges, untilMs)) {
        if (ms < 400) continue;
        const last = news.findLast((one) => one.type !== 'fault' && one.atMs < endMs);
        expect(last?.type, `closed at ${atMs}`).toMatch(/pressed|long/);
      }
    }),
    { numRuns: 500 },
  );
});

test('EMERGENCY held for 400 ms is never lost, even if half of that goes by in bounces', () => {
  const before = fc.array(gapMs, { maxLength: 40 });
  const bounces = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 });
  fc.assert(
    fc.property(before, bounces, (earlier, gaps) => {
      const edges: Edge[] = [];
      let atMs = 0;
      for (const gap of earlier.slice(0, earlier.length & ~1)) {
        edges.push({ atMs, active: edges.length % 2 === 0 });
        atMs += gap;
      }
      const heldAtMs = atMs;
      edges.push({ atMs, active: true });
      for (const gap of gaps) {
        if (atMs + gap > heldAtMs + 199) break;
        atMs += gap;
        edges.push({ atMs, active: edges.length % 2 === 0 });
      }
      if (edges.at(-1)?.active === false) edges.push({ atMs: heldAtMs + 200, active: true });
      const letGoMs = heldAtMs + 400;
      edges.push({ atMs: letGoMs, active: false });
      const news = newsOf('emergency', edges, letGoMs + 2_000, 'prompt');
      const before400 = news.filter((one) => one.type !== 'fault' && one.atMs < letGoMs);
      expect(before400.at(-1)?.type).toBe('pressed');
    }),
    { numRuns: 500 },
  );
});

test('presses and releases take turns, and edges read late say the same as edges read in time', () => {
  fc.assert(
    fc.property(anyButton, anyEdges, (button, { edges, untilMs }) => {
      const endMs = untilMs + 3_000;
      const prompt = newsOf(button, edges, endMs, 'prompt');
      expect(newsOf(button, edges, endMs, 'late')).toEqual(prompt);
      const levels = prompt.filter(({ type }) => type === 'pressed' || type === 'released');
      expect(levels.every(({ type }, index) => type === ['pressed', 'released'][index % 2])).toBe(
        true,
      );
      // An edge that comes twice was bounce or loss: it never makes a press of its own.
      const doubled = edges.flatMap((edge) => [edge, edge]);
      expect(newsOf(button, doubled, endMs, 'prompt')).toEqual(prompt);
    }),
    { numRuns: 300 },
  );
});

test('a lost release between two closings that are read breaks the rest', () => {
  const edges = [
    { atMs: 0, active: true },
    { atMs: 15, active: true },
    { atMs: 30, active: false },
  ];
  expect(newsOf('open', edges, 1_000, 'prompt')).toEqual([]);
});
