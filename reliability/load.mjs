// examples/node-http under load, every answer checked: node reliability/load.mjs [--seconds 60] [--connections 8] [--json FILE]
// Against the same service with a plain Math.exp loop in the library's place, in turn. Exit code 1 on any wrong answer.
import autocannon from 'autocannon';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digits, machine, print, save, short, version } from '../bench/run.mjs';
import { requests, tolerances } from './load/requests.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    connections: { type: 'string', default: '8' },
    json: { type: 'string', default: join(import.meta.dirname, 'results/load.json') },
  },
});
const seconds = Number(options.seconds),
  turns = 4; // of each service
const server = join(import.meta.dirname, '../examples/node-http/server.mjs');
const plain = new URL('load/instead.mjs', import.meta.url).href;
const report = { ...machine(process.execPath), seconds, turns, connections: Number(options.connections), tolerances };
report.autocannon = version('../reliability/node_modules/autocannon');

const services = [await start('softmax-simd'), await start('plain loop', '--import', plain)];
for (const service of services) await load(service, 1, new Map()); // warm up; answers count there too
for (let turn = 0; turn < turns; turn++) {
  for (const service of services) await load(service, seconds / turns / 2, service.latencies);
}
for (const { child } of services) child.kill();
summarize();

async function start(name, ...flags) {
  const child = spawn(process.execPath, [...flags, server], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  return {
    name,
    child,
    url: String(line).trim(),
    latencies: new Map(),
    seconds: 0,
    cpu: 0,
    rates: [],
    checked: 0,
    wrong: 0,
    errors: 0,
  };
}

/** One stretch of load; ms of each answer go to `latencies`, by kind of request. */
async function load(service, duration, latencies) {
  const before = cpuSeconds(service.child);
  let kind,
    clients = 0;
  const list = requests.map(({ kind: name, right, ...request }) => ({
    ...request,
    method: 'POST',
    onResponse(status, body) {
      kind = name;
      service.checked++;
      if (isRight(right, status, body)) return;
      service.wrong++;
      if (service.wrong < 10)
        console.error(`WRONG: ${service.name}, ${name}: ${status} ${JSON.stringify(body.slice(0, 100))}`);
    },
  }));
  const run = autocannon({
    url: service.url,
    connections: report.connections,
    duration,
    setupClient(client) {
      const at = (clients++ * 7) % list.length; // not all the same at once
      client.setRequests([...list.slice(at), ...list.slice(0, at)]);
      // as bytes: decoded as UTF-8, which is the default, float32 would not survive
      client.pipelinedRequests.addBody = function (data) {
        const request = this.peek();
        if (request) request.body += data.latin1Slice();
      };
    },
  });
  // comes right after onResponse, with the time that it took
  run.on('response', (client, status, bytes, ms) => {
    if (!latencies.has(kind)) latencies.set(kind, []);
    latencies.get(kind).push(ms);
  });
  const result = await run;
  service.errors += result.errors + result.timeouts;
  if (latencies !== service.latencies) return;
  service.seconds += result.duration;
  service.rates.push(Math.round((result['2xx'] + result.non2xx) / result.duration));
  service.cpu += cpuSeconds(service.child) - before;
}

function isRight(right, status, body) {
  try {
    return right(status, body);
  } catch {
    return false; // no JSON where it should be
  }
}

/** Of a process, where the host tells (Linux: in hundredths). */
function cpuSeconds({ pid }) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return NaN;
  const fields = readFileSync(file, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function summarize() {
  report.services = services.map(({ name, latencies, ...service }) => {
    const all = [...latencies.values()].flat(),
      { checked, wrong, errors } = service;
    return {
      name,
      checked,
      wrong,
      errors,
      rates: service.rates,
      perSecond: digits(all.length / service.seconds),
      cpuMs: digits((1000 * service.cpu) / all.length),
      ...percentiles(all),
      kinds: Object.fromEntries(
        [...latencies].sort().map(([kind, list]) => [kind, { count: list.length, ...percentiles(list) }]),
      ),
    };
  });
  print([
    ['', 'answers checked', 'wrong', 'errors', 'answers/s', 'CPU ms each', 'p50 ms', 'p99 ms'],
    ...report.services.map((s) => [
      s.name,
      s.checked,
      s.wrong,
      s.errors,
      short(s.perSecond),
      short(s.cpuMs),
      short(s.p50),
      short(s.p99),
    ]),
  ]);
  console.log();
  const [ours, loop] = report.services;
  print([
    ['request', 'ours p50 ms', 'p99', 'plain loop p50', 'p99'],
    ...Object.entries(ours.kinds).map(([kind, k]) => [
      kind,
      ...[k, loop.kinds[kind]].flatMap(({ p50, p99 }) => [short(p50), short(p99)]),
    ]),
  ]);
  save(options.json, report);
  const asked = new Set(requests.map(({ kind }) => kind)).size;
  const bad = report.services.some(
    ({ wrong, errors, kinds }) => wrong + errors > 0 || Object.keys(kinds).length < asked,
  );
  console.log(bad ? '\nFAILED' : '\nNo wrong answer.');
  process.exitCode = bad ? 1 : 0;
}

function percentiles(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (part) => digits(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN);
  return { p50: at(0.5), p99: at(0.99) };
}
