// @vitest/coverage-v8 from this folder's node_modules: under its own name vitest looks for it in the root's alone.
import v8 from '@vitest/coverage-v8';

export default {
  ...v8,
  async getProvider() {
    const provider = await v8.getProvider(),
      resolve = provider.resolveOptions;
    const own = { provider: 'custom', customProviderModule: import.meta.filename };
    return Object.assign(provider, { resolveOptions: () => ({ ...resolve.call(provider), ...own }) });
  },
};
