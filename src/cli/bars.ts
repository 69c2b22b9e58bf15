/** A line of a chart: its name, how long its bar is (0 to 1 of the longest), what is written behind it. */
export interface Bar {
  readonly name: string;
  readonly part: number;
  readonly text: string;
}

const most = 20;
const widest = 40;

/**
 * The chart as lines of at most `columns` characters (0 or undefined, as where there is no terminal: 80): all bars in their order, or the
 * longest where there are more than 20.
 */
export function drawBars(bars: readonly Bar[], columns: number | undefined): string {
  const shown = bars.length <= most ? bars : [...bars].sort((a, b) => length(b) - length(a)).slice(0, most);
  const room = (columns || 80) - 1;
  const textWidth = Math.max(0, ...shown.map(({ text }) => text.length));
  const nameWidth = Math.min(Math.max(0, ...shown.map(({ name }) => name.length)), Math.max(4, room - textWidth - 12));
  const width = Math.max(1, Math.min(widest, room - textWidth - nameWidth - 4));
  const lines = shown.map(({ name, part, text }) => {
    const label = name.length > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name;
    return `${label.padEnd(nameWidth)}  ${bar(part, width)}  ${text.padStart(textWidth)}\n`;
  });
  const others = bars.length - shown.length;
  if (others > 0) lines.push(`and ${others.toLocaleString('en')} shorter ones; --format json has them all\n`);
  return lines.join('');
}

const length = ({ part }: Bar): number => (Number.isNaN(part) ? 0 : part);

/** `part` of a width of characters, to an eighth of one. */
export function bar(part: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, part || 0)) * width * 8);
  return ('█'.repeat(eighths >> 3) + ['', ...'▏▎▍▌▋▊▉'][eighths & 7]).padEnd(width);
}
