/** The sample people as they stand at the gates: which code a phone shows now, and what it looks like. */
import { createHash } from 'node:crypto';
import type { Phrase } from '../../../config/policy.js';
import { formatRfc3339 } from '../../../config/rfc3339.js';
import type { Direction, KnownEntry } from '../../../config/vocabulary.js';
import type { IdCard } from '../../../drivers/id-card-reader/id-card.js';
import type { Clock } from '../../../hardware/ports.js';
import { personToken } from '../../../kiosk/credential/tokens.js';
import { drawQr } from '../../gatectl/qr.js';
import { freshFor } from '../cases/case.js';
import type { Campus } from '../papers.js';
import type { Crowd } from '../people.js';
import { isolatedPerson, type SamplePerson, samplePeople } from './sample-people.js';

/** A person as the page draws them. */
export interface PersonPicture {
  readonly id: string;
  readonly name: Phrase;
  readonly hint: Phrase;
  readonly direction: Direction | 'both';
  readonly celsius: number;
  readonly card: { readonly name: string; readonly number: string } | null;
  readonly papers: readonly {
    /** names it in an action: `duty-staff/form` */
    readonly id: string;
    readonly title: Phrase;
    readonly carrier: 'paper' | 'phone';
    /** its code: modules a side, and the dark ones as an SVG path */
    readonly qr: { readonly size: number; readonly path: string };
  }[];
}

export interface Cast {
  /** another one for other people, or another code on a phone */
  edition(): string;
  people(): Promise<readonly PersonPicture[]>;
  /**
   * What a paper shows now. A phone shows a new code when its last one was shown in another attempt.
   * @param paper `person/paper`
   * @param attempt names the attempt that it is shown in
   * @returns null: there is no such paper
   */
  show(paper: string, attempt: string): { readonly text: string; readonly title: Phrase } | null;
  /** null: there is no such person, or no card */
  cardOf(person: string): IdCard | Uint8Array | null;
  /** Other people come, with papers of now. */
  renew(): void;
}

interface Shown {
  readonly text: string;
  readonly issuedMs: number;
  /** in which it was shown last; null: in none */
  readonly attempt: string | null;
}

/** Codes are good for ten minutes; a phone asks for a new one before. */
const codeMs = 9 * 60_000;
const isolatedMs = 13 * 86_400_000;
/** Serial numbers of people that the show does not use. */
const firstSerial = 100_000;

/** @returns the first cast; `tell` hears who is in isolation, as gates do */
export function openCast(options: {
  readonly campus: Campus;
  readonly clock: Clock;
  readonly nextPerson: Crowd;
  tell(entries: readonly KnownEntry[]): void;
}): Cast {
  const { campus, clock, nextPerson, tell } = options;
  let serial = firstSerial;
  let people: readonly SamplePerson[] = [];
  let texts = new Map<string, Shown>();
  let usedCode: string | null = null;
  let edition = '';
  let pictures: { readonly of: string; readonly all: Promise<readonly PersonPicture[]> } | null =
    null;

  const change = (): void => {
    const all = [...texts.values()].map(({ text }) => text).join('\n');
    edition = createHash('sha256').update(all).digest('hex').slice(0, 12);
  };
  const renew = (): void => {
    people = samplePeople({
      papers: campus.papers,
      fresh() {
        serial += 1;
        return freshFor(serial, nextPerson);
      },
      usedCode: () => usedCode,
    });
    const shown = people.flatMap(({ id, papers }) =>
      papers.map((paper): [string, Shown] => [
        `${id}/${paper.id}`,
        { text: paper.issue(), issuedMs: clock.now().wallMs, attempt: null },
      ]),
    );
    texts = new Map(shown);
    tell(isolations());
    change();
  };
  /** Of the person, of the household: known as if another gate had told. */
  const isolations = (): readonly KnownEntry[] => {
    const { wallMs } = clock.now();
    const times = { at: formatRfc3339(wallMs), until: formatRfc3339(wallMs + isolatedMs) };
    const card = people.find(({ id }) => id === isolatedPerson)?.card;
    if (card == null || card instanceof Uint8Array) return [];
    const key = personToken(campus.verifier.peppers[0], 'id-number', card.number);
    return [{ type: 'isolation', key, ...times }];
  };
  const draw = (): Promise<readonly PersonPicture[]> =>
    Promise.all(
      people.map(async ({ papers, card, ...person }) => ({
        ...person,
        card: cardPicture(card),
        papers: await Promise.all(
          papers.map(async ({ id, title, carrier }) => {
            const place = `${person.id}/${id}`;
            return { id: place, title, carrier, qr: await qrPath(texts.get(place)?.text ?? '') };
          }),
        ),
      })),
    );

  renew();
  return {
    edition: () => edition,
    people() {
      if (pictures?.of !== edition) pictures = { of: edition, all: draw() };
      return pictures.all;
    },
    show(place, attempt) {
      const shown = texts.get(place);
      const [person, id] = place.split('/');
      const paper = people.find((one) => one.id === person)?.papers.find((one) => one.id === id);
      if (shown === undefined || paper === undefined) return null;
      const { wallMs } = clock.now();
      const isOver = shown.attempt !== null && shown.attempt !== attempt;
      const isOld = Math.abs(wallMs - shown.issuedMs) > codeMs;
      const isAnew = paper.carrier === 'phone' && (isOver || isOld);
      if (isAnew && isOver) usedCode = shown.text;
      const isScreenshot = paper.carrier === 'paper' && id === 'code';
      const text = isAnew || isScreenshot ? paper.issue() : shown.text;
      const issuedMs = isAnew ? wallMs : shown.issuedMs;
      texts.set(place, { text, issuedMs, attempt });
      if (text !== shown.text) change();
      return { text, title: paper.title };
    },
    cardOf: (person) => people.find(({ id }) => id === person)?.card ?? null,
    renew,
  };
}

function cardPicture(card: IdCard | Uint8Array | null): PersonPicture['card'] {
  if (card === null) return null;
  if (card instanceof Uint8Array) return { name: '？', number: '' };
  const { name, number } = card;
  return { name, number: `${number.slice(0, 3)}***********${number.slice(-4)}` };
}

async function qrPath(text: string): Promise<{ readonly size: number; readonly path: string }> {
  const qr = await drawQr(text, 'M');
  let path = '';
  for (let y = 0; y < qr.size; y += 1)
    for (let x = 0; x < qr.size; x += 1) {
      const from = x;
      while (qr.isDark(x, y)) x += 1;
      if (x > from) path += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  return { size: qr.size, path };
}
