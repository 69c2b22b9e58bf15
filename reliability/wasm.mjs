// Reads the bodies of a module operator by operator, and writes the module with some of their bytes replaced.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TraceMap, originalPositionFor } from '@jridgewell/trace-mapping';
import wasmparser from 'wasmparser';

const { BinaryReader, BinaryReaderState: State, ExternalKind, OperatorCodeNames: names } = wasmparser;
export const root = dirname(import.meta.dirname);
const CODE = 10;

/**
 * A build: the bytes that ship, and every operator of its bodies: which function's, its first byte and the one behind it,
 * its name, what it holds, and the line it comes from.
 */
export function compiled(build) {
  const folder = join(root, 'build/mapped'),
    file = join(folder, `${build}.wasm`),
    text = join(folder, `${build}.wat`);
  mkdirSync(folder, { recursive: true });
  const asc = [
    join(root, 'node_modules/assemblyscript/bin/asc.js'),
    '--target',
    build,
    '--sourceMap',
    '--outFile',
    file,
    '--textFile',
    text,
  ];
  execFileSync(process.execPath, asc, { cwd: root, stdio: 'ignore' });
  const code = readFileSync(join(root, `build/${build}.wasm`));
  if (!code.equals(readFileSync(file).subarray(0, code.length)))
    throw new Error(`build/${build}.wasm is not what assembly/ compiles to: npm run build`);
  const functions = [...readFileSync(text, 'utf8').matchAll(/^ \(func \$(?:"([^"]+)"|(\S+))/gm)].map(
    (m) => m[1] ?? m[2],
  );
  const map = new TraceMap(readFileSync(`${file}.map`, 'utf8')),
    operators = operatorsOf(code);
  let at = '',
    body = -1;
  for (const operator of operators) {
    const { source, line } = originalPositionFor(map, { line: 1, column: operator.from });
    // what the compiler added belongs to what comes before
    if (source !== null) at = `${source.replace(/^.*(?=assembly\/|~lib\/)/, '')}:${line}`;
    else if (operator.body !== body) at = functions[operator.body];
    body = operator.body;
    Object.assign(operator, { at, function: functions[body] });
  }
  return { code, operators };
}

function operatorsOf(code) {
  const reader = new BinaryReader(),
    found = [],
    types = [],
    signatures = [];
  reader.setData(code.buffer.slice(code.byteOffset, code.byteOffset + code.length), 0, code.length);
  let body = -1,
    from = 0;
  while (reader.read()) {
    const { state, result, position } = reader;
    if (state === State.TYPE_SECTION_ENTRY) types.push(result);
    else if (state === State.FUNCTION_SECTION_ENTRY) signatures.push(types[result.typeIndex]);
    else if (state === State.BEGIN_FUNCTION_BODY) body++;
    else if (state === State.CODE_OPERATOR) {
      found.push({
        body,
        from,
        to: position,
        name: names[result.code],
        holds: { ...result, signature: signatures[result.funcIndex] },
      });
    }
    from = reader.position;
  }
  if (reader.error) throw reader.error;
  return found;
}

/** Where the index of each global that a module exports stands. */
export function exportedGlobals(code) {
  const reader = new BinaryReader(),
    found = [];
  reader.setData(code.buffer.slice(code.byteOffset, code.byteOffset + code.length), 0, code.length);
  while (reader.read()) {
    const { state, result, position } = reader;
    if (state !== State.EXPORT_SECTION_ENTRY || result.kind !== ExternalKind.Global) continue;
    found.push({ from: position - leb(result.index).length, to: position, index: result.index });
  }
  return found;
}

export const leb = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...leb(n >>> 7)]);
/** signed, of 32 bits */
export const sleb = (n) => (n >= -64 && n < 64 ? [n & 127] : [(n & 127) | 128, ...sleb(n >> 7)]);

/**
 * The module with the bytes of some operators or exports replaced (`edits`: { from, to, bytes }, in order) and, where wanted,
 * a section put in: `before` is the id of the section that has to follow it.
 */
export function edited(code, edits, section) {
  const parts = [code.subarray(0, 8)];
  let at = 8,
    next = 0;
  const number = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = code[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const spliced = (from, to) => {
    const pieces = [];
    for (; next < edits.length && edits[next].from < to; next++) {
      pieces.push(code.subarray(from, edits[next].from), Uint8Array.from(edits[next].bytes));
      from = edits[next].to;
    }
    return Buffer.concat([...pieces, code.subarray(from, to)]);
  };
  while (at < code.length) {
    const id = code[at++],
      size = number(),
      end = at + size;
    if (section !== undefined && section.before === id) parts.push(Uint8Array.from(section.bytes));
    if (id === CODE) {
      const count = number(),
        bodies = [Uint8Array.from(leb(count))];
      for (let i = 0; i < count; i++) {
        const length = number(),
          body = spliced(at, at + length);
        bodies.push(Uint8Array.from(leb(body.length)), body);
        at += length;
      }
      const all = Buffer.concat(bodies);
      parts.push(Uint8Array.from([CODE, ...leb(all.length)]), all);
    } else {
      const whole = spliced(at, end);
      parts.push(Uint8Array.from([id, ...leb(whole.length)]), whole);
    }
    at = end;
  }
  return Buffer.concat(parts);
}
