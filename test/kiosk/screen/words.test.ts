import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLanguages } from '../../../config/language-files.js';
import { viewInWords } from '../../../kiosk/screen/words.js';
import { russian } from './russian.js';
import { views } from './views.js';

const { languages } = readLanguages();

describe('a view in words', () => {
  it('is said in every language, in their order', () => {
    expect(viewInWords(views.go, languages)).toMatchObject({
      headline: ['请通行', 'Go'],
      step: { texts: ['一次一人，请尽快通过', 'One person at a time, without delay'] },
      temperature: '36.5\u00a0℃',
    });
    expect(viewInWords(views.go, languages.toReversed()).headline).toEqual(['Go', '请通行']);
    expect(viewInWords(views.go, languages.slice(0, 1)).headline).toEqual(['请通行']);
  });

  it("takes a third language's own papers, and English for those it does not have", () => {
    const { step, checklist } = viewInWords(views.card, [russian]);
    expect(step?.texts).toEqual(['Приложите к считывателю: Свой паспорт']);
    expect(checklist.map(({ texts }) => texts[0])).toEqual([
      'External entry approval form',
      'Свой паспорт',
      'Resumption-of-work certificate',
      'Температура',
    ]);
  });

  it('shows the measured value once: in the checklist, or beside the verdict', () => {
    const listed = viewInWords(views.card, languages);
    expect(listed.checklist.map(({ value }) => value)).toEqual([null, null, null, '36.5\u00a0℃']);
    expect(listed.temperature).toBeNull();
    expect(viewInWords(views.measuring, languages).temperature).toBeNull();
  });

  it('puts any label into a sentence as it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (label) => {
        const paper = { zh: label, en: label };
        const view = {
          ...views.collecting,
          nextStep: { step: 'show-paper', paper, hint: 'scan' },
        } as const;
        const { step } = viewInWords(view, languages);
        expect(step?.texts).toEqual([`请出示：${label}`, `Please show: ${label}`]);
      }),
    );
  });
});
