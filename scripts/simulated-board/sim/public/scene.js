/** The picture of lane, person and devices; papers are dropped on it, and some of it can be pressed. */
import { element } from './elements.js';
import { cardType, paperType } from './people.js';

/** How long the figure is seen to go through, or back. */
const walkMs = 1400;
const beamMs = 500;
/** People go from left to right: at the gate out the campus is on the left. */
const outside = { zh: '校外', en: 'outside' };
const campus = { zh: '校内', en: 'campus' };
const noPower = { zh: '没有电', en: 'No power' };

/** A place's name; the weather stands outside. */
function showPlace(id, words, celsius) {
  element(`${id}-zh`).textContent = words.zh;
  element(`${id}-en`).textContent = words === outside ? `${words.en} ${celsius} ℃` : words.en;
}

/**
 * @param {{
 *   act(action: object): Promise<boolean>,
 *   person(): object | null,              who is chosen
 *   held(): object | null,                what Enter on scanner or reader shows
 *   celsius(): number,                    of the wrist
 * }} page
 */
export function createScene({ act, person, held, celsius }) {
  const figure = element('figure');
  let scans = -1;
  let walks = -1;
  /** where the figure is seen until the walk is over; null: where the gate's state has it */
  let walking = null;
  let view = null;
  const timers = new Map();

  const later = (name, ms, task) => {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(task, ms));
  };

  function dropTarget(id, type, take) {
    const target = element(id);
    target.addEventListener('dragover', (event) => {
      if (!event.dataTransfer.types.includes(type)) return;
      event.preventDefault();
      target.dataset.over = 'true';
    });
    target.addEventListener('dragleave', () => delete target.dataset.over);
    target.addEventListener('drop', (event) => {
      event.preventDefault();
      delete target.dataset.over;
      delete document.body.dataset.dragging;
      take(event.dataTransfer.getData(type));
    });
  }
  function pressable(id, done) {
    const target = element(id);
    target.setAttribute('role', 'button');
    target.setAttribute('tabindex', '0');
    target.addEventListener('click', done);
    target.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      done();
    });
  }
  const scan = (paper) => act({ action: 'scan', paper });
  const layCard = (id) => act({ action: 'lay-card', person: id });
  dropTarget('scanner', paperType, scan);
  dropTarget('reader', cardType, layCard);
  pressable('scanner', () => {
    const paper = held()?.type === paperType ? held().id : person()?.papers[0]?.id;
    if (paper !== undefined) scan(paper);
  });
  pressable('reader', () => {
    if (view?.props.card !== null) act({ action: 'take-card' });
    else if (person()?.card !== null) layCard(person().id);
  });
  pressable('thermometer', () => act({ action: 'wrist', celsius: celsius() }));
  pressable('arm', () => act({ action: 'walk', how: 'through' }));
  pressable('bell', () => act({ action: 'fire', on: view?.props.fire !== true }));
  pressable('controller', () => act({ action: 'power', on: view?.power !== true }));

  function place({ lane, props }) {
    if (walking !== null) return walking;
    if (lane?.name === 'passing') return 'arm';
    const isThere = lane?.attempt != null || props.card !== null || props.wristCelsius !== null;
    return isThere || lane?.name === 'granted' ? 'front' : 'away';
  }
  function walk(result) {
    walking = result === 'passes' ? 'through' : 'blocked';
    later('walk', walkMs, () => {
      walking = null;
      if (view !== null) figure.dataset.place = place(view);
    });
    if (result === 'passes') element('arm').dataset.turns = String(walks % 3);
  }

  return {
    show(next) {
      view = next;
      const { props, lane, arm, devices, lamps, broker, reports, collector } = next;
      if (walks !== -1 && props.walked !== null && props.walked.count !== walks) {
        walks = props.walked.count;
        walk(props.walked.result);
      }
      walks = props.walked?.count ?? 0;
      if (scans !== -1 && props.scanned !== null && props.scanned.count !== scans) {
        element('scanner').dataset.beam = 'on';
        later('beam', beamMs, () => delete element('scanner').dataset.beam);
      }
      scans = props.scanned?.count ?? 0;
      figure.dataset.place = place(next);
      figure.dataset.fever = String((props.wristCelsius ?? 0) >= 37.3);
      element('figure-wrist').dataset.held = String(props.wristCelsius !== null);
      element('card').dataset.lying = String(props.card !== null);
      element('arm').dataset.open = String(arm.isUnlocked || arm.isReleased);
      element('relay').dataset.on = String(arm.relay || arm.isReleased);
      const words = lane?.text ?? noPower;
      element('lane-zh').textContent = words.zh;
      element('lane-en').textContent = words.en;
      element('panel-screen').dataset.mode = next.screen ?? 'lost';
      element('bell').dataset.on = String(props.fire);
      element('controller').dataset.on = String(next.power);
      document.body.dataset.direction = next.direction;
      const [from, to] = next.direction === 'in' ? [outside, campus] : [campus, outside];
      showPlace('from', from, props.outsideCelsius);
      showPlace('to', to, props.outsideCelsius);
      element('snow').dataset.falls = String(props.outsideCelsius < 0);
      element('indoors-text').textContent = `${props.indoorsCelsius} ℃`;
      const status = new Map(devices.map((device) => [device.name, device.status]));
      for (const cable of document.querySelectorAll('#cables-drawn [data-cable]')) {
        const name = cable.dataset.cable;
        cable.dataset.state = props.cut.includes(name) ? 'cut' : (status.get(name) ?? 'ok');
      }
      for (const lamp of document.querySelectorAll('[data-lamp]'))
        lamp.dataset.on = String(lamps[lamp.dataset.lamp] === true);
      element('guard-figure').dataset.there = String(next.guard?.onDuty != null);
      element('disk-drawn').dataset.state = props.disk;
      element('broker-drawn').dataset.on = String(broker.isUp);
      element('link-gate').dataset.on = String(reports?.isConnected === true);
      element('link-collector').dataset.on = String(collector.down === null);
      element('backlog-drawn').textContent = reports === null ? '–' : String(reports.backlog);
    },
  };
}
