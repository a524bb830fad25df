import { availableVersions } from "../../postgres/binaries";

/** The engine versions this cloud offers: those whose PostgreSQL is installed here. */
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

/** What RDS takes when no version is named: the newest minor of the major before the newest, as RDS is slow to change it. */
export function defaultVersion(): string | undefined {
  const majors = offeredMajors();
  return resolveVersion(majors.at(-2) ?? majors.at(-1) ?? "");
}

/** A minor as it is, a major as its newest minor; undefined when it is not offered. */
export function resolveVersion(version: string): string | undefined {
  const offered = offeredVersions();
  return offered.includes(version) ? version : offered.filter((candidate) => majorOf(candidate) === version).at(-1);
}

/** All versions an instance could be upgraded to: newer ones, of its major or a later one. */
export function upgradeTargets(version: string): { version: string; isMajor: boolean }[] {
  return offeredVersions()
    .filter((candidate) => compareVersions(candidate, version) > 0)
    .map((candidate) => ({ version: candidate, isMajor: majorOf(candidate) !== majorOf(version) }));
}
