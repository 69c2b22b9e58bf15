// workerd, the program behind Cloudflare Workers: one process, one socket for each Worker; the modules are the files of
// the installed package as they are. Every Worker makes its first call inside a request handler.
import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quick } from './package.mjs';
import { cases, here, sh } from './scratch.mjs';

const program = join(here, 'node_modules/@cloudflare/workerd-linux-64/bin/workerd');
const wasm = ['relaxed', 'simd', 'scalar'];
const entries = ['index.js', 'edge.js', 'edgeLight.js', 'js.js'];
const oldDate = '2024-09-01',
  newDate = '2026-11-17';
const sockets = [
  { name: 'edge-old', main: 'worker.js', entry: 'edge.js', date: oldDate },
  { name: 'edge-new', main: 'worker.js', entry: 'edge.js', date: newDate },
  { name: 'default-old', main: 'worker.js', entry: 'index.js', date: oldDate },
  { name: 'default-new', main: 'worker.js', entry: 'index.js', date: newDate },
  { name: 'js-old', main: 'worker.js', entry: 'js.js', date: oldDate },
  { name: 'js-new', main: 'worker.js', entry: 'js.js', date: newDate },
  ...[1, 2, 3, 4, 5].map((i) => ({ name: `cold-${i}`, main: 'coldstart-worker.js', entry: 'edge.js', date: newDate })),
  { name: 'init-old', main: 'startup-worker.js', entry: 'edge.js', date: oldDate },
  { name: 'init-new', main: 'startup-worker.js', entry: 'edge.js', date: newDate },
  { name: 'init-default-old', main: 'startup-worker.js', entry: 'index.js', date: oldDate },
  { name: 'init-default-new', main: 'startup-worker.js', entry: 'index.js', date: newDate },
  { name: 'example', main: 'examples/worker/worker.js', entry: 'edge.js', date: newDate },
];

/** The configuration: `softmax-simd` is a module that passes on one of the package's entries. */
function config(installed) {
  const files = readdirSync(join(installed, 'dist'), { recursive: true }).filter((file) => /\.(js|wasm)$/.test(file));
  const at = (file) => `embed "node_modules/softmax-simd/dist/${file}"`;
  const shipped = files.map((file) =>
    file.endsWith('.js')
      ? `(name = "dist/${file}", esModule = ${at(file)})`
      : `(name = "dist/${file}?module", wasm = ${at(file)})`,
  );
  const worker = ({ main, entry, date }) => `(
    compatibilityDate = "${date}",
    modules = [
      (name = "worker.js", esModule = embed "${main}"),
      ${cases.map((file) => `(name = "${file}", esModule = embed "${file}")`).join(', ')},
      (name = "softmax-simd", esModule = "export * from './dist/${entry}';"),
      ${shipped
        .filter((line) => entry === 'edge.js' || !line.includes('wasm ='))
        .filter((line) => !entries.some((other) => other !== entry && line.includes(`"dist/${other}"`)))
        .join(',\n      ')}
    ]
  )`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [${sockets.map((each) => `(name = "${each.name}", worker = ${worker(each)})`).join(',\n  ')}],
  sockets = [${sockets.map(({ name }) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`).join(', ')}]
);
`;
}

/** Starts it; resolves with the address of each socket. */
async function start(folder, installed) {
  writeFileSync(join(folder, 'workers.capnp'), config(installed));
  const child = spawn(program, ['serve', '--control-fd=3', 'workers.capnp'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let said = '',
    events = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const addresses = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`workerd did not start: ${said}`)), 30_000);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`workerd ended with ${code}: ${said}`)));
    child.stdio[3].on('data', (text) => {
      const listening = (events += text)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter(({ event }) => event === 'listen');
      if (listening.length < sockets.length) return;
      clearTimeout(timer);
      resolve(Object.fromEntries(listening.map(({ socket, port }) => [socket, `http://127.0.0.1:${port}/`])));
    });
  });
  return { addresses, stop: () => child.kill('SIGKILL') };
}

export async function* workerd({ folder, installed }, later) {
  const started = start(folder, installed);
  started.then(
    ({ stop }) => later(stop),
    () => {},
  );
  const ask = async (name) => {
    const response = await fetch((await started).addresses[name], { signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const version = async () => (await sh(program, ['--version'])).stdout.trim().split(' ').pop();
  const edge = { build: 'relaxed', refused: [], version };
  yield { runtime: `workerd, dated ${oldDate}`, ...edge, run: () => ask('edge-old') };
  yield { runtime: `workerd, dated ${newDate}`, ...edge, run: () => ask('edge-new') };
  // bytes are refused in a handler: who bundles without the condition `workerd` gets the js build
  const bytes = { build: 'js', refused: wasm, version };
  yield { runtime: `workerd, default entry, dated ${oldDate}`, ...bytes, run: () => ask('default-old') };
  yield { runtime: `workerd, default entry, dated ${newDate}`, ...bytes, run: () => ask('default-new') };
  yield { runtime: `workerd, softmax-simd/js, dated ${oldDate}`, ...bytes, run: () => ask('js-old') };
  yield { runtime: `workerd, softmax-simd/js, dated ${newDate}`, ...bytes, run: () => ask('js-new') };
  yield {
    check: 'init() at the start of a Worker',
    async run() {
      const names = ['init-old', 'init-new', 'init-default-old', 'init-default-new'],
        answers = await Promise.all(names.map(ask));
      const builds = answers.map(({ build }) => build).join(', ');
      if (
        builds !== 'relaxed, relaxed, js, relaxed' ||
        answers.some(({ probabilities }) => probabilities.join() !== '0.5,0.5')
      )
        throw new Error(JSON.stringify(answers));
      return `${oldDate} relaxed, ${newDate} relaxed; default entry, ${oldDate} js, ${newDate} relaxed`;
    },
  };
  yield {
    check: 'cold start in workerd: import to first result',
    run: async () => quick({ workerd: await coldStart(ask) }),
  };
  yield { check: 'examples/worker in workerd', run: async () => exampleWorker((await started).addresses.example) };
}

/** Milliseconds from import() to the first softmax of 1000 values, each in a Worker that did nothing before. */
async function coldStart(ask) {
  const took = [];
  for (const { name } of sockets.filter((each) => each.main === 'coldstart-worker.js'))
    took.push((await ask(name)).took);
  return took;
}

/** The Worker of the example answers logits with probabilities, and a wrong request with its reason. */
export async function exampleWorker(address) {
  const post = (body) => fetch(address, { method: 'POST', body, signal: AbortSignal.timeout(30_000) });
  const answer = await (
    await post(
      JSON.stringify({
        logits: [
          [1, 3, 2],
          [0, 0, 0],
        ],
        temperature: 1,
      }),
    )
  ).json();
  const [[first], [third]] = answer.probabilities;
  if (Math.abs(first - 0.09003057317038046) > 1e-15 || third !== 1 / 3)
    throw new Error(`answered ${JSON.stringify(answer)}`);
  const ragged = await post('{"logits":[[1,2],[3]]}'),
    text = await post('no JSON'),
    get = await fetch(address);
  if (ragged.status !== 400 || text.status !== 400 || get.status !== 405)
    throw new Error(`answered ${ragged.status}, ${text.status}, ${get.status}`);
  return `answers with the build ${answer.build}`;
}
