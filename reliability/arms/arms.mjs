// Counts which arms of a module run: its functions, its loops, both ways of every if and br_if. A counter is a global that
// the module imports, so that instances share it and can be collected.
import { edited, exportedGlobals, leb, sleb } from '../wasm.mjs';

const IMPORT = 2,
  FUNCTION = 3,
  CONST = 0x41,
  GLOBAL_SET = 0x24,
  ELSE = 0x05;
const text = (name) => [...leb(name.length), ...Buffer.from(name)];

/** The module with counters, and what each of them counts: { arm, at, function }. */
export function instrumented({ code, operators }) {
  const arms = [],
    edits = [],
    open = [];
  const count = (operator, arm) => {
    arms.push({ arm, at: operator.at, function: operator.function });
    return [CONST, ...sleb(1), GLOBAL_SET, ...leb(arms.length - 1)];
  };
  const replace = ({ from, to }, bytes) => edits.push({ from, to, bytes });
  let body = -1;
  for (const operator of operators) {
    const { name, from, to, holds } = operator,
      own = [...code.subarray(from, to)];
    const first = operator.body === body ? [] : count(operator, 'function');
    body = operator.body;
    if (name === 'if') {
      open.push({ operator, other: false });
      replace(operator, [...first, ...own, ...count(operator, 'if')]);
    } else if (name === 'block' || name === 'loop') {
      open.push(undefined);
      replace(operator, [...first, ...own, ...(name === 'loop' ? count(operator, 'loop') : [])]);
    } else if (name === 'else') {
      const of = open.at(-1);
      of.other = true;
      replace(operator, [...own, ...count(of.operator, 'else')]);
    } else if (name === 'end') {
      const of = open.pop();
      if (of !== undefined && !of.other) replace(operator, [ELSE, ...count(of.operator, 'no else'), ...own]);
      else if (first.length > 0) replace(operator, [...first, ...own]);
    } else if (name === 'br_if') replace(operator, [...first, ...own, ...count(operator, 'no branch')]);
    else if (name.startsWith('global.'))
      edits.push({ from, to, bytes: first, global: holds.globalIndex, opcode: own[0] });
    else if (first.length > 0) replace(operator, [...first, ...own]);
  }
  // the counters come first among the globals, so the module's own move up, those that it exports too
  edits.unshift(...exportedGlobals(code).map(({ from, to, index }) => ({ from, to, bytes: leb(index + arms.length) })));
  for (const edit of edits)
    if (edit.opcode !== undefined) edit.bytes = [...edit.bytes, edit.opcode, ...leb(edit.global + arms.length)];
  const entries = arms.flatMap((_, i) => [...text('arms'), ...text(String(i)), 3, 0x7f, 1]);
  const content = [...leb(arms.length), ...entries];
  return { code: edited(code, edits, { before: FUNCTION, bytes: [IMPORT, ...leb(content.length), ...content] }), arms };
}

/** What such a module is instantiated with. */
export function counters(arms) {
  return arms.map(() => new WebAssembly.Global({ value: 'i32', mutable: true }, 0));
}
