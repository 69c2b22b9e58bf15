// Gives the tests another module wherever they compile a certain build: set up by `swaps`, which maps the bytes of builds
// (in base64) to the module to take and the imports to make its instances with. Neither src nor the tests know.
const { Module, Instance } = WebAssembly;

export function swap(swaps) {
  const wanted = new Map(swaps.map(({ from, ...to }) => [from, to]));
  const imports = new WeakMap();
  const replaced = (bytes) =>
    wanted.get(Buffer.from(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength).toString('base64'));
  const make = (bytes) => {
    const to = replaced(bytes),
      module = new Module(to?.code ?? bytes);
    if (to?.imports) imports.set(module, to.imports);
    return module;
  };
  WebAssembly.Module = new Proxy(Module, { construct: (_, [bytes]) => make(bytes) });
  WebAssembly.compile = async (bytes) => make(bytes);
  WebAssembly.Instance = new Proxy(Instance, {
    construct: (_, [module, given]) => new Instance(module, given ?? imports.get(module)),
  });
}
