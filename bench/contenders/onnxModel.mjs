/**
 * The bytes of an ONNX model with one node, x -> op(axis) -> y: just enough of protobuf to write it.
 * Field numbers: onnx/onnx.proto3.
 */
export function onnxModel(op, dtype, rank, axis) {
  const reduces = op === 'ReduceLogSumExp';
  const value = (name, n) => [
    text(1, name),
    bytes(
      2,
      bytes(
        1,
        int(1, dtype === 'float64' ? 11 : 1),
        bytes(2, ...Array.from({ length: n }, (_, i) => bytes(1, text(2, `${name}${i}`)))),
      ),
    ),
  ];
  // ReduceLogSumExp takes its axes as an attribute up to opset 17
  const attribute = reduces
    ? [bytes(5, text(1, 'axes'), int(8, axis), int(20, 7)), bytes(5, text(1, 'keepdims'), int(3, 0), int(20, 2))]
    : [bytes(5, text(1, 'axis'), int(3, axis), int(20, 2))];
  const node = bytes(1, text(1, 'x'), text(2, 'y'), text(4, op), ...attribute);
  const graph = bytes(
    7,
    node,
    text(2, 'g'),
    bytes(11, ...value('x', rank)),
    bytes(12, ...value('y', reduces ? rank - 1 : rank)),
  );
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

const text = (field, s) => bytes(field, [...Buffer.from(s)]);
