/** The people to play: who is chosen, their papers, card, wrist and feet. */
import { both, button, element, fill, make, qrPicture } from './elements.js';
import { createWholeRows } from './whole-rows.js';

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
/** What leaves something of a person at the gate. */
const shows = ['scan', 'lay-card', 'wrist'];
const cardWords = { zh: '居民身份证', en: 'ID card' };
const cardLies = { zh: '身份证在读卡器上：取走', en: 'on the reader: take it away' };

/** Contacts need a moment to be taken for a press. */
const pressMs = 200;

/** What a paper is called while it is dragged. */
export const paperType = 'application/x-gate-paper';
export const cardType = 'application/x-gate-card';

/**
 * @param {{act(action: object): Promise<boolean>}} page
 */
export function createPeople({ act: perform }) {
  let all = [];
  let chosen = null;
  let edition = '';
  let direction = 'in';
  /** the paper that Enter on the scanner shows, or the person whose card is meant */
  let held = null;
  /** whose papers, card or wrist the gate was shown last; null: nothing of them is left there */
  let shownBy = null;
  let wasThere = false;
  /** the attempt is held for the guard's acknowledgement */
  let isHeld = false;
  const act = (action) => {
    if (shows.includes(action.action)) shownBy = chosen;
    return perform(action);
  };

  const list = element('people');
  const rows = createWholeRows(list, element('people-more'));
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

  /** The former person goes away, and the guard ends what is left of the attempt. */
  async function sendAway() {
    const button = isHeld ? 'acknowledge' : 'refuse';
    await perform({ action: 'leave' });
    await perform({ action: 'press', button, down: true });
    setTimeout(() => perform({ action: 'press', button, down: false }), pressMs);
  }
  element('next-person').addEventListener('click', sendAway);

  function choose(person, takesFocus) {
    chosen = person;
    const url = new URL(location.href);
    url.searchParams.set('person', person.id);
    if (url.href !== location.href) history.replaceState(null, '', url);
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
    all = await answer.json();
    // A tab stays the same element: who is just being chosen while people come anew stays chosen.
    const known = new Map(Array.from(list.children, (tab) => [tab.dataset.person, tab]));
    const tabs = all.map(({ id, name }) => {
      const tab = known.get(id) ?? createTab(id);
      fill(tab, ...both(name));
      return tab;
    });
    const focused = document.activeElement?.dataset?.id;
    if (tabs.length !== known.size || tabs.some((tab, index) => tab !== list.children[index]))
      list.replaceChildren(...tabs);
    rows.fit();
    const before = chosen?.id ?? new URLSearchParams(location.search).get('person');
    choose(all.find(({ id }) => id === before) ?? all[0], false);
    if (focused !== undefined) document.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  function createTab(person) {
    const tab = make('button', { type: 'button', role: 'tab', 'data-person': person });
    tab.addEventListener('click', () => {
      const known = all.find(({ id }) => id === person);
      if (known !== undefined) choose(known, false);
    });
    return tab;
  }

  return {
    chosen: () => chosen,
    /** Does something as the one who is chosen. */
    act,
    /** of the wrist, as the slider stands */
    celsius,
    /** What Enter on scanner or reader shows: the paper that had the focus last. */
    held: () => held,
    show(view) {
      direction = view.direction;
      isHeld = view.lane?.standing === 'held';
      const isThere =
        view.lane !== null && (view.lane.attempt !== null || view.props.card !== null);
      // What is shown takes a moment to arrive: only who was there has gone.
      if (wasThere && !isThere) shownBy = null;
      wasThere = isThere;
      const isFormer = isThere && shownBy !== null && shownBy.id !== chosen?.id;
      element('next-person').hidden = !isFormer;
      if (isFormer)
        fill(
          element('next-person'),
          ...both({
            zh: `${shownBy.name.zh}的证件还在闸机上：请其离开`,
            en: `${shownBy.name.en}: still at the gate. Next person`,
          }),
        );
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
