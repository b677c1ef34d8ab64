/** What a rule asks for, in words: one line for each requirement, and what it binds to whom. Pure. */
import type { Phrase, Policy, Requirement, Rule } from '../../config/policy.js';
import { attestableWords } from '../../kiosk/booth/phrases.js';
import { directionWords, identityWords, purposeWords } from './policy-words.js';

/** @returns a requirement as a line of evidence; none where it only compares */
export function evidenceWords(requirement: Requirement, { settings }: Policy): readonly Phrase[] {
  const way =
    requirement.only === undefined
      ? { zh: '', en: '' }
      : both({ zh: '', en: '' }, directionWords[requirement.only], { zh: '：', en: ': ' });
  const said = (zh: string, en: string): readonly Phrase[] => [both(way, { zh, en })];
  switch (requirement.op) {
    case 'document': {
      const { label, optional, or, purpose } = requirement;
      const parts = [label];
      const use = purpose === undefined ? undefined : purposeWords[purpose];
      if (use !== undefined) parts.push({ zh: `（${use.zh}）`, en: ` (${use.en})` });
      if (optional) parts.push({ zh: '（如有）', en: ' (where there is one)' });
      const instead = or === undefined ? undefined : attestableWords[or];
      if (instead !== undefined)
        parts.push({ zh: `，或门卫审验：${instead.zh}`, en: `, or attested: ${instead.en}` });
      return [both(way, ...parts)];
    }
    case 'card':
      return said(requirement.label.zh, requirement.label.en);
    case 'attested':
      return said(
        `门卫审验：${requirement.label.zh}`,
        `attested by the guard: ${requirement.label.en}`,
      );
    case 'selected':
      return said('门卫选定此情形', 'the guard chooses this case');
    case 'leaver-card':
      return said(
        `${requirement.label.zh}（同户有人隔离时）`,
        `${requirement.label.en}, while a member of the household is isolated`,
      );
    case 'zone':
      return said('适用于本区域', 'good for this zone');
    case 'ticket':
      return said(
        `出入票在其 ${settings.ticketWindowDays} 日内，进出各一次；进门须其外出有记录`,
        `the ticket within its ${settings.ticketWindowDays} days, once each way; in: its exit is known`,
      );
    case 'recent-exit':
      return said(
        `本人 ${settings.maxAbsenceHours} 小时内外出有记录`,
        `an exit of the person is known within ${settings.maxAbsenceHours} hours`,
      );
    case 'temperature': {
      const degrees = celsius(settings.feverCentidegrees);
      const isFirst = requirement.before !== undefined;
      return said(
        `体温正常（低于 ${degrees}）${isFirst ? '，先于接待人出示' : ''}`,
        `a normal temperature, below ${degrees}${isFirst ? ', before the host shows the code' : ''}`,
      );
    }
    default:
      return [];
  }
}

/** @returns what a requirement holds a paper against, in words; none where it compares nothing */
export function bindingWords(requirement: Requirement, rule: Rule): readonly Phrase[] {
  const labels = (names: readonly string[]) =>
    listed(
      rule.requires.flatMap((it) =>
        it.op === 'document' && names.includes(it.as) ? [it.label] : [],
      ),
    );
  switch (requirement.op) {
    case 'same':
      return [identityWords[requirement.identity]];
    case 'host':
      return [{ zh: '接待人校园卡号', en: 'the host’s campus id' }];
    case 'bound': {
      const papers = labels(requirement.of);
      const need = {
        each: { zh: '', en: '' },
        'where-named': { zh: '（注明持有人时）', en: ', where it names a holder' },
        one: { zh: '（至少一件注明本人，否则转门卫看原件）', en: ', named by one at least' },
      }[requirement.need];
      return [both(identityWords['id-number'], { zh: '：', en: ': ' }, papers, need)];
    }
    default:
      return [];
  }
}

/** @returns phrases joined as they are */
export function both(...parts: readonly Phrase[]): Phrase {
  return { zh: parts.map(({ zh }) => zh).join(''), en: parts.map(({ en }) => en).join('') };
}

/** @returns phrases with commas between them */
export function listed(phrases: readonly Phrase[]): Phrase {
  return {
    zh: phrases.map(({ zh }) => zh).join('、'),
    en: phrases.map(({ en }) => en).join(', '),
  };
}

/** @returns hundredths of a degree in words; one decimal where that is all there is */
export function celsius(centidegrees: number): string {
  return `${(centidegrees / 100).toFixed(centidegrees % 10 === 0 ? 1 : 2)} °C`;
}
