/** What a declared database hands over to applications, as the state of its stack has it: the cloud is not asked. */
import { z } from "zod";
import {
  handOver,
  handOverProblem,
  type HandedOverDatabase,
  type HandOver,
  type HandOverTarget,
} from "../components/hand-over";
import { ShipshapeError } from "./errors";
import type { DeclaredDatabase } from "./fleet-records";
import { askBackend } from "./runner/backend-stacks";
import type { StackContext } from "./runner/stack-state";

/** The component's output. A value that is encrypted in the state is an object, and so not readable here. */
const handedOver: z.ZodType<HandedOverDatabase> = z.object({
  identifier: z.string(),
  arn: z.string(),
  resourceId: z.string(),
  address: z.string(),
  port: z.number(),
  databaseName: z.string(),
  keyArn: z.string(),
  logins: z.record(
    z.string(),
    z.object({ username: z.string(), secret: z.object({ arn: z.string(), name: z.string() }).optional() }),
  ),
});

/** @throws ShipshapeError database-undeclared, hand-over-refused */
export async function readHandOver<Target extends HandOverTarget>(
  stacks: StackContext,
  asked: { identifier: string; target: Target; role: string; stack?: string | undefined },
): Promise<HandOver[Target]> {
  const { identifier, target, role } = asked;
  const declared = await declaredDatabase(stacks, asked);
  const { data } = handedOver.safeParse(declared.handOver);
  const reason = data
    ? handOverProblem(target, role, data)
    : "its state has no readable output handOver: bring the stack up with this version of Shipshape";
  if (!data || reason !== undefined)
    throw new ShipshapeError("hand-over-refused", { identifier, stack: declared.stack, reason: reason ?? "" });
  return handOver(target, role, data);
}

async function declaredDatabase(
  stacks: StackContext,
  { identifier, stack }: { identifier: string; stack?: string | undefined },
): Promise<DeclaredDatabase> {
  const answer = await askBackend(stacks);
  const refused = (reason: string) =>
    new ShipshapeError("database-undeclared", {
      identifier,
      backend: answer.backend ?? "the Pulumi backend",
      reason,
    });
  if (!answer.asked) throw refused(answer.reason);
  const standard = answer.stacks.flatMap(({ databases }) => databases).filter((one) => one.isStandard);
  const [found, ...others] = standard.filter(
    (one) => one.identifier === identifier && (stack === undefined || one.stack === stack),
  );
  if (others.length > 0)
    throw refused(`${others.length + 1} do: give --stack, ${[found!, ...others].map((one) => one.stack).join(" or ")}`);
  if (found) return found;
  const known = standard.map((one) => `${one.identifier} (${one.stack})`).join(", ") || "none";
  const unread = answer.unread.map((one) => `; not read: ${one.stack}, ${one.reason}`).join("");
  throw refused(`they declare ${known}${unread}`);
}
