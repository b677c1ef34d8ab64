/** The person at the gate: who, why the guard is called, what was shown and what is missing. */
import { both, element, english, fill, fitRows, make, more } from './elements.js';

/** Reasons are seldom more than two; where there is no room for any paper, two have to do. */
const reasonsMax = 3;
const reasonsMin = 2;
/** Missing papers that stand before any that was shown. */
const missingMin = 2;

const standings = {
  collecting: { zh: '出示中', en: 'showing papers' },
  referred: { zh: '请门卫处理', en: 'yours to look at' },
  held: { zh: '扣留：按 A 结束', en: 'held' },
};
const nobody = { zh: '无人', en: 'Nobody' };
const attested = '门卫审验';
const looks = {
  accepted: { mark: '✓', ink: 'good' },
  attested: { mark: '✓', ink: 'good' },
  refused: { mark: '✕', ink: 'bad' },
  missing: { mark: '○', ink: 'attention' },
};

/** Shows an attempt, or that nobody is there. */
export function showPerson(attempt) {
  const isCalled = attempt !== null && attempt.standing !== 'collecting';
  element('person').dataset.edge = isCalled ? 'attention' : '';
  if (attempt === null) {
    fill('person-body', make('p', { class: 'nobody' }, ...both(nobody)));
    return;
  }
  const { shown, missing } = attempt;
  fitRows('person-body', shown.length + missing.length, (lines) => {
    const wanted = Math.max(Math.min(missingMin, lines), lines - shown.length);
    const missingLines = Math.min(missing.length, wanted);
    fill('person-body', ...parts(attempt, Math.max(0, lines - missingLines), missingLines));
  });
}

function parts(attempt, shownLines, missingLines) {
  const { shown, missing, temperature, fever } = attempt;
  return [
    make(
      'p',
      { class: 'who' },
      make('b', { class: 'masked' }, attempt.masked ?? '—'),
      make('span', {}, ...both(standings[attempt.standing])),
    ),
    reasonBlock(attempt.reasons, shownLines + missingLines > 0 ? reasonsMax : reasonsMin),
    temperature === null && fever === null ? null : temperatureBlock(temperature, fever),
    make(
      'div',
      {},
      // What came last is what matters, and a long list is one of refusals.
      more(shown.length - shownLines),
      ...(shownLines === 0 ? [] : shown.slice(-shownLines).map(line)),
      ...missing.slice(0, missingLines).map(({ label }) => line({ label, state: 'missing' })),
      more(missing.length - missingLines),
    ),
    ruleLine(attempt.rule),
    noteLine(attempt),
  ];
}

function reasonBlock(reasons, max) {
  if (reasons.length === 0) return null;
  return make(
    'div',
    { class: 'block', 'data-tone': 'attention' },
    ...reasons.slice(0, max).map(({ text }) => make('p', { class: 'reason' }, ...both(text))),
    more(reasons.length - max),
  );
}

function temperatureBlock(temperature, fever) {
  const isFever = fever !== null || temperature.code === 'fever';
  const isNormal = !isFever && temperature.code === 'normal';
  return make(
    'p',
    { class: 'block', 'data-tone': isFever ? 'alarm' : 'quiet' },
    ...(temperature === null
      ? []
      : [
          make(
            'b',
            { 'data-ink': isNormal ? 'good' : '' },
            temperature.celsius === null ? '' : `${temperature.celsius} ℃ `,
            temperature.text.zh,
          ),
          ' ',
          english(temperature.text.en),
          ' ',
        ]),
    ...(fever === null ? [] : both(fever.text)),
    fever?.until ? make('b', { 'data-until': fever.until }) : null,
  );
}

function line({ label, state, masked = null, reason = null }) {
  const { mark, ink } = looks[state];
  const isPlain = state === 'accepted' || state === 'attested';
  return make(
    'div',
    { class: 'line', 'data-state': state },
    make('i', { class: 'mark', 'data-ink': ink }, mark),
    make('p', { class: 'row', 'data-ink': isPlain ? '' : ink }, ...both(label)),
    make(
      'span',
      {},
      masked ?? '',
      state === 'attested' ? make('em', { class: 'tag' }, attested) : null,
    ),
    reason === null ? null : make('p', { class: 'why row' }, ...both(reason.text)),
  );
}

function ruleLine(rule) {
  if (rule === null) return null;
  const { isSelected, title, clause } = rule;
  const text = `${isSelected ? '认定为' : '按'}：${title.zh}（${clause}）`;
  return make(
    'p',
    { class: 'small row' },
    make('b', { 'data-ink': isSelected ? 'attention' : '' }, text),
    ' ',
    english(title.en),
  );
}

function noteLine({ arrivalDay, companions }) {
  const notes = [
    ...(arrivalDay === null ? [] : both({ zh: `到达 ${arrivalDay}`, en: 'arrived' })),
    ' ',
    ...(companions === 0 ? [] : both({ zh: `随行儿童 ${companions} 名`, en: 'children' })),
  ];
  return notes.length > 1 ? make('p', { class: 'small' }, ...notes) : null;
}
