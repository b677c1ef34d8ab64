/** What CONFIRM means now, as the guard's own sentence: "I have asked …", "arrived on …". */
import type { Phrase } from '../../config/policy.js';
import type { Attestable } from '../../config/vocabulary.js';
import type { Meaning } from '../core/guard/prompts.js';
import { openReasonWords } from './phrases.js';

const attestSentences: Readonly<Record<Attestable, Phrase>> = {
  'resumption-certificate': {
    zh: '我已查看：复工证明（纸质）',
    en: 'I have seen the resumption certificate on paper',
  },
  'work-id': { zh: '我已查看：工作证', en: 'I have seen the work ID' },
  questions: { zh: '我已询问：是否外地返哈', en: 'I have asked: back from outside Harbin?' },
  landlord: { zh: '房东已确认', en: 'The landlord has confirmed' },
  'property-office': { zh: '物业部门已确认', en: 'The property office has confirmed' },
  temperature: { zh: '人工测温：正常', en: 'Temperature by hand: normal' },
  originals: { zh: '我已核对：证件原件', en: 'I have seen the originals' },
  'not-returning': { zh: '本人不是外地返哈', en: 'Not back from outside Harbin' },
};

/** @returns the sentence that a CONFIRM says */
export function meaningWords(meaning: Meaning): Phrase {
  switch (meaning.type) {
    case 'attest':
      return attestSentences[meaning.what];
    case 'temperature':
      return meaning.is === 'normal'
        ? attestSentences.temperature
        : { zh: '人工测温：发热', en: 'Temperature by hand: fever' };
    case 'case': {
      const { title, clause } = meaning.rule;
      return { zh: `认定为：${title.zh}（${clause}）`, en: `The case is: ${title.en}` };
    }
    case 'attend':
      return { zh: '我已查看本人，准予通行', en: 'I have looked at the person: let pass' };
    case 'day':
      return dayWords(meaning.day, meaning.daysBack);
    case 'ticket':
      return meaning.isUsed
        ? { zh: '此票停电前已用过', en: 'The ticket was used before the power cut' }
        : { zh: '此票停电前没有用过', en: 'The ticket was not used before the power cut' };
    case 'accompanied':
      return {
        zh: `随行儿童：第 ${meaning.count} 名`,
        en: `A child passes with this person (${meaning.count})`,
      };
    case 'reason': {
      const { zh, en } = openReasonWords[meaning.reason];
      return { zh: `开门原因：${zh}`, en: `Opened because: ${en}` };
    }
  }
}

function dayWords(day: number, daysBack: number): Phrase {
  const [, month = 0, date = 0] = isoDay(day).split('-').map(Number);
  const near = ['今天', '昨天', '前天'][daysBack] ?? `${daysBack}天前`;
  const nearEnglish = ['today', 'yesterday'][daysBack] ?? `${daysBack} days ago`;
  return {
    zh: `到达日期：${near}（${month}月${date}日）`,
    en: `Arrived ${nearEnglish} (${isoDay(day)})`,
  };
}

/** @returns a day, counted since 1970-01-01, as `2020-02-10`; what no calendar has as the first */
export function isoDay(day: number): string {
  const date = new Date(day * 86_400_000);
  return Number.isNaN(date.getTime()) ? '1970-01-01' : date.toISOString().slice(0, 10);
}
