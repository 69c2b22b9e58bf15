// Where a mutant is: as a text, and in which function.

export const placeOf = ({ start, end }) => `${start.line}:${start.column}-${end.line}:${end.column}`;

/** A place as reporters get it: checkers get lines and columns that begin with 0. */
export const fromOne = ({ start, end }) => ({ start: next(start), end: next(end) });
const next = ({ line, column }) => ({ line: line + 1, column: column + 1 });

const declared = /^(?:export )?(?:async )?function (\w+)/,
  constant = /^(?:export )?const (\w+)/,
  member = /^ {2}(?:private |static |readonly |async |get |set )*(#?\w+)\(.*\{$/;

/** The function, method or constant that a line is of; '' for none. */
export function functionAt(lines, line) {
  for (let i = line - 1; i >= 0; i--) {
    const found = declared.exec(lines[i]) ?? constant.exec(lines[i]) ?? member.exec(lines[i]);
    if (found !== null && !/^(if|for|while|switch|return)$/.test(found[1])) return found[1];
    if (/^\}/.test(lines[i]) && i < line - 1) return '';
  }
  return '';
}
