/**
 * The printed page of a paper: a form on A4, any other on a card of A6. The ticket is white, the
 * residence pass coloured (notice No. 8, 七.1), so that a guard tells them apart from afar.
 */

import type { Paper } from './paper.js';
import { drawFields } from './paper-fields.js';
import { fittingSize } from './paper-text.js';
import { ifLost, showCode, stamp } from './paper-words.js';
import type { QrCode } from './qr.js';
import { area, type Box, page, qrCode, rules, text } from './svg.js';

const white = '#fff';
const coloured = '#ffe9a8';
const softColor = '#444';

const a4 = { width: 210, height: 297 };
const a6 = { width: 148, height: 105 };
const formMargin = 20;
const cardMargin = 8;

/** Takes a paper and its QR code (level Q); returns the page as an SVG file. */
export function drawPage(paper: Paper, qr: QrCode): string {
  // Forms, certificates and filings are of the size of letters; the rest goes into a pocket.
  const isForm = paper.kind === 1 || paper.kind === 5 || paper.kind === 6;
  const size = isForm ? a4 : a6;
  const ground = area({ x: 0, y: 0, ...size }, paper.kind === 3 ? coloured : white);
  const elements = isForm ? drawForm(paper, qr) : drawCard(paper, qr);
  return page(size, `${paper.title.zh} ${paper.title.en}`, [ground, ...elements]);
}

function drawCard(paper: Paper, qr: QrCode): readonly string[] {
  const { title, fields, id } = paper;
  const width = a6.width - 2 * cardMargin;
  const right = a6.width - cardMargin;
  const code: Box = { x: right - 50, y: 29, width: 50, height: 50 };
  const left: Box = { x: cardMargin, y: 28, width: code.x - cardMargin - 4, height: 56 };
  const style = { labelWidth: 20, valueSize: 3.6, rowHeightMax: 10, isTable: false };
  return [
    text(cardMargin, 17, title.zh, { size: fittingSize(title.zh, 11, width, true), isBold: true }),
    text(cardMargin, 23.5, title.en, { size: fittingSize(title.en, 4, width), color: softColor }),
    rules([[cardMargin, 27, right, 27]]),
    ...drawFields(fields, left, style).elements,
    qrCode(qr, code),
    ...drawFooter(id, cardMargin, 89.5, 2.6),
  ];
}

function drawForm(paper: Paper, qr: QrCode): readonly string[] {
  const { title, fields, id } = paper;
  const middle = a4.width / 2;
  const width = a4.width - 2 * formMargin;
  const style = { labelWidth: 42, valueSize: 5, rowHeightMax: 16, isTable: true };
  const table = drawFields(fields, { x: formMargin, y: 60, width, height: 118 }, style);
  const code: Box = { x: formMargin, y: table.bottom + 6, width: 76, height: 76 };
  const office: Box = { ...code, x: code.x + code.width + 6, width: width - code.width - 6 };
  const size = fittingSize(title.zh, 9, width, true);
  return [
    text(middle, 38, title.zh, { size, isBold: true, isMiddle: true }),
    text(middle, 47, title.en, {
      size: fittingSize(title.en, 4.4, width),
      isMiddle: true,
      color: softColor,
    }),
    ...table.elements,
    qrCode(qr, code),
    outline(office),
    text(office.x + 4, office.y + 8, stamp.zh, { size: 4, color: softColor }),
    text(office.x + 4, office.y + 12.8, stamp.en, { size: 2.8, color: softColor }),
    ...drawFooter(id, formMargin, 268, 3.6),
  ];
}

function outline({ x, y, width, height }: Box): string {
  const [right, bottom] = [x + width, y + height];
  return rules([
    [x, y, right, y],
    [x, bottom, right, bottom],
    [x, y, x, bottom],
    [right, y, right, bottom],
  ]);
}

/** What to do with the paper, and what names it on a revocation list. */
function drawFooter(id: string, x: number, y: number, size: number): readonly string[] {
  const style = { size: size * 0.85, color: softColor };
  return [
    text(x, y, `${showCode.zh}  ${showCode.en}`, style),
    text(x, y + 1.5 * size, `${ifLost.zh}  ${ifLost.en}`, style),
    text(x, y + 3.1 * size, id, { size, isFixedPitch: true }),
  ];
}
