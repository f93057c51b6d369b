/** Lines over the same steps. */
export interface Panel {
  readonly title: string;
  readonly steps: readonly string[];
  readonly unit: string;
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const [width, height, left, right, top, bottom] = [460, 300, 64, 24, 56, 34];
const colours = ['#6b7280', '#1d4ed8', '#c2410c', '#15803d', '#7e22ce', '#0e7490', '#a16207'];

/** Panels two by two. Steps have equal distances; values are on a logarithmic scale. */
export function drawChart(panels: readonly Panel[]): string {
  const rows = Math.ceil(panels.length / 2);
  const size = `width="${2 * width}" height="${rows * height}" viewBox="0 0 ${2 * width} ${rows * height}"`;
  const drawn = panels.map(
    (panel, i) => `<g transform="translate(${(i % 2) * width} ${(i >> 1) * height})">\n${drawPanel(panel)}\n</g>`,
  );
  const style = 'font-family="sans-serif" font-size="11" fill="#111827"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${style}>\n<title>CPU time of a request, by size and server</title>\n<rect width="100%" height="100%" fill="#ffffff"/>\n${drawn.join('\n')}\n</svg>\n`;
}

function drawPanel({ title, steps, unit, lines }: Panel): string {
  const values = lines.flatMap((line) => line.values).filter((value) => value > 0);
  const [low, high] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  const x = (i: number) => left + (i * (width - left - right)) / Math.max(1, steps.length - 1);
  const y = (value: number) =>
    height - bottom - ((Math.log10(value) - low) / Math.max(1, high - low)) * (height - top - bottom);
  const powers = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return [
    text(left, 16, `${title}: ${unit}`, 'font-weight="bold"'),
    ...powers.map((power) => grid(y(power), power)),
    ...steps.map((step, i) => text(x(i), height - bottom + 16, step, 'text-anchor="middle"')),
    ...lines.map(({ name, values }, i) => line(name, values, i, x, y)),
  ].join('\n');
}

function grid(y: number, power: number): string {
  const rule = `<line x1="${left}" x2="${width - right}" y1="${round(y)}" y2="${round(y)}" stroke="#e5e7eb"/>`;
  return `${rule}${text(left - 6, y + 4, power.toLocaleString('en-US'), 'text-anchor="end"')}`;
}

function line(
  name: string,
  values: readonly number[],
  index: number,
  x: (i: number) => number,
  y: (value: number) => number,
): string {
  const colour = colours[index % colours.length] ?? '';
  const points = values.flatMap((value, i) => (value > 0 ? [`${round(x(i))},${round(y(value))}`] : []));
  const marks = points.map((point) => {
    const [cx, cy] = point.split(',');
    return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour}"/>`;
  });
  const [column, row] = [index % 3, Math.floor(index / 3)];
  const legend = text(left + column * 128, 30 + row * 13, name, `fill="${colour}"`);
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>${marks.join('')}${legend}`;
}

function text(x: number, y: number, content: string, attributes = ''): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped}</text>`;
}

function round(value: number): string {
  return value.toFixed(1);
}
