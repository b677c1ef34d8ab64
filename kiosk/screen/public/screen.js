/**
 * The person's screen: shows the newest view and says so when the controller is gone.
 * Data only ever becomes text; a stale "go" must never stand.
 */
import { followStream } from './stream.js';

const lost = {
  mode: 'lost',
  headline: { zh: '控制器失联', en: 'Controller lost' },
  nextStep: { zh: '请勿通行，请到门卫处', en: 'Do not pass. Please see the guard.' },
  checklist: [],
  temperature: null,
  masked: null,
  tone: 'none',
};
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
const ways = { in: { zh: '入口', en: 'Entrance' }, out: { zh: '出口', en: 'Exit' } };

const element = (id) => document.getElementById(id);
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });

/** The gate's own words, which the browser's dictionary would take apart. */
const ownWords = ['门卫处', '测温口', '审批表', '二维码', '通行证', '出入票', '校园卡', '控制器'];

/** Chinese text that breaks between words only, and never before a comma. */
function setChinese(id, text) {
  const inside = new Set();
  for (const word of ownWords)
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
      for (let offset = 1; offset < word.length; offset += 1) inside.add(at + offset);
  const parts = [];
  for (const { segment, index, isWordLike } of segmenter.segment(text)) {
    if (index > 0 && isWordLike && !inside.has(index)) parts.push(document.createElement('wbr'));
    parts.push(document.createTextNode(segment));
  }
  element(id).replaceChildren(...parts);
}

function setSymbol(id, name) {
  element(id).setAttribute('href', `#symbol-${name}`);
}

function checklistRow(item) {
  const row = document.createElement('li');
  row.dataset.state = item.state;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#symbol-${item.state === 'refused' ? 'item-refused' : item.state}`);
  svg.append(use);
  const chinese = document.createElement('span');
  chinese.textContent = item.label.zh;
  const english = document.createElement('span');
  english.lang = 'en';
  english.textContent = item.label.en;
  const label = document.createElement('p');
  label.append(chinese, english);
  row.append(svg, label);
  return row;
}

function show(view) {
  document.body.dataset.mode = view.mode;
  setSymbol('symbol', view.mode);
  setChinese('headline-zh', view.headline.zh);
  element('headline-en').textContent = view.headline.en;
  const way = ways[view.direction];
  if (way !== undefined) {
    element('way-zh').textContent = way.zh;
    element('way-en').textContent = way.en;
    setSymbol('way-symbol', view.direction);
  }
  element('masked').hidden = view.masked === null;
  element('masked-text').textContent = view.masked ?? '';
  element('step').hidden = view.nextStep === null;
  setChinese('step-zh', view.nextStep?.zh ?? '');
  element('step-en').textContent = view.nextStep?.en ?? '';
  element('checklist').hidden = view.checklist.length === 0;
  element('checklist').replaceChildren(...view.checklist.map(checklistRow));
  element('temperature').hidden = view.temperature === null;
  element('temperature-text').textContent = `${view.temperature?.celsius ?? ''}\u00a0℃`;
  const rows = view.checklist.length + (view.temperature === null ? 0 : 1);
  document.body.dataset.details = rows > 0 ? 'rows' : view.nextStep === null ? 'none' : 'step';
  // The style sheet fits the sizes to these.
  const counts = {
    'characters-zh': [...view.headline.zh].length,
    'characters-en': [...view.headline.en].length,
    rows,
  };
  for (const [name, count] of Object.entries(counts))
    document.body.style.setProperty(`--${name}`, String(Math.max(1, count)));
}

/* Sound: each tone differs in rhythm and pitch, so that it is known without looking. */

/** [wave, [frequency in Hz, from ms, to ms] …] */
const tones = {
  accepted: ['sine', [[1047, 0, 90]]],
  go: [
    'sine',
    [
      [784, 0, 110],
      [1175, 120, 330],
    ],
  ],
  refused: [
    'sawtooth',
    [
      [165, 0, 220],
      [165, 300, 640],
    ],
  ],
  'see-guard': [
    'triangle',
    [
      [659, 0, 280],
      [494, 290, 680],
    ],
  ],
};
/** A siren sweeps between these until the view changes. */
const siren = { lowHz: 600, highHz: 1200, periodMs: 700 };

let audio = null;
let stopSiren = () => {};

function speaker() {
  audio ??= new AudioContext();
  // A kiosk's browser is started with autoplay allowed; elsewhere the first touch allows it.
  if (audio.state === 'suspended') audio.resume();
  return audio;
}

function sound(name) {
  stopSiren();
  stopSiren = () => {};
  if (name === 'siren') stopSiren = startSiren();
  const tone = tones[name];
  if (tone === undefined) return;
  const context = speaker();
  const [wave, notes] = tone;
  for (const [frequencyHz, fromMs, toMs] of notes) {
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + fromMs / 1000;
    const to = context.currentTime + toMs / 1000;
    oscillator.type = wave;
    oscillator.frequency.value = frequencyHz;
    // Soft edges: a hard one clicks.
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.6, from + 0.015);
    volume.gain.setValueAtTime(0.6, to - 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, to);
    oscillator.connect(volume).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(to);
  }
}

function startSiren() {
  const context = speaker();
  const voice = context.createOscillator();
  const sweep = context.createOscillator();
  const depth = context.createGain();
  const volume = context.createGain();
  voice.type = 'square';
  voice.frequency.value = (siren.lowHz + siren.highHz) / 2;
  sweep.type = 'triangle';
  sweep.frequency.value = 1000 / siren.periodMs;
  depth.gain.value = (siren.highHz - siren.lowHz) / 2;
  volume.gain.value = 0.4;
  sweep.connect(depth).connect(voice.frequency);
  voice.connect(volume).connect(context.destination);
  voice.start();
  sweep.start();
  return () => {
    voice.stop();
    sweep.stop();
  };
}

/** The tone heard last; null: whatever sounded before this page or this stream is not repeated. */
let heardTone = null;

function showView(view) {
  if (!modes.includes(view.mode)) throw new Error('unknown mode');
  show(view);
  const tone = `${view.tone} ${view.toneSerial}`;
  if (tone !== heardTone && (heardTone !== null || view.tone === 'siren')) sound(view.tone);
  heardTone = tone;
}

function showLost() {
  heardTone = null;
  show(lost);
  sound('none');
}

addEventListener('pointerdown', () => speaker());
followStream({ show: showView, lost: showLost });
