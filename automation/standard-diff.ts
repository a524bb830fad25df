/**
 * What another standard changes in the databases that exist, before any preview: in those of the backend's stacks, or of
 * some stacks' config files.
 */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { changesOf, renamingOf, strongest, type Change, type Effect } from "../components/standard-change";
import { standingIn, unshownIn, type StateOfDatabase } from "../components/standing-database";
import type { StandingDatabase } from "../components/standard-change";
import { identifierOf } from "../components/names";
import { bornWith, everyBirth } from "../components/standards/births";
import {
  birthDigest,
  birthsOf,
  instanceTagOf,
  type HeldStandard,
  type Standard,
} from "../components/standards/standard";
import { decodeText } from "../components/standards/text-file";
import { readYamlMapping } from "../components/standards/yaml-mapping";
import { standardTag } from "../components/standards/fixed";
import { reasonOf } from "./errors";
import type { DeclaredDatabase } from "./fleet-records";
import { askBackend } from "./runner/backend-stacks";
import type { StackContext } from "./runner/stack-state";

export interface StandardDiff {
  from: HeldStandard;
  to: HeldStandard;
  databases: DatabaseDiff[];
  /** What could not be read or judged, a sentence each. */
  unread: string[];
}

export interface DatabaseDiff {
  identifier: string;
  stack: string;
  effect: Effect;
  changes: Change[];
  names: {
    /** As a stack pins it. */
    birth: string;
    /** Whether a new stack would get them. */
    areCurrent: boolean;
    /** What would change if the stack took those of new ones; nothing if it has them. */
    taking: Change[];
  };
}

/** Of every StandardDatabase in the stacks of the backend. */
export async function diffOfBackend(from: Standard, to: Standard, context: StackContext): Promise<StandardDiff> {
  const stacks = await askBackend(context);
  if (!stacks.asked)
    return diff(from, to, [], [`the stacks of the backend ${stacks.backend ?? "(none)"}: ${stacks.reason}`]);
  const unread = stacks.unread.map(({ stack, reason }) => `stack ${stack}: ${reason}`);
  const found = stacks.stacks.flatMap(({ databases }) => databases.filter(({ isStandard }) => isStandard));
  return diff(
    from,
    to,
    found.map((one) => () => ofState(one, from, to)),
    unread,
  );
}

/** Of the databases that config files of `stacks/` declare. */
export const diffOfFiles = (from: Standard, to: Standard, files: readonly string[]): StandardDiff =>
  diff(
    from,
    to,
    files.map((file) => () => ofFile(file, from, to)),
    [],
  );

/** A database, or why nothing can be said of it. */
type Judged = DatabaseDiff | string;

function diff(from: Standard, to: Standard, ones: (() => Judged)[], unread: string[]): StandardDiff {
  const judged = ones.map((judge) => judge());
  const held = ({ name, version, digest }: Standard): HeldStandard => ({ name, version, digest });
  return {
    from: held(from),
    to: held(to),
    databases: judged.filter((one) => typeof one !== "string"),
    unread: [...unread, ...judged.filter((one) => typeof one === "string")],
  };
}

function ofState(declared: DeclaredDatabase, from: Standard, to: Standard): Judged {
  const { stack, identifier, tags, region, decided } = declared;
  const at = `${identifier} of ${stack}`;
  if (!decided) return `${at}: its state does not say what was decided of it; bring it up once`;
  const follows = [from, to].find((one) => instanceTagOf(one) === tags[standardTag]);
  if (!follows)
    return `${at}: follows the standard ${tags[standardTag] ?? "(its tag says none)"}, not the given ${instanceTagOf(from)}`;
  const state = {
    ...(decided as Pick<StateOfDatabase, "shape" | "masterUsername">),
    costCenter: tags[follows.tags.costCenter.key] ?? "",
    region,
  };
  const unshown = unshownIn(state);
  if (unshown.length > 0) return `${at}: its program takes ${unshown.join(" and ")} as found; give its config file`;
  const births = [...birthsOf(from), ...everyBirth(to), ...everyBirth(from)];
  const standing = standingIn(state, follows, births);
  if (!standing) return `${at}: has names that neither standard has`;
  const isKnown = everyBirth(to).some((one) => birthDigest(one) === birthDigest(standing.birth));
  return judged({ identifier, stack, standing }, isKnown ? undefined : lostNames, follows, to);
}

const lostNames = "add to earlierBirths what birth said when the stack was made: without it the stack's pin is refused";

function ofFile(file: string, from: Standard, to: Standard): Judged {
  let config: Record<string, unknown>;
  try {
    const { values, problems } = readYamlMapping(decodeText(readFileSync(file)), "a mapping");
    if (values === undefined) return `${file}: ${problems[0]?.message}`;
    config = (values["config"] ?? {}) as Record<string, unknown>;
  } catch (error) {
    return `${file}: ${reasonOf(error)}`;
  }
  const { "shipshape:request": request, "shipshape:birth": pin, "aws:region": region } = config;
  if (typeof request !== "object" || request === null) return `${file}: has no config shipshape:request`;
  const pinned = typeof pin === "string" ? pin : undefined;
  const birth = bornWith(from, pinned) ?? bornWith(to, pinned);
  if (!birth) return `${file}: pins names that neither standard has, shipshape:birth ${pinned ?? "(nothing)"}`;
  const standing = {
    request: request as Record<string, unknown>,
    birth,
    region: typeof region === "string" ? region : undefined,
  };
  const stack = basename(file).replace(/^Pulumi\.(.*)\.ya?ml$/, "$1");
  const { existing } = request as { existing?: { identifier?: unknown } };
  const identifier = String(existing?.identifier ?? identifierOf(request as never, { ...from, birth }));
  const refused =
    pinned === undefined
      ? `give the stack its pin: pulumi config set shipshape:birth ${birthDigest(birth)}`
      : lostNames;
  return judged({ identifier, stack, standing }, bornWith(to, pinned) ? undefined : refused, from, to);
}

interface Standing {
  identifier: string;
  stack: string;
  standing: StandingDatabase;
}

function judged({ identifier, stack, standing }: Standing, refused: string | undefined, from: Standard, to: Standard) {
  const changed = changesOf(standing, { from, to });
  if (!changed) return `${identifier} of ${stack}: its arguments are not those of the given standard`;
  const changes: Change[] = [
    ...(refused === undefined
      ? []
      : [{ figure: "names", from: null, to: null, effect: "refused" as const, note: refused }]),
    ...changed,
  ];
  const birth = birthDigest(standing.birth);
  return {
    identifier,
    stack,
    effect: strongest(changes),
    changes,
    names: { birth, areCurrent: birth === birthDigest(to.birth), taking: renamingOf(standing, to) },
  };
}
