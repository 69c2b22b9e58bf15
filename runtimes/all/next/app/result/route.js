// Keeps what the page said until the test asks for it.
const kept = (globalThis.kept ??= {});
kept.said ??= new Promise((resolve) => (kept.resolve = resolve));

export const dynamic = 'force-dynamic';
export const POST = async (request) => (kept.resolve(await request.json()), new Response());
export const GET = async () => Response.json(await kept.said);
