/** The fields of a paper as rows: a label in both languages, beside it the value, as large as fits. */
import type { PaperField } from './paper.js';
import { isPredictable, widthOf, wrapText } from './paper-text.js';
import { type Box, rules, text } from './svg.js';

export interface FieldStyle {
  /** of the column with the labels, in mm */
  readonly labelWidth: number;
  readonly valueSize: number;
  readonly rowHeightMax: number;
  /** a table with all its lines, as forms are; else a line below each row */
  readonly isTable: boolean;
}

/** Down to this part of its size a value shrinks before it would run out of the box. */
const scales = [1, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52] as const;
const mainFactor = 1.25;
const lineHeight = 1.22;
/** Of a value's size. */
const labelFactor = 0.78;
const englishFactor = 0.56;
const labelColor = '#444';
/** Between the label's two lines and around them, of a value's size. */
const labelHeight = 2.1;

interface Row {
  readonly field: PaperField;
  readonly lines: readonly string[];
  readonly size: number;
  readonly height: number;
}

/**
 * Takes the fields and the box for them; returns the elements and the lower edge of the last row.
 * The box is enough for whatever a credential can hold.
 */
export function drawFields(
  fields: readonly PaperField[],
  box: Box,
  style: FieldStyle,
): { readonly elements: readonly string[]; readonly bottom: number } {
  const { rows, scale } = layOut(fields, box, style);
  const spare = (box.height - heightOf(rows)) / Math.max(1, rows.length);
  const elements: string[] = [];
  const edges: number[] = [];
  let top = box.y;
  for (const row of rows) {
    const height = Math.max(row.height, Math.min(style.rowHeightMax, row.height + spare));
    elements.push(...drawRow(row, { ...box, y: top, height }, style, scale));
    top += height;
    edges.push(top);
  }
  const right = box.x + box.width;
  const across = (y: number) => [box.x, y, right, y] as const;
  const down = (x: number) => [x, box.y, x, top] as const;
  const sides = [box.x, box.x + style.labelWidth, right];
  const lines = edges.map(across);
  elements.push(rules(style.isTable ? [across(box.y), ...lines, ...sides.map(down)] : lines));
  return { elements, bottom: top };
}

function layOut(fields: readonly PaperField[], box: Box, style: FieldStyle) {
  const least = scales[scales.length - 1] ?? 1;
  const scale =
    scales.find((each) => heightOf(makeRows(fields, box, style, each)) <= box.height) ?? least;
  return { rows: makeRows(fields, box, style, scale), scale };
}

function makeRows(
  fields: readonly PaperField[],
  box: Box,
  style: FieldStyle,
  scale: number,
): readonly Row[] {
  const width = box.width - style.labelWidth - 2 * insetOf(style);
  return fields.map((field) => {
    const size = style.valueSize * scale * (field.isMain ? mainFactor : 1);
    const lines = wrapValues(field.values, width / size, field.isMain);
    const valueHeight = (lines.length - 1) * lineHeight * size + 1.6 * size;
    return {
      field,
      lines,
      size,
      height: Math.max(valueHeight, labelHeight * style.valueSize * scale),
    };
  });
}

function drawRow(row: Row, box: Box, style: FieldStyle, scale: number): readonly string[] {
  const { field, lines, size } = row;
  const middle = box.y + box.height / 2;
  const label = style.valueSize * scale;
  const left = box.x + (style.isTable ? insetOf(style) : 0);
  const right = box.x + style.labelWidth + insetOf(style);
  // Ink of a line reaches from about 0.85 of its size above the baseline to 0.15 below.
  const first = middle - ((lines.length - 1) * lineHeight * size) / 2 + 0.36 * size;
  return [
    text(left, middle - 0.08 * label, field.label.zh, {
      size: labelFactor * label,
      color: labelColor,
    }),
    text(left, middle + 0.62 * label, field.label.en, {
      size: englishFactor * label,
      color: labelColor,
    }),
    ...lines.map((line, index) =>
      text(right, first + index * lineHeight * size, line, {
        size,
        isBold: field.isMain,
        ...(isPredictable(line) ? {} : { width: widthOf(line, field.isMain) * size }),
      }),
    ),
  ];
}

function wrapValues(values: readonly string[], maxEm: number, isBold: boolean): readonly string[] {
  const line = values.join('  ');
  return widthOf(line, isBold) <= maxEm
    ? [line]
    : values.flatMap((value) => wrapText(value, maxEm, isBold));
}

function heightOf(rows: readonly Row[]): number {
  return rows.reduce((sum, { height }) => sum + height, 0);
}

function insetOf(style: FieldStyle): number {
  return style.isTable ? 3 : 0;
}
