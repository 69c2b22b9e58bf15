// Why a mutant of the kernels that the tests let live is no gap in them. A rule names the operator's line, what is changed
// and, where the line is in many functions, which of them. What no rule fits is printed as unexplained.
const rules = [];

export const explained = ({ at, text, function: name }) =>
  rules.find((rule) => rule.at.includes(at) && rule.text.test(text) && (rule.in ?? /./).test(name))?.why;
