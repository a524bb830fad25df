import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { inputOf, text } from "./input-errors";

export const groupId = text("the group").regex(/^sg-[0-9a-f]+$/, {
  error: () => "give a security group id, such as sg-0a1b2c3d4e5f60001; address ranges are not allowed",
});
/** What EC2 accepts as a rule's description, which these names become. */
const sourceName = /^[A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,100}$/;

/** Who may reach a database: security groups, by the name of the client. */
export const reachableFrom = z
  .record(z.string(), inputOf(groupId), {
    error: () => 'give security groups by the name of the client, such as {"orders-api": apiSecurityGroup.id}',
  })
  .superRefine((sources, context) => {
    for (const name of Object.keys(sources).filter((given) => !sourceName.test(given)))
      context.addIssue({
        code: "custom",
        path: [name],
        input: name,
        message: "give a name of 1 to 100 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
      });
  })
  .optional();

/** Call with resolved ids only. A group with two names is one source with both, because EC2 refuses duplicate rules. */
export function namesBySource(sources: Record<string, string>): Map<string, string> {
  const names = new Map<string, string[]>();
  for (const [name, id] of Object.entries(sources)) {
    const { error } = groupId.safeParse(id);
    if (error)
      throw new pulumi.RunError(`reachableFrom.${name}: ${error.issues[0]?.message} (given ${JSON.stringify(id)})`);
    names.set(id, [...(names.get(id) ?? []), name]);
  }
  // EC2's own limit of a description.
  return new Map([...names].map(([id, all]) => [id, all.join(", ").slice(0, 255)]));
}
