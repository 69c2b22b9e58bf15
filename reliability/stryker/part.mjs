import { createHash } from 'node:crypto';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Lets those mutants pass that belong to part k of N; they are drawn by their places, evenly over all of src. */
class Part {
  #part = process.env.STRYKER_PART.split('/').map(Number);

  async init() {}

  async check(mutants) {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.#isIn(mutant)]));
  }

  #isIn({ fileName, location: { start, end }, replacement }) {
    const [k, n] = this.#part,
      name = fileName.slice(fileName.lastIndexOf('/src/')),
      place = [name, start.line, start.column, end.line, end.column, replacement].join(':'),
      drawn = createHash('sha256').update(place).digest().readUInt32BE() % n;
    return drawn === k - 1
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: `of part ${drawn + 1}` };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'part', Part)];
