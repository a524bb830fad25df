/**
 * How often the passwords of roles were rotated. A role's password is rotated by changing logins, since a password that
 * is changed in place refuses everyone who has not read the new one yet: the role itself stays, owns and is granted, and
 * `<role>_a` and `<role>_b` log in as it by turns. Stack config says how often; the component reads it itself, so that a
 * rotation needs no change of a program.
 */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { parseInput } from "./input-errors";
import type { StandardShape } from "./standard-shape";
import type { RoleName } from "./standards/names";
import type { RoleRotation } from "./standards/rotated-logins";

/** More would be one each minute for two years. */
const generationsMax = 1_000_000;

const count = (what: string) =>
  z
    .int({ error: () => `${what} is a whole number` })
    .min(0, { error: () => `${what} is 0 or more` })
    .max(generationsMax, { error: () => `${what} is at most ${generationsMax}` });
const roleRotation = z
  .strictObject(
    { generation: count("a generation"), locked: count("a generation").optional() },
    { error: () => "give {generation}, and {locked} once the login before it is not used any more" },
  )
  .refine(({ generation, locked }) => locked === undefined || !(locked >= generation), {
    path: ["locked"],
    error: () => "give a generation before the one in use",
  });
const rotations = z.record(
  z.string(),
  z.record(z.string(), roleRotation, { error: () => "give the generation of each role: {readwrite: {generation: 1}}" }),
  {
    error: () => "give the roles of each database by its identifier: {orders-production: {readwrite: {generation: 1}}}",
  },
);

/**
 * What config `shipshape:rotation` of the program's stack says of a database.
 *
 * @throws pulumi.RunError with path, value and reason of everything that is wrong.
 */
export function programRotation({ identifier, roles }: StandardShape): Partial<Record<RoleName, RoleRotation>> {
  const config = new pulumi.Config("shipshape").getObject<unknown>("rotation") ?? {};
  const known = Object.keys(roles) as RoleName[];
  const checked = rotations.superRefine(({ [identifier]: own = {} }, context) => {
    for (const [role, input] of Object.entries(own)) {
      const refuse = (message: string) =>
        context.addIssue({ code: "custom", path: [identifier, role], input, message });
      if (!known.includes(role as RoleName)) refuse(`is not a role; give ${known.join(", ")}`);
      else if (roles[role as RoleName].authentication === "iam")
        refuse("logs in with IAM, and has no password to rotate; remove it");
    }
  });
  const all = parseInput(checked, config, `config shipshape:rotation of stack ${pulumi.getStack()}`);
  return Object.fromEntries(Object.entries(all[identifier] ?? {}).filter(([, { generation }]) => generation > 0));
}
