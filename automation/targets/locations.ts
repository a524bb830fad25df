/** The accounts and Regions that `shipshape.yaml` names: all of them are asked, and none is left out. */
import { reasonOf, ShipshapeError } from "../errors";
import {
  describeLocation,
  unreachableText,
  type Location,
  type TargetDatabase,
  type UnreachableLocation,
} from "../fleet-records";
import { atOnce } from "../at-once";
import { awsClients, type AwsAccess, type AwsClients } from "./aws-access";
import { findDatabase, findDatabaseById } from "./database-instance";
import { locationAnswerSeconds, locationsAtOnceMax } from "./limits";
import { accountIn, accountOf } from "./queried-cloud";

/** What one of them answered, and the account that answered. */
type Answer<Result> = { result: Result; account: string | undefined } | { reason: string };

export interface Answers<Result> {
  answers: { location: Location; result: Result }[];
  unreachable: UnreachableLocation[];
}

/** Asks each of them, or the environment's own if there are none; several at a time. */
export async function askEach<Result>(
  locations: readonly Location[],
  ask: (clients: AwsClients) => Promise<Answer<Result>>,
  access: AwsAccess = {},
): Promise<Answers<Result>> {
  const found: Answers<Result> = { answers: [], unreachable: [] };
  const asked = locations.length === 0 ? [{}] : locations;
  const all = await atOnce(asked, locationsAtOnceMax, async (location) => {
    try {
      return await askOne({ ...access, location }, ask);
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  });
  for (const [at, answer] of all.entries()) {
    const location = asked[at] ?? {};
    const reason = "reason" in answer ? answer.reason : whyAnother(location, answer.account);
    if (reason !== undefined) found.unreachable.push(unreachableAt(location, reason));
    else if ("result" in answer) found.answers.push({ location, result: answer.result });
  }
  return found;
}

async function askOne<Result>(access: AwsAccess, ask: (clients: AwsClients) => Promise<Result>): Promise<Result> {
  const clients = awsClients(access);
  try {
    return await inTime(ask(clients));
  } finally {
    Object.values(clients).forEach((client: AwsClients[keyof AwsClients]) => client.destroy());
  }
}

/** One that never answers must not hold up the others for good. */
async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tooLate = () => reject(new Error(`it did not answer within ${locationAnswerSeconds} s`));
    timer = setTimeout(tooLate, locationAnswerSeconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Credentials of another account would show its databases as this one's; a role is always of its own account. */
function whyAnother(location: Location, account: string | undefined): string | undefined {
  if (location.account === undefined || location.role !== undefined || account === location.account) return undefined;
  return `the credentials are of ${account === undefined ? "an account that is unknown" : `account ${account}`}: give a role of account ${location.account} in shipshape.yaml`;
}

const unreachableAt = ({ account = "unknown", region = "unknown" }: Location, reason: string): UnreachableLocation => ({
  account,
  region,
  reason,
});

/** A database as people name it: by its identifier, and where several have it, by account and Region. */
export interface NamedDatabase {
  database: string;
  account?: string | undefined;
  region?: string | undefined;
}

/**
 * Access to the account and Region that has the database. Where it cannot be known which of several is meant, none is
 * taken. Errors: location-unknown, database-ambiguous, database-uncertain, database-unknown.
 */
export async function locate(access: AwsAccess, { database, account, region }: NamedDatabase): Promise<AwsAccess> {
  const locations = access.locations?.() ?? [];
  if (locations.length === 0 && account === undefined) return { ...access, location: { region } };
  const possible = locations.filter(
    (one) => (account ?? one.account) === one.account && (region ?? one.region) === one.region,
  );
  const [first] = possible;
  if (!first) throw unknownLocation({ account, region }, locations);
  const look = async (clients: AwsClients) => {
    const found = await findDatabase(clients, database);
    const answered = accountIn([found?.DBInstanceArn]) ?? (await accountOf(clients.sts));
    return { result: found !== undefined, account: answered };
  };
  if (possible.length === 1) {
    const only = { ...access, location: first };
    const reason = first.role === undefined ? whyAnother(first, (await askOne(only, look)).account) : undefined;
    if (reason === undefined) return only;
    const unreachable = unreachableText(unreachableAt(first, reason));
    throw new ShipshapeError("database-uncertain", { identifier: database, found: "none", unreachable });
  }
  const { answers, unreachable } = await askEach(possible, look, access);
  const having = answers.filter(({ result }) => result).map(({ location }) => location);
  const known = { identifier: database, found: having.map(describeLocation).join("; ") || "none" };
  if (having.length > 1) throw new ShipshapeError("database-ambiguous", known);
  if (unreachable.length > 0)
    throw new ShipshapeError("database-uncertain", {
      ...known,
      unreachable: unreachable.map(unreachableText).join("; "),
    });
  if (having.length === 1) return { ...access, location: having[0] };
  const none = `none of that name in ${possible.length} accounts and Regions`;
  throw new ShipshapeError("database-unknown", { identifier: database, known: none });
}

/**
 * Access to the account and Region that has the database of a resource id, wherever that is. Of one that none has, the
 * first says so. Errors: database-uncertain.
 */
export async function locateById(access: AwsAccess, resourceId: string): Promise<AwsAccess> {
  const locations = access.locations?.() ?? [];
  if (locations.length === 0) return access;
  const look = async (clients: AwsClients) => {
    const found = await findDatabaseById(clients, resourceId);
    return {
      result: found !== undefined,
      account: accountIn([found?.DBInstanceArn]) ?? (await accountOf(clients.sts)),
    };
  };
  const { answers, unreachable } = await askEach(locations, look, access);
  const having = answers.find(({ result }) => result);
  if (!having && unreachable.length > 0)
    throw new ShipshapeError("database-uncertain", {
      ...{ identifier: resourceId, found: "none" },
      unreachable: unreachable.map(unreachableText).join("; "),
    });
  return { ...access, location: having?.location ?? locations[0] };
}

/** Access to where a database is that was found before. Errors: location-unknown. */
export function accessTo(
  access: AwsAccess,
  { account, region }: Pick<TargetDatabase, "account" | "region">,
): AwsAccess {
  const locations = access.locations?.() ?? [];
  if (locations.length === 0) return { ...access, location: { region: region || undefined } };
  const location = locations.find((one) => one.account === account && one.region === region);
  if (!location) throw unknownLocation({ account, region }, locations);
  return { ...access, location };
}

const unknownLocation = (asked: Pick<Location, "account" | "region">, known: readonly Location[]) =>
  new ShipshapeError("location-unknown", {
    location: `account ${asked.account ?? "any"}, Region ${asked.region ?? "any"}`,
    known: known.map(describeLocation).join("; ") || "none",
  });
