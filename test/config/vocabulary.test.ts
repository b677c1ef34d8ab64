import { expect, test } from 'vitest';
import { credentialKinds, credentialTitles } from '../../config/vocabulary.js';

test('every credential kind has a Chinese and an English title', () => {
  for (const kind of Object.values(credentialKinds)) {
    expect(credentialTitles[kind].zh).toMatch(/\p{Script=Han}/u);
    expect(credentialTitles[kind].en).toMatch(/^[a-z-]+( [a-z-]+)*$/);
  }
});
