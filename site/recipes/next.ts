// app/api/softmax/route.ts: nothing to configure, in `runtime = 'edge'` too
import { softmax } from 'softmax-simd';

export async function POST(request: Request): Promise<Response> {
  const { logits, temperature } = (await request.json()) as { logits: number[][]; temperature?: number };
  try {
    return Response.json({ probabilities: softmax(logits, { axis: -1, temperature }) });
  } catch (error) {
    // wrong input: the message says what was got, what is wanted, and how to fix it
    return Response.json({ error: (error as Error).message }, { status: 400 });
  }
}
