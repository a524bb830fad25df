/** What exists but no rule could judge: every report names it, so that silence is never mistaken for a pass. */
import { readTypes } from "../../policypacks/database-guardrails/vocabulary/types";
import { unjudgedShownMax } from "./limits";

/** Plain data, so that a worker can pass it on. */
export interface Unjudged {
  why: "pending" | "external" | "replaced" | "foreign" | "parameter group";
  what: string;
}

const sentences: Record<Unjudged["why"], [one: string, many: string, more: string]> = {
  pending: [
    "pending operation",
    "pending operations",
    "it was interrupted, and only `pulumi refresh` shows its outcome; what it was creating is judged as declared",
  ],
  external: ["resource of another stack", "resources of other stacks", "only read here; judged where it is declared"],
  replaced: [
    "replaced resource",
    "replaced resources",
    "not yet deleted by `pulumi up`, and of a type that no rule knows",
  ],
  foreign: [
    "resource of a type that no rule knows",
    "resources of types that no rule knows",
    "it may create databases",
  ],
  "parameter group": ["parameter group", "parameter groups", "used by name, but declared in no judged state"],
};

/** A line for each reason, with the first few named. */
export function unjudgedLines(unjudged: readonly Unjudged[]): string[] {
  return (Object.keys(sentences) as Unjudged["why"][]).flatMap((reason) => {
    const names = [...new Set(unjudged.filter(({ why }) => why === reason).map(({ what }) => what))];
    if (names.length === 0) return [];
    const [one, many, more] = sentences[reason];
    const rest = names.length > unjudgedShownMax ? ` and ${names.length - unjudgedShownMax} more` : "";
    return [
      `not judged: ${names.length} ${names.length === 1 ? one : many} (${names.slice(0, unjudgedShownMax).join(", ")}${rest}): ${more}`,
    ];
  });
}

/** Packages that create nothing in a cloud, or whose resources rules check. */
const knownPackages = ["aws", "postgresql", "random", "tls", "time", "pulumi"];
/** Modules of the AWS package that can create databases, directly or from a template. */
const databaseMakers = [
  "cloudformation",
  "cloudcontrol",
  "servicecatalog",
  "serverlessrepository",
  "rds",
  "docdb",
  "neptune",
  "redshift",
  "dsql",
  "lightsail",
];
/** Parts of databases that contain no data and give no access. */
const parts = ["aws:rds/optionGroup:OptionGroup", "aws:rds/certificate:Certificate"];

export function isForeign(type: string, custom: boolean | undefined): boolean {
  // A component only groups other resources, which are in the state too.
  if (custom === false || type.startsWith("pulumi:") || readTypes.has(type) || parts.includes(type)) return false;
  const [package_ = "", module = ""] = type.toLowerCase().split(":");
  if (!knownPackages.includes(package_)) return true;
  return package_ === "aws" && databaseMakers.some((maker) => module.split("/")[0]?.startsWith(maker));
}
