/**
 * The gate to play with: joins the stream of the board with the pieces of the page, and sends what
 * is done. Data only ever becomes text.
 */
import { createCollector } from './collector.js';
import { both, dateTimeOf, element, fill } from './elements.js';
import { createJournal } from './journal.js';
import { createPanel } from './panel.js';
import { createPeople } from './people.js';
import { createScene } from './scene.js';
import { followStream } from './stream.js';
import { createWorld } from './world.js';

const saidMs = 6000;
const notDelivered = { zh: '未送达：程序已结束？', en: 'not delivered: has it ended?' };
let saidTimer = 0;

/** Says what has come of something, or why it was not done, for a while. */
function say(text) {
  fill(element('said'), ...both(text));
  element('said').hidden = false;
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => {
    element('said').hidden = true;
  }, saidMs);
}

/** Does something at the gate. @returns {Promise<boolean>} whether it was done */
async function act(action) {
  try {
    const answer = await fetch('/sim/board', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(action),
      // What is let go while the page closes arrives all the same.
      keepalive: true,
    });
    if (answer.ok) return true;
    say((await answer.json()).text);
  } catch {
    say(notDelivered);
  }
  return false;
}

const people = createPeople({ act });
const pieces = [
  createScene({
    act: people.act,
    person: people.chosen,
    held: people.held,
    celsius: people.celsius,
  }),
  people,
  createPanel({ act }),
  createWorld({ act, say }),
  createJournal(),
  createCollector({ act }),
];

const clockWords = {
  synced: { zh: '时钟同步', en: 'clock synced' },
  holdover: { zh: '时钟守时', en: 'holdover' },
  floor: { zh: '时钟仅知下限', en: 'clock floor' },
  conflict: { zh: '时钟矛盾', en: 'clock conflict' },
};
const whoPlays = {
  you: { zh: '您在操作', en: 'you play' },
  show: { zh: '访客自来；一动手即归您', en: 'visitors come by themselves, until you do something' },
};

/** Each gate has a page of its own: the other one is a port away. */
function showHeader(view) {
  for (const direction of ['in', 'out']) {
    const tab = element(`gate-${direction}`);
    // Whoever is chosen goes along.
    const person = people.chosen()?.id;
    const query = person === undefined ? '' : `?person=${encodeURIComponent(person)}`;
    tab.href = `http://${location.hostname}:${view.ports[direction]}/sim${query}`;
    tab.ariaCurrent = direction === view.direction ? 'page' : null;
  }
  element('booth-link').href = view.boothAddress;
  element('time').textContent = dateTimeOf(view.clock.at, view.clock);
  fill(element('clock'), ...both(clockWords[view.clock.state]));
  element('clock').dataset.tone = view.clock.state === 'synced' ? 'plain' : 'bad';
  fill(element('player'), ...both(view.isPlayed ? whoPlays.you : whoPlays.show));
  element('doing').hidden = view.doing === null;
  if (view.doing !== null) fill(element('doing-text'), ...both(view.doing));
}

followStream({
  path: '/sim/events',
  show(view) {
    showHeader(view);
    for (const piece of pieces) piece.show(view);
    document.body.dataset.known = 'true';
    document.body.dataset.state = 'live';
    document.body.dataset.power = view.power ? 'on' : 'off';
  },
  lost() {
    document.body.dataset.state = 'lost';
  },
});
