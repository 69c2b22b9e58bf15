// The subpath without wasm: prints what the conformance says as JSON.
import * as api from 'softmax-simd/js';
import { conformBuilds } from './conformance.mjs';

console.log(JSON.stringify(await conformBuilds(api)));
