import * as rds from "@pulumi/aws/rds";
import * as pulumi from "@pulumi/pulumi";
import type { ResolvedRequest } from "./request-schema";
import type { StandardShape } from "./standard-shape";

type Offer = Pick<rds.GetEngineVersionResult, "versionActual"> & { supportedFeatureNames?: string[] };

/**
 * The pinned minor if the cloud offers it, otherwise the newest minor of the major that it offers; never one that lacks
 * what was requested.
 */
export function resolvedEngineVersion(
  request: ResolvedRequest,
  shape: StandardShape,
  options: pulumi.InvokeOutputOptions,
): pulumi.Output<string> {
  const asFound = request.existing?.asFound.engineVersion;
  if (asFound) {
    // RDS stops offering old versions while databases still run them.
    warnOfAge(asFound, request, shape);
    return pulumi.output(asFound);
  }
  const found = rds.getEngineVersionOutput(
    shape.engineVersion
      ? { engine: "postgres", version: shape.engineVersion }
      : { engine: "postgres", parameterGroupFamily: shape.parameterGroupFamily, latest: true },
    options,
  );
  return found.apply((offer) => {
    const lacking = lacks(offer, request, shape);
    if (lacking.length > 0) throw new pulumi.RunError(lacking.join("\n"));
    return offer.versionActual;
  });
}

function warnOfAge(version: string, { existing }: ResolvedRequest, { identifier }: StandardShape): void {
  const upgradeBy = existing?.upgradeBy;
  if (!upgradeBy) return;
  const overdue = upgradeBy < new Date().toISOString().slice(0, 10);
  void pulumi.log.warn(
    `${identifier}: PostgreSQL ${version} is older than the standard allows: ${overdue ? `it should have been upgraded by ${upgradeBy}` : `upgrade it by ${upgradeBy}`}`,
  );
}

/**
 * Why the offered version does not fit, each with what to do; reported at preview, because the cloud would refuse in
 * the middle of an `up`.
 */
export function lacks(
  { versionActual: version, supportedFeatureNames = [] }: Offer,
  request: ResolvedRequest,
  shape: StandardShape,
): string[] {
  // AWS has everything that can be requested and lists none of it; a cloud that lacks something lists what it has.
  const without = (kind: string, names: string[]) => {
    const offered = supportedFeatureNames.filter((feature) => feature.startsWith(kind));
    return offered.length > 0 && request.accessRoles === "declared"
      ? names.filter((name) => !offered.includes(`${kind}${name}`))
      : [];
  };
  const extensions = without("extension:", shape.extensions);
  const roles = Object.entries(shape.roles).filter(
    ([, { authentication }]) => without("authentication:", [authentication]).length > 0,
  );
  const [minimum = 0, offered = 0] = [shape.minimumEngineVersion, version].map((text) =>
    Number(text.split(".")[1] ?? 0),
  );
  return [
    ...(extensions.length > 0
      ? [`extensions: PostgreSQL ${version} of this cloud lacks ${extensions.join(", ")}; omit them here`]
      : []),
    ...roles.map(
      ([role, { authentication }]) =>
        `roles.${role}.authentication: this cloud has no logins by ${authentication}; give "password" here`,
    ),
    ...(offered < minimum
      ? [
          `engineVersion: the cloud offers at most ${version}, the standard requires ${shape.minimumEngineVersion} or newer; give another postgresMajor`,
        ]
      : []),
  ];
}
