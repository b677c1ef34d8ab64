/**
 * A page's ear: follows the newest view, and says so when the controller is gone. A stale view must
 * never stand, so what comes after a silence counts only once a heartbeat proves the gate alive.
 */

/** Heartbeats come every second; this long without any event means that nobody is there. */
const silenceMsMax = 3000;
const checkMs = 250;
/** How soon a stream that the browser gave up is opened anew. */
const reopenMs = 500;

/**
 * Follows the views of a page, by default at `/events`, for as long as the page stands.
 * @param {{
 *   show(view: object): void,   a view to be shown; one that it throws for is as bad as none
 *   lost(): void,               the controller is gone; called once until a view is shown again
 *   beat?(data: string): void,  a heartbeat, with what it says
 *   refused?(): void,           the browser gave the stream up: the gate may want something first
 *   path?: string,
 *   edition?: string            which page this is; left out: the one that the gate serves when it is first heard
 * }} page
 */
export function followStream({
  show,
  lost,
  beat = () => {},
  refused = () => {},
  path = '/events',
  edition: own = null,
}) {
  let source = null;
  let heardAtMs = performance.now();
  let isLost = false;
  /** which page the gate serves; another than this one means that it has been updated */
  let edition = own;
  /** A view that came while the controller counts as lost: shown once a heartbeat proves it alive; JSON. */
  let waiting = null;

  const heard = () => {
    heardAtMs = performance.now();
  };
  const lose = () => {
    waiting = null;
    if (isLost) return;
    isLost = true;
    lost();
  };
  /** Whether what came is for this page; for another one the page loads itself anew. */
  const isOurs = ({ lastEventId }) => {
    edition ??= lastEventId;
    if (edition === lastEventId) return true;
    location.reload();
    return false;
  };
  const showView = (json) => {
    try {
      show(JSON.parse(json));
      isLost = false;
    } catch (error) {
      console.error(error);
      lose();
    }
  };

  const open = () => {
    source?.close();
    source = new EventSource(path);
    source.addEventListener('alive', (event) => {
      if (!isOurs(event)) return;
      heard();
      beat(event.data);
      if (waiting === null) return;
      const json = waiting;
      waiting = null;
      showView(json);
    });
    source.addEventListener('view', (event) => {
      if (!isOurs(event)) return;
      heard();
      if (isLost) waiting = event.data;
      else showView(event.data);
    });
    source.addEventListener('error', () => {
      lose();
      if (source.readyState !== EventSource.CLOSED) return;
      refused();
      setTimeout(open, reopenMs);
    });
  };

  setInterval(() => {
    if (performance.now() - heardAtMs <= silenceMsMax) return;
    lose();
    // A stream that is open and silent, as after a frozen controller, is begun anew.
    heard();
    open();
  }, checkMs);
  open();
}
