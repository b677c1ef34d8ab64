/**
 * What is heard. Each tone differs in pitch, rhythm and length, so that it is known without looking,
 * from a small loudspeaker in the wind: all of it between 300 and 2000 Hz.
 */

/** wave, [frequency in Hz, from ms, to ms, dies away like a bell] … */
const tones = {
  // one short high beep: it has been read
  accepted: { wave: 'sine', notes: [[1760, 0, 90, false]] },
  // two quick notes, rising
  go: {
    wave: 'triangle',
    notes: [
      [784, 0, 120, false],
      [1175, 140, 420, false],
    ],
  },
  // three low buzzes
  refused: {
    wave: 'sawtooth',
    notes: [
      [330, 0, 160, false],
      [330, 240, 400, false],
      [330, 480, 640, false],
    ],
  },
  // a slow doorbell, falling
  'see-guard': {
    wave: 'triangle',
    notes: [
      [659, 0, 560, true],
      [523, 600, 1500, true],
    ],
  },
};
const loudness = 0.6;
/** Soft edges: a hard one clicks. */
const edgeSeconds = 0.012;
const silence = 0.0001;
/** Up and down between these until it is stopped. */
const siren = { lowHz: 700, highHz: 1400, periodMs: 800, loudness: 0.4 };

/**
 * Sounds a tone once; the siren until it is stopped.
 * @param {BaseAudioContext} context
 * @param {string} name `none` and unknown ones are silent
 * @returns {() => void} stops a siren
 */
export function startTone(context, name) {
  if (name === 'siren') return startSiren(context);
  if (!Object.hasOwn(tones, name)) return () => {};
  const { wave, notes } = tones[name];
  for (const [frequencyHz, fromMs, toMs, dies] of notes) {
    const voice = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + fromMs / 1000;
    const to = context.currentTime + toMs / 1000;
    voice.type = wave;
    voice.frequency.value = frequencyHz;
    volume.gain.setValueAtTime(silence, from);
    volume.gain.exponentialRampToValueAtTime(loudness, from + edgeSeconds);
    if (!dies) volume.gain.setValueAtTime(loudness, to - edgeSeconds);
    volume.gain.exponentialRampToValueAtTime(silence, to);
    voice.connect(volume).connect(context.destination);
    voice.start(from);
    voice.stop(to);
  }
  return () => {};
}

function startSiren(context) {
  const voice = context.createOscillator();
  const sweep = context.createOscillator();
  const depth = context.createGain();
  const volume = context.createGain();
  voice.type = 'square';
  voice.frequency.value = (siren.lowHz + siren.highHz) / 2;
  sweep.type = 'triangle';
  sweep.frequency.value = 1000 / siren.periodMs;
  depth.gain.value = (siren.highHz - siren.lowHz) / 2;
  volume.gain.value = siren.loudness;
  sweep.connect(depth).connect(voice.frequency);
  voice.connect(volume).connect(context.destination);
  voice.start();
  sweep.start();
  return () => {
    voice.stop();
    sweep.stop();
  };
}
