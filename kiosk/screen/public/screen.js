/**
 * The person's screen: shows the newest view and says so when the controller is gone. Data only ever
 * becomes text; a stale "go" must never stand.
 */
import { createPicture } from './picture.js';
import { createSound } from './sound.js';
import { followStream } from './stream.js';

const modes = [
  'idle',
  'collecting',
  'wait',
  'go',
  'refused',
  'see-guard',
  'out-of-service',
  'lockdown',
  'emergency',
];

const { edition, ...words } = JSON.parse(document.getElementById('words').textContent);
const picture = createPicture(words);
const sound = createSound();
addEventListener('resize', picture.resize);

/** Marks the frame in which a view has been painted, for who measures: `painted`, with its serial. */
function markPainted({ toneSerial }) {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      performance.clearMarks('painted');
      performance.mark('painted', { detail: toneSerial });
    }),
  );
}

followStream({
  edition,
  show(view) {
    if (!modes.includes(view.mode)) throw new Error('unknown mode');
    picture.show(view);
    sound.hear(view);
    markPainted(view);
  },
  lost() {
    sound.hush();
    picture.lose();
  },
});
