// What can be changed about one operator of a module.
import wasmparser from 'wasmparser';
import { leb, sleb } from '../wasm.mjs';

const codes = new Map(Object.entries(wasmparser.OperatorCodeNames).map(([code, name]) => [name, Number(code)]));
const opcode = (name) => {
  const code = codes.get(name);
  return code > 0xff ? [code >> 12, ...leb(code & 0xfff)] : [code];
};
const DROP = 0x1a,
  EQZ = 0x45,
  CONST = 0x41;

const swaps = new Map();
const swap = (types, ...pairs) => {
  for (const type of types.split(' ')) {
    for (const [a, b] of pairs) if (codes.has(`${type}.${a}`)) swaps.set(`${type}.${a}`, `${type}.${b}`);
  }
};
const both = (a, b) => [[a, b], [b, a]]; // prettier-ignore
swap(
  'i32 i64 f32 f64 i32x4 i64x2 f32x4 f64x2',
  ...both('add', 'sub'),
  ['mul', 'add'],
  ['div', 'mul'],
  ['abs', 'neg'],
  ['nearest', 'floor'],
);
swap('f32x4 f64x2', ...both('pmax', 'pmin'), ...both('eq', 'ne'), ...both('lt', 'le'), ...both('gt', 'ge'));
swap('i32 f32 f64', ...both('eq', 'ne'), ...both('lt', 'le'), ...both('gt', 'ge'));
swap(
  'i32',
  ...both('lt_s', 'le_s'),
  ...both('gt_s', 'ge_s'),
  ...both('lt_u', 'le_u'),
  ...both('gt_u', 'ge_u'),
  ...both('clz', 'ctz'),
  ['div_s', 'mul'],
);
swap('i32 i64 v128', ...both('and', 'or'), ['xor', 'or'], ['andnot', 'and']);
swap('i32 i64 i32x4 i64x2', ['shl', 'shr_u'], ['shr_u', 'shl'], ['shr_s', 'shr_u'], ['rotl', 'rotr']);

/** Bytes that a load or store takes. */
function width(name) {
  const bits = /(?:load|store)(\d+)/.exec(name)?.[1];
  if (bits !== undefined) return bits / 8;
  return name.startsWith('v128') ? 16 : name.startsWith('v64x2') || name.includes('64.') ? 8 : 4;
}

/** Floating-point constants: another sign, and a change in the middle of the significand; 0 becomes what is not 0. */
function constants(bytes, lane) {
  const changed = (text, change) => {
    const copy = [...bytes];
    change(copy, copy.length - 1);
    return { text, bytes: copy };
  };
  const last = bytes.slice(-lane),
    all = (value) => last.slice(0, -1).every((byte) => byte === value);
  if (all(0) && (last.at(-1) & 127) === 0)
    return [changed('0 is 1.9', (copy, end) => copy.splice(end - 1, 2, 0xf3, 0x3f))];
  return [
    changed('another sign', (copy, end) => (copy[end] ^= 128)),
    changed('another significand', (copy, end) => (copy[end - lane / 2] ^= 16)),
  ];
}

/** All mutations of an operator: { kind, text, bytes }. */
export function mutations({ name, from, to, holds }, code) {
  const bytes = [...code.subarray(from, to)],
    found = [];
  const add = (kind, text, bytes) => found.push({ kind, text, bytes });
  if (swaps.has(name)) add('operator', `${name} is ${swaps.get(name)}`, opcode(swaps.get(name)));
  if (name === 'if' || name === 'br_if') {
    add('branch', `${name} negated`, [EQZ, ...bytes]);
    add('branch', `${name} never`, [DROP, CONST, 0, ...bytes]);
    add('branch', `${name} always`, [DROP, CONST, 1, ...bytes]);
  }
  if (name === 'select') add('branch', 'select negated', [EQZ, ...bytes]);
  if (name === 'i32.const') {
    add('constant', `${holds.literal} is ${holds.literal + 1}`, [CONST, ...sleb((holds.literal + 1) | 0)]);
    add('constant', `${holds.literal} is ${holds.literal - 1}`, [CONST, ...sleb((holds.literal - 1) | 0)]);
  } else if (/^(f32|f64|v128)\.const$/.test(name)) {
    const lane = name === 'f32.const' ? 4 : name === 'f64.const' || repeats(bytes.slice(-16), 8) ? 8 : 4;
    const float = repeats(bytes.slice(-16), 4) && name === 'v128.const' ? 4 : lane;
    for (const { text, bytes: changed } of constants(bytes, float)) add('constant', `${name}: ${text}`, changed);
  }
  if (holds.memoryAddress !== undefined) {
    const { flags, offset } = holds.memoryAddress,
      head = opcode(name);
    const lane = bytes.slice(head.length + leb(flags).length + leb(offset).length);
    add('offset', `${name} ${width(name)} bytes further`, [
      ...head,
      ...leb(flags),
      ...leb(offset + width(name)),
      ...lane,
    ]);
    if (name.includes('store')) add('dropped', `no ${name}`, [DROP, DROP]);
  }
  if (/lane$/.test(name)) add('lane', `${name}: another lane`, [...bytes.slice(0, -1), bytes.at(-1) ^ 1]);
  if (name === 'i8x16.shuffle')
    add('lane', 'i8x16.shuffle: its halves swapped', [
      ...bytes.slice(0, -16),
      ...bytes.slice(-8),
      ...bytes.slice(-16, -8),
    ]);
  if (name === 'local.set' || name === 'global.set') add('dropped', `no ${name}`, [DROP]);
  if (name === 'local.tee') add('dropped', 'no local.tee', []);
  if (name === 'call' && holds.signature.returns.length === 0)
    add(
      'dropped',
      'no call',
      holds.signature.params.map(() => DROP),
    );
  return found;
}

const repeats = (bytes, n) => bytes.every((byte, i) => byte === bytes[i % n]);
