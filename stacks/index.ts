import * as pulumi from "@pulumi/pulumi";
import { database } from "./database";
import { platform } from "./platform";
import { leaveOutPromiseTraces } from "./promise-traces";

leaveOutPromiseTraces();

/** The stack's name, `<program>.<name>`, chooses the program; its config has the rest. */
const programs: Record<string, () => Record<string, unknown>> = { database: () => database(), platform };

/** A function, so that its result (and errors) go to the stack, not to the module loader. */
export = async () => {
  const stack = pulumi.getStack();
  const program = programs[stack.split(".", 1)[0] ?? ""];
  if (!program || !stack.includes("."))
    throw new pulumi.RunError(
      `stack name: "${stack}" names no program; give ${Object.keys(programs)
        .map((name) => `${name}.<name>`)
        .join(" or ")}`,
    );
  return program();
};
