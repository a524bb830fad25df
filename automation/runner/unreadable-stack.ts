/** Pure: why the engine cannot read a stack, and what to do; and what it says where it failed. */
import { reasonOf, ShipshapeError } from "../errors";

/** `stack` is "<project>/<stack>". */
export function unreadable(stack: string, error: unknown): ShipshapeError {
  if (error instanceof ShipshapeError) return error;
  const output = reasonOf(error);
  const { reason, cure } = causes.find(({ says }) => says.test(output)) ?? {
    reason: firstLines(output),
    cure: "`pulumi refresh --preview-only --stack {stack}` where the worker runs shows all of it",
  };
  const values = { stack, reason, cure: cure.replaceAll("{stack}", stack.split("/").at(-1) ?? stack) };
  return new ShipshapeError("stack-unreadable", values, { cause: error });
}

/** By what the engine, the SDK or Node.js say. */
const causes: { says: RegExp; reason: string; cure: string }[] = [
  {
    says: /passphrase must be set/i,
    reason: "the worker has no passphrase for its secrets",
    cure: "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE where the worker runs",
  },
  {
    says: /incorrect passphrase/i,
    reason: "its secrets have another passphrase than the worker's",
    cure: "set PULUMI_CONFIG_PASSPHRASE where the worker runs to that of the stack",
  },
  {
    says: /spawn pulumi\S* ENOENT|pulumi: (command )?not found/i,
    reason: "there is no Pulumi engine on the worker's PATH",
    cure: "install it where the worker runs, so that `pulumi version` finds it there",
  },
  {
    says: /no stack named/i,
    reason: "the backend no longer has it",
    cure: "`pulumi stack ls --all` shows those that it has",
  },
];

function firstLines(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const errors = [...new Set(lines.filter((line) => /error:/i.test(line)))];
  return (errors.length > 0 ? errors : lines.filter((line) => line !== "")).slice(0, 3).join("; ");
}

/** The engine's own diagnostics from a command's output: what a human needs first. */
export function diagnosticsOf(output: string): string {
  const lines = output
    .split("\n")
    .filter((l) => /error:/i.test(l))
    .map((l) => l.trim());
  return [...new Set(lines)].slice(0, 5).join("; ") || output.split("\n").slice(0, 3).join(" ");
}
