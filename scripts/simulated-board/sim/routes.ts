/**
 * `/sim` and its JSON twin `/sim/board`, on the screen's listener of a simulated board and nowhere
 * else. A page of another origin, and a body that is not to the letter of an action, does nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Direction, directions } from '../../../config/vocabulary.js';
import { systemClock, systemScheduler } from '../../../hardware/linux/clock.js';
import { accessGuard } from '../../../kiosk/booth/access.js';
import {
  editionOf,
  hasBody,
  pathOf,
  plainText,
  readPublicFiles,
  refuse,
  send,
  sharedFiles,
} from '../../../kiosk/page-server/answers.js';
import { readJsonBody } from '../../../kiosk/page-server/json-body.js';
import { createStreams } from '../../../kiosk/page-server/streams.js';
import type { Beside } from '../../../kiosk/screen/server.js';
import { type Action, actionLimits, parseAction } from './actions.js';
import type { BoardView } from './board-view.js';
import type { PersonPicture } from './cast.js';
import { type ActionFault, faultStatus, faultWords, type SimFault } from './faults.js';

/** Pages at a time, of one gate. */
export const simClientsMax = 8;
const lookMs = 100;

export interface SimRoutesOptions {
  /** of whose listener it is */
  readonly direction: Direction;
  view(direction: Direction): BoardView;
  people(): Promise<readonly PersonPicture[]>;
  perform(direction: Direction, action: Action): Promise<ActionFault | null>;
  portOf(direction: Direction): number;
}

export interface SimRoutes extends Beside {
  /** The board is there: pages are told of each change from now on. */
  start(): void;
  stop(): void;
}

const publicFile = (name: string): URL => new URL(`./public/${name}`, import.meta.url);
const parts = [
  'sim.css',
  'sim.js',
  'collector.js',
  'whole-rows.js',
  'elements.js',
  'journal.js',
  'panel.js',
  'people.js',
  'scene.js',
  'world.js',
] as const;
const page = '/sim';
const json = 'application/json; charset=utf-8';

/** @returns what answers at `/sim` and below it */
export function simRoutes(options: SimRoutesOptions): SimRoutes {
  const { direction: ownDirection } = options;
  const files = readPublicFiles({
    [page]: publicFile('index.html'),
    ...Object.fromEntries(parts.map((name) => [`${page}/${name}`, publicFile(name)])),
    [`${page}/stream.js`]: sharedFiles.stream,
  });
  const faultOf = accessGuard({ host: '127.0.0.1', certificate: null, isLinked: true });
  const clock = systemClock();
  const scheduler = systemScheduler();
  const streams = createStreams<BoardView>({
    ...{ name: 'sim', edition: editionOf(files), clientsMax: simClientsMax, clock, scheduler },
  });
  let cancel = (): void => {};
  const look = (): void => {
    streams.publish(options.view(ownDirection));
    cancel = scheduler.at(clock.now().monotonicMs + lookMs, look);
  };

  const show = (request: IncomingMessage, response: ServerResponse, direction: Direction): void => {
    if (hasBody(request)) return refuse(response, 413, 'only what is sent by POST has a body');
    const path = pathOf(request);
    const file = files.get(path);
    if (path === page && direction !== ownDirection) return redirect(response, direction);
    if (file !== undefined) return send(response, 200, file.type, file.body);
    if (path === `${page}/events`) return streams.accept(request, response);
    if (path === `${page}/board`)
      return send(response, 200, json, JSON.stringify(options.view(direction)));
    if (path !== `${page}/people`) return send(response, 404, plainText, 'not found\n');
    void options.people().then((people) => send(response, 200, json, JSON.stringify(people)));
  };
  const redirect = (response: ServerResponse, direction: Direction): void => {
    const port = options.portOf(direction);
    response.setHeader('location', `http://127.0.0.1:${port}${page}`);
    send(response, 302, plainText, `the gate ${direction} is at port ${port}\n`);
  };
  const take = (request: IncomingMessage, response: ServerResponse, direction: Direction): void =>
    readJsonBody(request, actionLimits.bodyBytesMax, (read) => {
      if (!read.ok) return refuseWith(response, read.fault);
      const action = parseAction(read.value);
      if (action === null) return refuseWith(response, 'bad-action');
      void options.perform(direction, action).then((fault) => {
        if (fault === null) send(response, 200, json, '{}');
        else refuseWith(response, fault);
      });
    });

  return {
    connectionsMax: 3 * simClientsMax,
    answer(request, response) {
      const path = pathOf(request);
      if (path !== page && !path.startsWith(`${page}/`)) return false;
      const fault = faultOf(request);
      const direction = directionOf(request, ownDirection);
      const mayPost = path === `${page}/board`;
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (fault !== null) refuseWith(response, fault);
      else if (direction === null) refuseWith(response, 'bad-gate');
      else if (isRead) show(request, response, direction);
      else if (mayPost && request.method === 'POST') take(request, response, direction);
      else {
        response.setHeader('allow', mayPost ? 'GET, HEAD, POST' : 'GET, HEAD');
        refuse(response, 405, 'no such method here');
      }
      return true;
    },
    start() {
      streams.start();
      look();
    },
    stop() {
      cancel();
      streams.stop();
    },
  };
}

/** `?gate=in` or `?gate=out`; without it the listener's own; null: another word */
function directionOf({ url = '' }: IncomingMessage, own: Direction): Direction | null {
  const [, query = ''] = url.split('?', 2);
  const asked = new URLSearchParams(query).get('gate');
  return asked === null ? own : (directions.find((direction) => direction === asked) ?? null);
}

/** With words for the page; closes the connection, whose rest may be that of an unread body. */
function refuseWith(response: ServerResponse, code: SimFault): void {
  response.setHeader('connection', 'close');
  send(response, faultStatus[code], json, JSON.stringify({ code, text: faultWords[code] }));
}
