import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../wire/aws-error";
import { limits } from "../limits";
import type { Secret, SecretVersion } from "./secret";

/**
 * Returns the secret with one more version; each of its stages moves from the version that had it. Adding the same one
 * again changes nothing.
 */
export function addVersion(secret: Secret, added: SecretVersion): Secret {
  const known = secret.versions.find((version) => version.id === added.id);
  if (known !== undefined && !isDeepStrictEqual(known.value, added.value)) {
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${added.id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  if (known !== undefined) return secret;
  const moved = { ...secret, versions: [...secret.versions, { ...added, stages: [] }] };
  // The first version is always current.
  const stages = secret.versions.length === 0 ? [...new Set(["AWSCURRENT", ...added.stages])] : added.stages;
  return withoutDeprecated(stages.reduce((next, stage) => moveStage(next, stage, added.id), moved));
}

/**
 * Moves a stage to a version. The version that was current becomes the previous one, as Secrets Manager does
 * automatically.
 */
export function moveStage(secret: Secret, stage: string, toId: string): Secret {
  const from = versionAt(secret, stage);
  const moved = {
    ...secret,
    versions: secret.versions.map((version) => ({ ...version, stages: stagesAfter(version, stage, toId) })),
  };
  const lostCurrent = stage === "AWSCURRENT" && from !== undefined && from.id !== toId;
  return lostCurrent ? moveStage(moved, "AWSPREVIOUS", from.id) : moved;
}

function stagesAfter(version: SecretVersion, stage: string, toId: string): string[] {
  const others = version.stages.filter((held) => held !== stage);
  return version.id === toId ? [...others, stage] : others;
}

export const removeStage = (secret: Secret, stage: string): Secret => moveStage(secret, stage, "");

export const versionAt = (secret: Secret, stage: string): SecretVersion | undefined =>
  secret.versions.find((version) => version.stages.includes(stage));

/** The version by id, by stage, or by both, which must agree; the current one when neither is given. */
export function pickVersion(secret: Secret, id: string | undefined, stage: string | undefined): SecretVersion {
  const wanted = stage ?? (id === undefined ? "AWSCURRENT" : undefined);
  const found =
    id === undefined ? versionAt(secret, wanted ?? "") : secret.versions.find((version) => version.id === id);
  if (found === undefined) {
    const what = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
    throw new AwsError(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  }
  if (wanted !== undefined && !found.stages.includes(wanted))
    throw new AwsError(
      "InvalidRequestException",
      "You provided a VersionStage that is not associated to the provided VersionId.",
    );
  return found;
}

/** Versions without a stage are deprecated; the newest of them are kept for a while, as by Secrets Manager. */
function withoutDeprecated(secret: Secret): Secret {
  const deprecated = secret.versions.filter((version) => version.stages.length === 0).map((version) => version.id);
  const dropped = new Set(deprecated.slice(0, Math.max(0, deprecated.length - limits.deprecatedSecretVersions)));
  return { ...secret, versions: secret.versions.filter((version) => !dropped.has(version.id)) };
}
