/** How long a test of random cases runs: so many cases, or under `npm run fuzz` until its minutes are over, by new seeds. */
export function minutesOf(cases: number, share = 1): { cases: number; first: number; ends: number } {
  const { FUZZ_MINUTES, FUZZ_SEED } = process.env;
  if (FUZZ_MINUTES === undefined) return { cases, first: Number(FUZZ_SEED ?? 0), ends: 0 };
  return { cases: 0, first: Number(FUZZ_SEED), ends: performance.now() + share * Number(FUZZ_MINUTES) * 60_000 };
}
