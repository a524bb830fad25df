/** The accounts and Regions that `shipshape.yaml` names: all of them are asked, and none is left out. */
import { reasonOf } from "../errors";
import type { Location, UnreachableLocation } from "../fleet-records";
import { atOnce } from "./at-once";
import { awsClients, type AwsClients } from "./aws-access";
import { locationsAtOnceMax } from "./limits";

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
): Promise<Answers<Result>> {
  const found: Answers<Result> = { answers: [], unreachable: [] };
  const asked = locations.length === 0 ? [{}] : locations;
  const all = await atOnce(asked, locationsAtOnceMax, (location) =>
    ask(awsClients({ location })).catch((error: unknown): Answer<Result> => ({ reason: reasonOf(error) })),
  );
  for (const [at, answer] of all.entries()) {
    const location = asked[at] ?? {};
    const { account = "unknown", region = "unknown" } = location;
    const reason = "reason" in answer ? answer.reason : whyAnother(location, answer.account);
    if (reason !== undefined) found.unreachable.push({ account, region, reason });
    else if ("result" in answer) found.answers.push({ location, result: answer.result });
  }
  return found;
}

/** Credentials of another account would show its databases as this one's; a role is always of its own account. */
function whyAnother(location: Location, account: string | undefined): string | undefined {
  if (location.account === undefined || location.role !== undefined || account === location.account) return undefined;
  return `the credentials are of ${account === undefined ? "an account that is unknown" : `account ${account}`}: give a role of account ${location.account} in shipshape.yaml`;
}
