/** What was there and no rule could judge: it is named in every report, so that silence is never taken for a pass. */
import { readTypes } from "../../policypacks/database-guardrails/vocabulary/types";
import { unjudgedShownMax } from "./limits";

/** Plain, so that a worker can hand it over. */
export interface Unjudged {
  why: "pending" | "external" | "replaced" | "foreign" | "parameter group";
  what: string;
}

const sentences: Record<Unjudged["why"], [one: string, many: string, more: string]> = {
  pending: [
    "pending operation",
    "pending operations",
    "it was cut off, and what came of it only `pulumi refresh` tells; what it was to make is judged as declared",
  ],
  external: [
    "resource of another stack",
    "resources of other stacks",
    "only read here, and judged where it is declared",
  ],
  replaced: [
    "replaced resource",
    "replaced resources",
    "still to be deleted by `pulumi up`, and of a type that no rule knows",
  ],
  foreign: ["resource of a type that no rule knows", "resources of types that no rule knows", "it may make databases"],
  "parameter group": ["parameter group", "parameter groups", "used by name, and declared in no state that was judged"],
};

/** A line for each reason, with the first few named. */
export function unjudgedLines(unjudged: readonly Unjudged[]): string[] {
  return (Object.keys(sentences) as Unjudged["why"][]).flatMap((reason) => {
    const whats = [...new Set(unjudged.filter(({ why }) => why === reason).map(({ what }) => what))];
    if (whats.length === 0) return [];
    const [one, many, more] = sentences[reason];
    const rest = whats.length > unjudgedShownMax ? ` and ${whats.length - unjudgedShownMax} more` : "";
    return [
      `not judged: ${whats.length} ${whats.length === 1 ? one : many} (${whats.slice(0, unjudgedShownMax).join(", ")}${rest}): ${more}`,
    ];
  });
}

/** Packages that make nothing in a cloud, or whose resources rules look at. */
const knownPackages = ["aws", "postgresql", "random", "tls", "time", "pulumi"];
/** Modules of the AWS package that can make databases, alone or by a template. */
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
/** Parts of databases that hold no data and open no way in. */
const parts = ["aws:rds/optionGroup:OptionGroup", "aws:rds/certificate:Certificate"];

export function isForeign(type: string, custom: boolean | undefined): boolean {
  // A component is a name for others; those are in the state as well.
  if (custom === false || type.startsWith("pulumi:") || readTypes.has(type) || parts.includes(type)) return false;
  const [package_ = "", module = ""] = type.toLowerCase().split(":");
  if (!knownPackages.includes(package_)) return true;
  return package_ === "aws" && databaseMakers.some((maker) => module.split("/")[0]?.startsWith(maker));
}
