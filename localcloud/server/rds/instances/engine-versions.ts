import { availableVersions, howToAdd, knownMajors } from "../../../postgres/binaries";
import { AwsError } from "../../wire/aws-error";

/** The available engine versions: those whose PostgreSQL is installed here. */
export function offeredVersions(): string[] {
  return [...availableVersions()].sort(compareVersions);
}

/** `17.10` → `17`. */
export function majorOf(version: string): string {
  return version.split(".")[0]!;
}

/** RDS's parameter group family. */
export function familyOf(version: string): string {
  return `postgres${majorOf(version)}`;
}

export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}

export function offeredMajors(): string[] {
  return [...new Set(offeredVersions().map(majorOf))];
}

/** Parameter groups are API data, so their families do not depend on what is installed here. */
export function familyMajors(): string[] {
  return [...new Set([...knownMajors, ...offeredMajors()])].sort((a, b) => Number(a) - Number(b));
}

/** @throws AwsError InvalidParameterCombination, which explains how to install a missing version of a known major */
export function installedVersion(requested: string | undefined): string {
  const version = requested === undefined ? defaultVersion() : resolveVersion(requested);
  if (version !== undefined) return version;
  const missing = requested ?? knownMajors.at(-2)!;
  const isKnown = knownMajors.includes(majorOf(missing)) && !offeredMajors().includes(majorOf(missing));
  throw new AwsError(
    "InvalidParameterCombination",
    `cannot find version ${requested ?? "(default)"} for postgres; this machine has ${offeredVersions().join(", ") || "none installed"}${isKnown ? `. ${howToAdd(missing)}` : ""}`,
  );
}

/** RDS's default version: the newest minor of the second-newest major, as RDS is slow to change it. */
export function defaultVersion(): string | undefined {
  const majors = offeredMajors();
  return resolveVersion(majors.at(-2) ?? majors.at(-1) ?? "");
}

/** A minor as given, a major as its newest minor; undefined when it is not available. */
export function resolveVersion(version: string): string | undefined {
  const offered = offeredVersions();
  return offered.includes(version) ? version : offered.filter((candidate) => majorOf(candidate) === version).at(-1);
}

/** All versions an instance could be upgraded to: newer ones of its major or a later one. */
export function upgradeTargets(version: string): { version: string; isMajor: boolean }[] {
  return offeredVersions()
    .filter((candidate) => compareVersions(candidate, version) > 0)
    .map((candidate) => ({ version: candidate, isMajor: majorOf(candidate) !== majorOf(version) }));
}

/**
 * The days of RDS's support of a major. RDS ends standard support at the end of the February after the community's last
 * release, and Extended Support three years later, as it did for 11 and 12 (RDS User Guide, "Amazon RDS Extended
 * Support charges"). It begins here on the community's day, which RDS follows by weeks.
 */
export function supportOf(major: string): { begins: string; standardEnds: string; extendedEnds: string } | undefined {
  const begins = { 16: "2023-09-14", 17: "2024-09-26", 18: "2025-09-25" }[major];
  if (begins === undefined) return undefined;
  const last = (years: number) => {
    const march = new Date(Date.UTC(Number(begins.slice(0, 4)) + years, 2, 1));
    return new Date(march.getTime() - 86_400_000).toISOString().slice(0, 10);
  };
  return { begins, standardEnds: last(6), extendedEnds: last(9) };
}
