/** The few SVG elements that a page is made of, in millimetres; nothing is loaded by them. */
import { type QrCode, quietModules } from './qr.js';

/** None is embedded: whoever prints Chinese has one of these. */
const families =
  "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Zen Hei',SimHei,sans-serif";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextStyle {
  readonly size: number;
  readonly isBold?: boolean;
  readonly isMiddle?: boolean;
  readonly isFixedPitch?: boolean;
  readonly color?: string;
  /** the renderer makes the line exactly so wide */
  readonly width?: number;
}

/** Takes the left (or middle) end of the baseline and a text; returns one line of it. */
export function text(x: number, y: number, content: string, style: TextStyle): string {
  const attributes = [
    `x="${mm(x)}" y="${mm(y)}" font-size="${mm(style.size)}"`,
    ...(style.isBold === true ? ['font-weight="700"'] : []),
    ...(style.isMiddle === true ? ['text-anchor="middle"'] : []),
    ...(style.isFixedPitch === true ? ['font-family="monospace"'] : []),
    ...(style.color === undefined ? [] : [`fill="${style.color}"`]),
    ...(style.width === undefined
      ? []
      : [`textLength="${mm(style.width)}" lengthAdjust="spacingAndGlyphs"`]),
  ];
  return `<text ${attributes.join(' ')}>${escapeXml(content)}</text>`;
}

/** Takes a box and its colour; returns it filled. */
export function area({ x, y, width, height }: Box, fill: string): string {
  return `<rect x="${mm(x)}" y="${mm(y)}" width="${mm(width)}" height="${mm(height)}" fill="${fill}"/>`;
}

/** Takes lines' ends; returns them thin and gray. */
export function rules(lines: readonly (readonly [number, number, number, number])[]): string {
  const path = lines.map(([x1, y1, x2, y2]) => `M${mm(x1)} ${mm(y1)}L${mm(x2)} ${mm(y2)}`);
  return `<path d="${path.join('')}" stroke="#777" stroke-width="0.2" fill="none"/>`;
}

/**
 * Takes a QR code and a square; returns it there, black on white, with its quiet zone inside the
 * square. A run of dark modules is one rectangle.
 */
export function qrCode(qr: QrCode, { x, y, width }: Box): string {
  const module = width / (qr.size + 2 * quietModules);
  let path = '';
  for (let row = 0; row < qr.size; row += 1)
    for (let start = 0; start < qr.size; start += 1) {
      if (!qr.isDark(start, row)) continue;
      let end = start + 1;
      while (end < qr.size && qr.isDark(end, row)) end += 1;
      path += `M${start} ${row}h${end - start}v1h${start - end}z`;
      start = end;
    }
  const origin = `${mm(x + quietModules * module)} ${mm(y + quietModules * module)}`;
  // Without anti-aliasing: with it neighbouring rows would be parted by hairlines.
  const place = `transform="translate(${origin}) scale(${module})" shape-rendering="crispEdges"`;
  return `${area({ x, y, width, height: width }, '#fff')}\n<path id="code" ${place} d="${path}"/>`;
}

/** Takes the page's size, title and elements; returns the file. A browser prints it at its size. */
export function page(
  size: { readonly width: number; readonly height: number },
  title: string,
  elements: readonly string[],
): string {
  const { width, height } = size;
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xml:lang="zh-Hans" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}" font-family="${families}">
<title>${escapeXml(title)}</title>
<style>@page{size:${width}mm ${height}mm;margin:0}text{white-space:pre}</style>
${elements.join('\n')}
</svg>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** What XML 1.0 §2.2 has no place for becomes U+FFFD: claims allow more than a page can hold. */
function escapeXml(content: string): string {
  return content
    .replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (character) => entities[character] ?? '');
}

function mm(length: number): string {
  return String(Math.round(length * 1000) / 1000);
}
