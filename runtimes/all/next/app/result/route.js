// Keeps what the page said until the test asks for it.
const said = (globalThis.said ??= Promise.withResolvers());

export const dynamic = 'force-dynamic';
export const POST = async (request) => (said.resolve(await request.json()), new Response());
export const GET = async () => Response.json(await said.promise);
