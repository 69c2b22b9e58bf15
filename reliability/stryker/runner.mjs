import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import { failureOf } from '../inProcess/tests.mjs';
import { begin, sofar } from '../inProcess/trace.mjs';
import { loadTests } from './tests.mjs';

// Runs the tests of tests.mjs in this process. A failure counts where the same test passes again without the mutant: what a mutant
// leaves behind in an instance fails the tests of no other. Of a mutant that lives it is written down in how many calls it has been
// reached, and the first test whose calls do not give what they give without it.

const stryker = (globalThis.__stryker__ ??= {});
const took = JSON.parse(readFileSync(process.env.STRYKER_TOOK, 'utf8')),
  [least, most] = process.env.STRYKER_TIMES.split('-').map(Number);

class Tests {
  #tests;
  /** what the calls of a test give; without those that give something else each time */
  #traces;
  /** how many mutants a test has killed */
  #kills = new Map();
  #stale = true;

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** Before any mutant's time is taken. */
  async init() {
    await this.#load();
  }

  async dispose() {}

  async #load(counts = false) {
    this.#tests = (await loadTests(process.cwd(), counts)).filter(
      ({ id }) => took[id]?.ms <= most && (took[id].ms >= least || took[id].later),
    );
    this.#stale = false;
  }

  async dryRun() {
    stryker.mutantCoverage = { static: {}, perTest: {} };
    stryker.currentTestId = undefined;
    await this.#load(true);
    const tests = [],
      traces = [];
    for (const test of this.#tests) {
      stryker.currentTestId = test.id;
      begin();
      const start = performance.now(),
        error = await failureOf(test),
        found = { id: test.id, name: test.id, timeSpentMs: performance.now() - start };
      const trace = sofar();
      if (trace.hash === took[test.id].hash) traces.push([test.id, trace]);
      tests.push(
        error === undefined
          ? { ...found, status: TestStatus.Success }
          : { ...found, status: TestStatus.Failed, failureMessage: String(error.message) },
      );
    }
    stryker.currentTestId = undefined;
    writeFileSync(process.env.STRYKER_TRACES, JSON.stringify(traces));
    this.#stale = true; // it is slow as long as it counts
    return { status: DryRunStatus.Complete, tests, mutantCoverage: stryker.mutantCoverage };
  }

  async mutantRun({ activeMutant: { id }, testFilter, hitLimit, mutantActivation, reloadEnvironment }) {
    const always = mutantActivation === 'static';
    this.#traces ??= new Map(JSON.parse(readFileSync(process.env.STRYKER_TRACES, 'utf8')));
    if (reloadEnvironment) this.#stale = true;
    for (;;) {
      const anew = this.#stale;
      stryker.activeMutant = always ? id : undefined;
      try {
        if (anew) await this.#load();
      } catch (error) {
        return { status: MutantRunStatus.Killed, killedBy: ['all'], failureMessage: String(error), nrOfTests: 1 };
      }
      const { killer, ...result } = await this.#judge(id, testFilter, hitLimit);
      stryker.activeMutant = undefined;
      if (always) this.#stale = true;
      if (always || anew || killer === undefined || (await failureOf(killer)) === undefined) return result;
      // what an older mutant has left behind, or this one: once more, from the beginning
      this.#stale = true;
    }
  }

  async #judge(id, filter, hitLimit) {
    const wanted = filter === undefined ? undefined : new Set(filter),
      cost = (test) => (took[test.id].ms + 0.1) / (1 + (this.#kills.get(test.id) ?? 0)),
      tests = this.#tests
        .filter((test) => wanted === undefined || wanted.has(test.id))
        .sort((a, b) => cost(a) - cost(b));
    Object.assign(stryker, { activeMutant: id, hitCount: 0, hitLimit });
    let calls = 0,
      differs;
    for (const [i, test] of tests.entries()) {
      begin();
      const error = await failureOf(test),
        late = determineHitLimitReached(stryker.hitCount, hitLimit);
      if (late !== undefined) return { status: MutantRunStatus.Timeout, reason: late.reason };
      if (error === undefined) {
        const without = this.#traces.get(test.id),
          trace = sofar();
        calls += without === undefined ? 0 : trace.calls;
        if (without !== undefined && trace.hash !== without.hash) differs ??= test.id;
        continue;
      }
      this.#kills.set(test.id, (this.#kills.get(test.id) ?? 0) + 1);
      return {
        status: MutantRunStatus.Killed,
        killedBy: [test.id],
        killer: test,
        failureMessage: String(error?.message ?? error),
        nrOfTests: i + 1,
      };
    }
    appendFileSync(process.env.STRYKER_RECORD, JSON.stringify({ lives: id, calls, differs }) + '\n');
    return { status: MutantRunStatus.Survived, nrOfTests: tests.length };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'tests', Tests)];
