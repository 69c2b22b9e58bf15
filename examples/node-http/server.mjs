// A service of node:http and nothing else: POST logits, get each row's probabilities.
//   PORT=8787 node examples/node-http/server.mjs     then
//   curl -d '{"logits": [[1, 3, 2]], "temperature": 1}' http://127.0.0.1:8787
// As JSON, or as bare float32 (little-endian), rows of ?length=1000 after one another: the answer comes in the same form.
import { createServer } from 'node:http';
import { softmax, tensor } from 'softmax-simd';

const most = 1024 * 1024; // bytes of a body
const floats = 'application/octet-stream';

const server = createServer(async (request, response) => {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    return sendJson(response, 405, { error: 'POST {"logits": [[...]]}' });
  }
  try {
    const body = await bodyOf(request);
    if (body === undefined) sendJson(response, 413, { error: `a body may have ${most} bytes` });
    else if (request.headers['content-type'] === floats) send(response, 200, floats, fromFloats(body, request.url));
    else sendJson(response, 200, fromJson(body));
  } catch (error) {
    // ragged rows, text, a temperature of 0, half a row: the message says what is wrong and how to mend it
    sendJson(response, 400, { error: error.message });
  }
});
server.requestTimeout = 30_000; // an upload without end is closed

server.listen(Number(process.env.PORT ?? 8787), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`http://127.0.0.1:${port}`);
});

function fromJson(body) {
  const { logits, temperature = 1 } = JSON.parse(body);
  return { probabilities: softmax(logits, { axis: -1, theta: 1 / temperature }) };
}

/** No copy on the library's side: the logits go straight into a tensor, whose elements become the probabilities. */
function fromFloats(body, url) {
  const query = new URL(url, 'http://localhost').searchParams;
  const elements = body.length / 4;
  const length = Number(query.get('length') ?? elements);
  const rows = tensorOf([elements / length, length]);
  new Uint8Array(rows.data.buffer, rows.data.byteOffset, body.length).set(body);
  softmax(rows, { axis: -1, theta: 1 / Number(query.get('temperature') ?? 1), out: rows });
  return new Uint8Array(rows.data.slice().buffer); // the next request may come before this answer is sent
}

let resident;

/** The tensor of the last request, as the next one mostly has the same shape; else a new one. */
function tensorOf(shape) {
  if (resident?.shape.join() === shape.join()) return resident;
  const made = tensor('float32', shape);
  resident?.dispose();
  return (resident = made);
}

/** The bytes of a request, undefined if there are too many: those are read to the end, but not kept. */
async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
  }
  return size <= most ? Buffer.concat(chunks, size) : undefined;
}

function sendJson(response, status, value) {
  send(response, status, 'application/json', JSON.stringify(value));
}

function send(response, status, type, body) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
