/** Pure: whose a source and a target are. Tags of the cloud alone decide neither: anyone who may tag can set them. */
import { copyTagKeys } from "../../../components/standards/fixed";
import type { Standard } from "../../../components/standards/standard";
import { ShipshapeError } from "../../errors";
import { copyStack, identityOf, type DeclaredDatabase, type TargetDatabase } from "../../fleet-records";
import type { DeclaredShape } from "./declared-shape";
import type { EnvironmentRefreshPlan } from "./plan";

/** What decides who consents to a copy, and how long it may stay. */
const consenting = ["owner", "dataClassification", "environment", "tier"] as const;

/** What the stack of the source has decided. Errors: refresh-source-undeclared, refresh-source-uncertain. */
export function declaredSource(
  source: TargetDatabase,
  tags: Record<string, string>,
  declared: readonly DeclaredDatabase[],
  standard: Standard,
): DeclaredShape {
  const { identifier } = source;
  const one = declared.find((other) => identityOf(other) === identityOf(source));
  const shape = one?.decided?.shape as DeclaredShape | undefined;
  if (!one || !shape)
    throw new ShipshapeError("refresh-source-undeclared", {
      identifier,
      reason: one ? `${one.stack} has no StandardDatabase that says it` : "none that could be read has it",
    });
  const differing = consenting
    .map((name) => standard.tags[name].key)
    .filter((key) => tags[key] === undefined || tags[key] !== one.tags[key]);
  const isCopy = Object.values(copyTagKeys).some((key) => tags[key] !== undefined || one.tags[key] !== undefined);
  if (isCopy || differing.length > 0)
    throw new ShipshapeError("refresh-source-uncertain", {
      identifier,
      problem: isCopy ? "it is a masked copy itself" : `not as ${one.stack} says: ${differing.join(", ")}`,
    });
  const { service, size, databaseName, schemaName, furtherSchemas, extensions, postgresMajor } = shape;
  return { service, size, databaseName, schemaName, furtherSchemas, extensions, postgresMajor };
}

/** What has the name of the copy, if a refresh has made it; all else is left alone. Errors: refresh-target-taken. */
export function ownTarget(
  target: TargetDatabase,
  declared: readonly DeclaredDatabase[],
  project: string,
): TargetDatabase {
  const isOurs = declared.some(
    (one) => identityOf(one) === identityOf(target) && isCopyStack(one.stack, target.identifier, project),
  );
  if (!isOurs) throw new ShipshapeError("refresh-target-taken", { target: target.identifier });
  return target;
}

/** By its full name: a stack of another project may have the same last part. */
export const isCopyStack = (stack: string, identifier: string, project: string): boolean =>
  stack.split("/").slice(-2).join("/") === `${project}/${copyStack(identifier)}`;

/**
 * Two refreshes into one target may be under way: what another one has made is left alone. `isNeeded`: the older copy
 * that was to be replaced must still be there, since an `up` would create another. Errors: refresh-target-taken.
 */
export function requireOwn(
  { identifier, existing, arguments: { request } }: EnvironmentRefreshPlan["copy"],
  found: { resourceId: string; tags: Record<string, string> } | undefined,
  isNeeded = false,
): void {
  const isOwn = existing
    ? found?.resourceId === existing.resourceId
    : found?.tags[copyTagKeys.request] === request.maskedCopy?.request;
  if (found ? !isOwn : isNeeded && existing) throw new ShipshapeError("refresh-target-taken", { target: identifier });
}
