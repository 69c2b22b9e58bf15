// Node, Bun, Deno: prints what the conformance says as JSON.
import * as api from 'softmax-simd';
import { conformBuilds } from './conformance.mjs';

console.log(JSON.stringify(await conformBuilds(api)));
