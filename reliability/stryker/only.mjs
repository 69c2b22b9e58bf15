import { readFileSync } from 'node:fs';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { fromOne, placeOf } from './place.mjs';

/** Lets those mutants pass that a list has, where there is one: { file: [place and replacement, ...] }. */
class Only {
  async init() {}

  async check(mutants) {
    const list = process.env.STRYKER_ONLY,
      wanted = list === undefined ? undefined : JSON.parse(readFileSync(list, 'utf8'));
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.#status(mutant, wanted)]));
  }

  #status({ fileName, location, replacement }, wanted) {
    const file = fileName.slice(fileName.lastIndexOf('/src/') + 1);
    return wanted === undefined || wanted[file]?.includes(`${placeOf(fromOne(location))} ${replacement}`)
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: 'not asked for' };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Checker, 'only', Only)];
