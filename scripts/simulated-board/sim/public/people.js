/** The people to play: who is chosen, their papers, card, wrist and feet. */
import { both, button, element, fill, make, qrPicture } from './elements.js';

const walks = [
  { how: 'through', zh: '走过', en: 'Walk' },
  { how: 'two', zh: '两人走', en: 'Two walk' },
  { how: 'turn-back', zh: '中途折返', en: 'Turn back' },
  { how: 'backwards', zh: '逆行', en: 'Go backwards' },
  { how: 'force', zh: '强推', en: 'Force the arm' },
];
const directionWords = {
  in: { zh: '入口', en: 'gate in' },
  out: { zh: '出口', en: 'gate out' },
};
const cardWords = { zh: '居民身份证', en: 'ID card' };
const cardLies = { zh: '身份证在读卡器上：取走', en: 'on the reader: take it away' };

/** What a paper is called while it is dragged. */
export const paperType = 'application/x-gate-paper';
export const cardType = 'application/x-gate-card';

/**
 * @param {{act(action: object): Promise<boolean>}} page
 */
export function createPeople({ act }) {
  let all = [];
  let chosen = null;
  let edition = '';
  let direction = 'in';
  /** the paper that Enter on the scanner shows, or the person whose card is meant */
  let held = null;

  const list = element('people');
  const degrees = element('celsius');
  degrees.addEventListener('input', showDegrees);
  element('wrist').addEventListener('click', () => act({ action: 'wrist', celsius: celsius() }));
  element('wrist').addEventListener('dragstart', (event) => event.preventDefault());
  fill(
    element('walks'),
    ...walks.map(({ how, ...words }) =>
      button(words, () => act({ action: 'walk', how }), { 'data-walk': how }),
    ),
    button({ zh: '不走', en: 'Do not walk' }, () => act({ action: 'leave' }), {
      'data-walk': 'leave',
    }),
  );
  element('new-people').addEventListener('click', () => act({ action: 'new-people' }));

  const celsius = () => Number(degrees.value);
  function showDegrees() {
    element('celsius-text').textContent = `${celsius().toFixed(1)} ℃`;
  }

  function choose(person, takesFocus) {
    chosen = person;
    degrees.value = String(person.celsius);
    showDegrees();
    for (const tab of list.children) {
      const isChosen = tab.dataset.person === person.id;
      tab.ariaSelected = String(isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      if (isChosen && takesFocus) tab.focus();
    }
    drawPapers();
  }

  /** Something that is shown to the gate: by a tap, by a drag, by Enter. */
  function showable(kind, words, picture, type, id, show) {
    const shown = button(words, show, { class: `showable ${kind}`, draggable: 'true' });
    shown.prepend(picture);
    shown.addEventListener('dragstart', (event) => {
      event.dataTransfer.setData(type, id);
      event.dataTransfer.effectAllowed = 'copy';
      document.body.dataset.dragging = kind === 'card' ? 'card' : 'paper';
    });
    shown.addEventListener('dragend', () => delete document.body.dataset.dragging);
    shown.addEventListener('focus', () => {
      held = { type, id };
    });
    shown.dataset.id = id;
    return shown;
  }

  function drawPapers() {
    const { id, name, hint, papers, card } = chosen;
    fill(element('person-name'), ...both(name));
    const way =
      chosen.direction === 'both' || chosen.direction === direction
        ? null
        : make('em', {}, ...both(directionWords[chosen.direction]));
    fill(element('person-hint'), way, ...both(hint));
    const shown = papers.map(({ id: paper, title, carrier, qr }) =>
      showable(carrier, title, qrPicture(qr), paperType, paper, () =>
        act({ action: 'scan', paper }),
      ),
    );
    if (card !== null) {
      const face = make('span', { class: 'face' }, make('b', {}, card.name), card.number);
      shown.push(
        showable('card', cardWords, face, cardType, id, () =>
          element('papers').dataset.lying === id
            ? act({ action: 'take-card' })
            : act({ action: 'lay-card', person: id }),
        ),
      );
    }
    element('papers').replaceChildren(...shown);
  }

  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = all.indexOf(chosen) + step;
    choose(all[(index + all.length) % all.length], true);
  });

  async function load() {
    const answer = await fetch('/sim/people').catch(() => null);
    if (answer?.ok !== true) {
      edition = '';
      return;
    }
    const before = chosen?.id;
    all = await answer.json();
    const tabs = all.map((person) => {
      const tab = make('button', { type: 'button', role: 'tab', 'data-person': person.id });
      tab.append(...both(person.name));
      tab.addEventListener('click', () => choose(person, false));
      return tab;
    });
    const focused = document.activeElement?.dataset?.id;
    list.replaceChildren(...tabs);
    choose(all.find(({ id }) => id === before) ?? all[0], false);
    if (focused !== undefined) document.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  return {
    chosen: () => chosen,
    /** of the wrist, as the slider stands */
    celsius,
    /** What Enter on scanner or reader shows: the paper that had the focus last. */
    held: () => held,
    show(view) {
      direction = view.direction;
      if (view.cast !== edition) {
        edition = view.cast;
        load();
      }
      const papers = element('papers');
      papers.dataset.lying = view.props.card ?? '';
      const card = papers.querySelector('.card');
      if (card !== null) {
        const lies = view.props.card === chosen?.id;
        card.ariaPressed = String(lies);
        const [words, english] = card.querySelectorAll(':scope > b, :scope > [lang=en]');
        words.textContent = lies ? cardLies.zh : cardWords.zh;
        english.textContent = lies ? cardLies.en : cardWords.en;
      }
      element('wrist').ariaPressed = String(view.props.wristCelsius !== null);
    },
  };
}
