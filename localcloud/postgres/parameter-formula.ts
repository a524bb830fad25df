/**
 * Values RDS computes, such as `LEAST({DBInstanceClassMemory/9531392},5000)` or
 * `{log(DBInstanceClassMemory/21474836480)*600}`: whole numbers, the four operations, GREATEST, LEAST, SUM, log (to
 * base 2), and variables of the instance class. Source: the RDS User Guide, "Specifying DB parameters". Braces only
 * group.
 */
export function isFormula(value: string): boolean {
  return /[{(]/.test(value) && /^[\s{}()\w.,*/+-]+$/.test(value);
}

/** @throws Error that says which part cannot be parsed */
export function evaluateFormula(formula: string, variables: Record<string, number>): number {
  const tokens = formula.match(/\d+(\.\d+)?|\w+|\S/g) ?? [];
  let position = 0;
  const result = sum();
  if (position < tokens.length) throw new Error(`'${tokens[position]}' is not expected in '${formula}'`);
  if (!Number.isFinite(result)) throw new Error(`'${formula}' has no finite value`);
  return Math.trunc(result);

  function sum(): number {
    let value = product();
    for (;;) {
      if (take("+")) value += product();
      else if (take("-")) value -= product();
      else return value;
    }
  }

  function product(): number {
    let value = operand();
    for (;;) {
      if (take("*")) value *= operand();
      else if (take("/")) value /= operand();
      else return value;
    }
  }

  function operand(): number {
    const token = tokens[position++] ?? "its end";
    if (token === "{" || token === "(") return list(token === "{" ? "}" : ")")[0] as number;
    if (token === "-") return -operand();
    if (/^\d/.test(token)) return Number(token);
    const apply = functions[token.toLowerCase()];
    if (apply !== undefined && take("(")) return apply(list(")"));
    const variable = variables[token];
    if (variable !== undefined) return variable;
    throw new Error(
      `'${token}' is not known in '${formula}'; known: ${[...Object.keys(functions), ...Object.keys(variables)].join(", ")}`,
    );
  }

  function list(end: string): number[] {
    const values = [sum()];
    while (take(",")) values.push(sum());
    if (!take(end)) throw new Error(`'${formula}' lacks a '${end}'`);
    return values;
  }

  function take(token: string): boolean {
    if (tokens[position] !== token) return false;
    position++;
    return true;
  }
}

const functions: Record<string, (values: number[]) => number> = {
  greatest: (values) => Math.max(...values),
  least: (values) => Math.min(...values),
  sum: (values) => values.reduce((a, b) => a + b, 0),
  log: ([value]) => Math.log2(value as number),
};
