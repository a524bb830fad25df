/** A masked copy of a database, for another environment: what the operation `environment-refresh` has planned. */
import * as pulumi from "@pulumi/pulumi";
import { platformOf, StandardDatabase, type DatabaseRequest, type Standard } from "../components";

export interface RefreshedDatabaseArgs {
  /** Plain values only: they are part of a plan. */
  request: DatabaseRequest & { owner: string; costCenter: string };
  /** Of the same project. */
  platformStack: string;
  /** Security groups by the name of the client. */
  reachableFrom: Record<string, string>;
}

/**
 * `adopted` has what an interrupted `up` of it has created but not recorded, name → id: its instance by the identifier,
 * and roles.
 */
export function refreshedDatabase(
  { request, platformStack, reachableFrom }: RefreshedDatabaseArgs,
  standard: Standard,
  adopted: ReadonlyMap<string, string>,
): Record<string, unknown> {
  if (adopted.size > 0)
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
      const { name, identifier } = props as { name?: unknown; identifier?: unknown };
      const key = type === "aws:rds/instance:Instance" ? identifier : type === "postgresql:index/role:Role" ? name : "";
      const id = adopted.get(String(key));
      return id ? { props, opts: { ...opts, import: id } } : undefined;
    });
  const { endpoint, databaseName, resourceId, securityGroupId, connectionStrings, secretArns } = new StandardDatabase(
    request.service,
    { ...request, standard, platform: platformOf(`${pulumi.getProject()}/${platformStack}`), reachableFrom },
  );
  return {
    endpoint,
    databaseName,
    resourceId,
    securityGroupId,
    connectionStrings: pulumi.secret(connectionStrings),
    secretArns: pulumi.secret(secretArns),
  };
}
