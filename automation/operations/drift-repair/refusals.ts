/** Pure: what a repair never does, and what it does only if it is told. */
import { ShipshapeError } from "../../errors";
import type { PlannedStep } from "../../runner/planned-steps";
import { instanceType, isInstance, type Difference } from "../drift-detection/differences";
import { nameOf, shortName } from "../drift-detection/known-differences";
import { isNamed, type RepairChange } from "./changes";
import { namedMax } from "./limits";
import type { DriftRepairRequest } from "./request";

interface Given {
  request: DriftRepairRequest;
  /** What is to be put back. @default all of it */
  names: readonly string[] | undefined;
  /** Of the stack: null where others have its program. */
  up: PlannedStep[] | null;
  stack: string;
  /** What runs and is newer than declared. */
  ahead: Difference[];
  changes: RepairChange[];
  /** What a part must not leave out. */
  unnamed: RepairChange[];
  maintenanceWindow: string;
}

/** Errors: those of errors.ts. */
export function refuse({ request, names, up, stack, changes, unnamed, ahead, maintenanceWindow }: Given): void {
  // A replacement is three steps of one resource.
  const lost = [
    ...new Set([
      ...(up ?? []).filter(losesData).map(({ urn }) => shortName(urn)),
      ...changes.filter(isImpossible).map(changeText),
    ]),
  ];
  if (lost.length > 0) throw new ShipshapeError("repair-replaces", { stack, resources: listed(lost) });
  const down = [...changes.filter(isTakenBack).map(changeText), ...ahead.map(aheadText)];
  if (down.length > 0) throw new ShipshapeError("repair-downgrades", { stack, changes: listed([...new Set(down)]) });
  const unmatched = (names ?? []).filter((name) => !changes.some((one) => isNamed(one, name)));
  if (unmatched.length > 0) throw new ShipshapeError("repair-unmatched", { stack, names: listed(unmatched) });
  if (changes.length === 0) throw new ShipshapeError("repair-unneeded", { stack });
  const wider = names ? [...changes, ...unnamed].filter((one) => !names.some((name) => isNamed(one, name))) : [];
  if (wider.length > 0) throw new ShipshapeError("repair-wider", { stack, changes: listed(wider.map(changeText)) });
  const restarts = changes.filter(({ takes }) => takes.startsWith("restart"));
  if (restarts.length === 0 || request.allowRestart) return;
  const when = restarts.some(({ takes }) => takes === "restart at once")
    ? "at once"
    : `in its maintenance window, ${maintenanceWindow} UTC`;
  throw new ShipshapeError("repair-restarts", {
    stack,
    identifier: request.database,
    when,
    changes: listed(restarts.map(changeText)),
  });
}

/** What holds data: another one of that name is empty. */
const holdsData = [
  instanceType,
  "aws:kms/key:Key",
  "postgresql:index/database:Database",
  "postgresql:index/schema:Schema",
];

export const losesData = ({ op, type }: PlannedStep): boolean =>
  op === "create" ? holdsData.includes(type) : op !== "update";

/** Without backups RDS deletes the automated ones that there are, and restarts. */
const endsBackups = ({ type, property, values }: RepairChange): boolean =>
  type === instanceType && property === "backupRetentionPeriod" && values?.to === 0;

const isImpossible = (change: RepairChange): boolean =>
  endsBackups(change) || (change.takes === "never" && !isTakenBack(change));

/** The engine's version is the matter of patches, in both directions; storage never shrinks. */
const isTakenBack = ({ type, property, takes }: RepairChange): boolean =>
  isInstance(type) && (property === "engineVersion" || (property === "allocatedStorage" && takes === "never"));

export const changeText = ({ name, from, to }: RepairChange): string => `${name} ${from} → ${to}`;

const aheadText = (one: Difference): string => `${nameOf(one)} ${one.actual} → ${one.desired}`;

/** As many as one error or explanation names. */
export const listed = (texts: string[]): string =>
  texts.length > namedMax
    ? `${texts.slice(0, namedMax).join("; ")} and ${texts.length - namedMax} more`
    : texts.join("; ");
