import { join } from 'node:path';
import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const root = join(import.meta.dirname, '../..');

export default mergeConfig(base, {
  root,
  test: {
    setupFiles: [join(import.meta.dirname, 'arms.setup.mjs')],
    testTimeout: 600_000,
    coverage: {
      enabled: true,
      provider: 'custom',
      customProviderModule: join(import.meta.dirname, 'provider.mjs'),
      include: ['src/**/*.ts'],
      exclude: ['src/generated/**', 'src/**/*.d.ts'],
      reporter: ['json', 'json-summary'],
      reportsDirectory: join(root, 'coverage'),
    },
  },
});
