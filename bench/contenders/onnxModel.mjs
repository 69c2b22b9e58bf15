/**
 * The bytes of an ONNX model, x -> op(axis) -> y, x multiplied by theta or hidden by a mask before: just enough of protobuf to write it.
 * Field numbers: onnx/onnx.proto3.
 */
export function onnxModel(op, dtype, rank, axis, theta = 1, masked = false) {
  const reduces = op === 'ReduceLogSumExp';
  const type = dtype === 'float64' ? 11 : 1;
  const value = (name, n, kind = type) => [
    text(1, name),
    bytes(
      2,
      bytes(1, int(1, kind), bytes(2, ...Array.from({ length: n }, (_, i) => bytes(1, text(2, `${name}${i}`))))),
    ),
  ];
  // ReduceLogSumExp takes its axes as an attribute up to opset 17
  const attribute = reduces
    ? [bytes(5, text(1, 'axes'), int(8, axis), int(20, 7)), bytes(5, text(1, 'keepdims'), int(3, 0), int(20, 2))]
    : [bytes(5, text(1, 'axis'), int(3, axis), int(20, 2))];
  const changed = masked || theta !== 1;
  const node = bytes(1, text(1, changed ? 'z' : 'x'), text(2, 'y'), text(4, op), ...attribute);
  const graph = bytes(
    7,
    ...(masked ? [bytes(1, text(1, 'where'), text(1, 'x'), text(1, 'c'), text(2, 'z'), text(4, 'Where'))] : []),
    ...(theta === 1 ? [] : [bytes(1, text(1, 'x'), text(1, 'c'), text(2, 'z'), text(4, 'Mul'))]),
    node,
    text(2, 'g'),
    // a scalar: data type, name, raw bytes
    ...(changed ? [bytes(5, int(2, type), text(8, 'c'), raw(9, number(masked ? -Infinity : theta, dtype)))] : []),
    bytes(11, ...value('x', rank)),
    ...(masked ? [bytes(11, ...value('where', rank, 9))] : []),
    bytes(12, ...value('y', reduces ? rank - 1 : rank)),
  );
  return Uint8Array.from([...int(1, 8), ...graph, ...bytes(8, int(2, 13))]);
}

/** The bytes of a model of TopK along the last of two axes: x, k -> v, i. */
export function onnxTopk() {
  const value = (name, kind, n) => [
    text(1, name),
    bytes(
      2,
      bytes(1, int(1, kind), bytes(2, ...Array.from({ length: n }, (_, i) => bytes(1, text(2, `${name}${i}`))))),
    ),
  ];
  const node = bytes(1, text(1, 'x'), text(1, 'k'), text(2, 'v'), text(2, 'i'), text(4, 'TopK'));
  const inputs = [bytes(11, ...value('x', 1, 2)), bytes(11, ...value('k', 7, 1))],
    outputs = [bytes(12, ...value('v', 1, 2)), bytes(12, ...value('i', 7, 2))];
  const graph = bytes(7, node, text(2, 'g'), ...inputs, ...outputs);
  return Uint8Array.from([...int(1, 8), ...graph, ...bytes(8, int(2, 13))]);
}

function varint(n) {
  const list = [];
  for (; n > 127; n = Math.floor(n / 128)) list.push((n & 127) | 128);
  return [...list, n];
}

const int = (field, n) => [...varint(field * 8), ...varint(n)];

function bytes(field, ...parts) {
  const body = parts.flat();
  return [...varint(field * 8 + 2), ...varint(body.length), ...body];
}

const raw = (field, list) => [...varint(field * 8 + 2), ...varint(list.length), ...list];

const number = (v, dtype) => [...new Uint8Array((dtype === 'float64' ? Float64Array : Float32Array).of(v).buffer)];

const text = (field, s) => bytes(field, [...Buffer.from(s)]);
