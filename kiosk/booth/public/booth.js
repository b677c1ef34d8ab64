/**
 * The guard's page: joins stream, picture, keys and details. Data only ever becomes text; a picture
 * that may be old never stands.
 */
import { createDetails } from './details.js';
import { createKeys } from './keys.js';
import { createPicture } from './picture.js';
import { followStream } from './stream.js';

/** Longest wait for an answer: the gate gives it at once. */
const answerMsMax = 3000;
const notDelivered = { zh: '未送达控制器：请用面板', en: 'Not delivered: use the panel' };

const picture = createPicture();

/**
 * Sends something to the gate.
 * @returns {Promise<{ok: true} | {ok: false, code: string, text: object, problems: object[]}>}
 */
async function send(path, message) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
      // What is let go while the page closes arrives all the same.
      keepalive: true,
      signal: AbortSignal.timeout(answerMsMax),
    });
    if (answer.ok) return { ok: true };
    if (answer.status === 401) location.reload();
    return { ok: false, ...(await answer.json()) };
  } catch {
    return { ok: false, code: 'not-delivered', text: notDelivered, problems: [] };
  }
}

addEventListener('resize', picture.refit);
const details = createDetails({ send, say: picture.say });
const keys = createKeys({
  promptShown: () => picture.view()?.prompt?.id ?? null,
  isTyping: details.isOpen,
  openDetails: details.open,
  async press(message) {
    const answer = await send('/press', message);
    if (!answer.ok) picture.say(answer.text, false);
  },
});

followStream({
  show(view) {
    picture.show(view);
    keys.show(view);
    details.show(view);
  },
  lost() {
    keys.letGo();
    details.close();
    picture.lose();
  },
  beat: picture.tick,
  // A stream that is refused for good may ask for the token.
  async refused() {
    const answer = await fetch('/events', { method: 'HEAD' }).catch(() => null);
    if (answer?.status === 401) location.reload();
  },
});
