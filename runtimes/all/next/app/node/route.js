import * as api from 'softmax-simd';
import { conformBuilds } from '../../../conformance.mjs';

export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';
export const GET = async () => Response.json(await conformBuilds(api));
