// A train's run over the control plane's own tables, in random interleavings of its patches, of people who halt, resume,
// skip and abort, and of workers that are killed and replaced: what must hold whatever comes first.
import { builtIn } from "../../../../components/standards/built-in";
import { identityOf } from "../../../../automation/fleet-records";
import type { OperationContext } from "../../../../automation/operations/operation-context";
import { planTrain, type TrainCandidate } from "../../../../automation/operations/ringed-patch/plan";
import { ringedPatchRequest } from "../../../../automation/operations/ringed-patch/request";
import { ringedPatchSteps } from "../../../../automation/operations/ringed-patch/steps";
import type { ControlPlaneDatabase } from "../../../../automation/database";
import { haveControlPlaneDatabase } from "../../control-plane-database";
import { Interleaving } from "./interleaving";

let database: ControlPlaneDatabase;
haveControlPlaneDatabase((made) => void ({ database } = made));

const candidate = (identifier: string): TrainCandidate => ({
  ...{ identifier, resourceId: `db-${identifier}`, arn: `arn:${identifier}`, account: "123456789012" },
  ...{ region: "eu-central-1", from: "17.9", stack: `shipshape/database.${identifier}`, obstacles: [] },
  tags: { tier: "bronze", environment: identifier < "e" ? "development" : "production", owner: "team-orders" },
});

const planned = (compareLoad: boolean) =>
  planTrain(
    ringedPatchRequest.parse({ to: "17.10", fleet: true, bakeMinutes: 60, compareLoad }),
    {
      databases: ["a", "b", "c", "d", "e", "f", "g"].map(candidate),
      ...{ unreachable: [], located: false, today: "2026-11-27" },
    },
    builtIn,
  );

const seeds = Array.from({ length: 40 }, (_, at) => at + 1);
const reached = { killed: 0, halted: 0, resumed: 0, skipped: 0, aborted: 0, takenBack: 0, worse: 0, promoted: 0 };

test.each(seeds)("no database is patched twice, none is lost, and no ring begins too early (seed %d)", async (seed) => {
  const plan = planned(seed % 2 === 0);
  expect(plan.rings.map(({ databases }) => databases.map(identityOf).length)).toEqual([1, 3, 1, 2]);
  const context = { database, tellPeople: () => Promise.resolve() } as unknown as OperationContext;
  const world = new Interleaving(database, plan, ringedPatchSteps(context), seed);
  await world.toItsEnd();
  expect(await world.broken()).toEqual([]);
  for (const [what, count] of Object.entries(world.reached)) reached[what as keyof typeof reached] += count;
});

test("each of these was met in some of them", () => {
  expect(Object.entries(reached).filter(([, count]) => count === 0)).toEqual([]);
});
