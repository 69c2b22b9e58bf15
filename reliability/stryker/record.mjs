import { appendFileSync } from 'node:fs';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** Writes what becomes of each mutant as soon as it is known, a line each: a run that is cut off has lost nothing. */
class Record {
  #write(line) {
    appendFileSync(process.env.STRYKER_RECORD, JSON.stringify(line) + '\n');
  }

  /** Which mutants there are to test. */
  onMutationTestingPlanReady({ mutantPlans }) {
    for (const { plan, mutant } of mutantPlans) if (plan === 'Run') this.#write({ file: mutant.fileName });
  }

  onMutantTested({ id, fileName, status, location, replacement }) {
    if (status !== 'Ignored') this.#write({ id, file: fileName, status, location, replacement });
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, 'record', Record)];
