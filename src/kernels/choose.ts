import type { Kernels } from './contract.ts';
import { jsKernels } from './js.ts';

/** A build of the kernels: `js` is plain JavaScript, the others are WebAssembly. */
export type Build = 'relaxed' | 'simd' | 'scalar' | 'js';

/** All builds, the preferred one first: the order in which they are tried. */
export const builds: readonly Build[] = ['relaxed', 'simd', 'scalar', 'js'];

/** The kernels of one build, and what was tried before them. */
export interface Opened {
  readonly build: Build;
  readonly kernels: Kernels;
  readonly refused: readonly { readonly build: Build; readonly reason: string }[];
}

/** Where an entry keeps its wasm: bytes to compile, or modules that the host has compiled. */
export type Source = (build: Exclude<Build, 'js'>) => WasmModule | Uint8Array;

// What is used of WebAssembly, typed here because neither the DOM's nor Node's types may be needed by users.
type WasmModule = object;
interface Wasm {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<WasmModule>;
  Module: new (bytes: Uint8Array) => WasmModule;
  Instance: new (module: WasmModule) => { readonly exports: unknown };
}
const wasm = (): Wasm | undefined => (globalThis as { WebAssembly?: Wasm }).WebAssembly;

/**
 * Opens the first build that the host takes, or the one that is asked for. That `validate` says yes is not enough: under
 * a Content-Security-Policy without wasm-unsafe-eval, and in the request handlers of Workers, compiling still throws.
 */
export function open(source: Source, wanted?: Build): Opened {
  const refused: { build: Build; reason: string }[] = [];
  for (const build of wanted === undefined ? builds : [wanted]) {
    if (build === 'js') return { build, kernels: jsKernels(), refused };
    try {
      const code = take(source, build);
      const module = code instanceof Uint8Array ? new (wasm()!.Module)(code) : code;
      return { build, kernels: instantiate(module, build), refused };
    } catch (error) {
      refused.push({ build, reason: text(error) });
    }
  }
  throw new Error(`createSoftmax: this host refuses the build '${wanted}' (${refused[0]!.reason}); leave build out`);
}

/** As `open`, compiling off the critical path; hosts that compile nothing large synchronously take it this way. */
export async function openAsync(source: Source, wanted?: Build): Promise<Opened> {
  // at the start of a Worker the promise of compile never settles; there, and only there, the synchronous way is open
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: string } };
  if (navigator?.userAgent === 'Cloudflare-Workers') return open(source, wanted);
  const refused: { build: Build; reason: string }[] = [];
  for (const build of wanted === undefined ? builds : [wanted]) {
    if (build === 'js') break;
    try {
      const code = take(source, build);
      const module = code instanceof Uint8Array ? await wasm()!.compile(code) : code;
      return { build, kernels: instantiate(module, build), refused };
    } catch (error) {
      refused.push({ build, reason: text(error) });
    }
  }
  const opened = open(source, wanted === undefined ? 'js' : wanted);
  return { ...opened, refused };
}

function take(source: Source, build: Exclude<Build, 'js'>): WasmModule | Uint8Array {
  const host = wasm();
  if (host === undefined) throw new Error('there is no WebAssembly');
  if (build !== 'scalar' && !host.validate(probe(build))) {
    throw new Error(build === 'relaxed' ? 'no relaxed SIMD' : 'no SIMD');
  }
  return source(build);
}

function instantiate(module: WasmModule, build: Build): Kernels {
  const kernels = new (wasm()!.Instance)(module).exports as Kernels;
  if (build === 'relaxed' && !kernels.fused!()) throw new Error('relaxed SIMD does not fuse multiply-adds');
  return kernels;
}

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The smallest module with the opcodes that a host may lack: a function that makes a v128 and, relaxed, multiplies and adds.
 * All of it as constants: put together from parts it took a fifth of a millisecond of every start.
 */
function probe(build: 'relaxed' | 'simd'): Uint8Array {
  // prettier-ignore
  return new Uint8Array(build === 'simd'
    ? [
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, // header, type () -> v128, one function of it
      10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b, // i8x16.splat(i32.const 0)
    ]
    : [
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0,
      10, 52, 1, 50, 0, 0x41, 0, 0xfd, 0x0f, // and (n)madd(that, zero, zero) of float32 and of float64
      0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 2, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x86, 2,
      0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x87, 2, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x88, 2, 0x0b,
    ],
  );
}
