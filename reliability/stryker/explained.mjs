// Why a mutant of src that the tests let live is no gap: it is equal by reading, or a test that needs a process of its own notices it,
// which was seen by running that test on it. A rule names the file, the function and the code that is changed.
/** @type {{ file: string, in?: string, code?: RegExp, mutant?: RegExp, why: string }[]} */
const rules = [];

/** Why a mutant that lives is no gap; undefined: it may be one. */
export const explained = (file, { in: name, code, replacement }) =>
  rules.find(
    (rule) =>
      `/${file}`.endsWith(`/${rule.file}`) &&
      (rule.in === undefined || rule.in === name) &&
      (rule.code ?? /^/).test(code) &&
      (rule.mutant ?? /^/).test(replacement),
  )?.why;
