// One more operation is a folder and a line: toy-operation.ts is requested, refused, approved, killed and carried out,
// and no file of the product knows it.
import { join } from "node:path";
import type { ControlPlane } from "../../../automation/control-plane";
import { ProbedControlPlane } from "../probe";

let probed: ProbedControlPlane;
let controlPlane: ControlPlane;
beforeAll(async () => {
  probed = await ProbedControlPlane.start();
  controlPlane = await probed.client();
});
afterAll(() => probed?.stop());

/** A command line of the operation, as a process of its own. */
const toy = (moment: string, ...words: string[]) =>
  probed.command(["--import", "tsx", join(__dirname, "../harness/killed-command.ts"), "label", moment, ...words]).ended;
const flags = ["--database", "orders", "--label-text", "paid", "--copies", "2", "--colour", "green", "--shout"];
const requestLabel = (...words: string[]) => toy("", "request", "label", "--reason", "a test", ...words);
const labels = () => probed.database.query("select target, text from label");
const written = async () => (await probed.database.query<{ writes: number }>("select writes from label"))[0]?.writes;

test("the help of a new operation derives from its description and its schema", async () => {
  const { stdout } = await toy("", "request", "label", "--help");
  expect(stdout).toContain("write a label on a database");
  expect(stdout).toMatch(/--label-text <text> +what to write on it\n/);
  expect(stdout).toMatch(/--copies <copies> +how often \(default: 1\)\n/);
  expect(stdout).toMatch(/--colour <colour> +in which colour \(choices: "blue",\s+"green"\)/);
  expect(stdout).toContain('  npx shipshape request label --database orders --label-text paid --shout --reason "as');
});

test.each([
  ["by its flags", ["--database", "orders", "--label-text", "paid", "--copies", "some"], '"some" is not a number'],
  ["by its schema", ["--database", "orders", "--label-text", "x"], "labelText: give 3 letters or more"],
])("a wrong request is refused %s, and nothing is queued", async (_, words, problem) => {
  const { code, stderr } = await requestLabel(...words);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(problem) as string });
  expect(await controlPlane.runs(1)).toEqual([]);
});

test("a new operation waits for someone else's approval, is killed after its effect, and ends as it would have", async () => {
  const queued = await requestLabel(...flags, "--json");
  const { id } = JSON.parse(queued.stdout) as { id: string };
  expect((await controlPlane.request(id)).input).toEqual({
    database: "orders",
    labelText: "paid",
    copies: 2,
    colour: "green",
    shout: true,
  });

  await toy("", "worker", "--until-idle");
  const [waiting] = await controlPlane.waiting(10);
  const plan = waiting!.planDigest!;
  expect(waiting).toMatchObject({ requestId: id, status: "waiting", plan: { after: "green: PAIDPAID" } });
  expect(await labels()).toEqual([]);
  const own = await toy("", "approve", id, "--plan", plan, "--comment", "my own");
  expect({ code: own.code, stderr: own.stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("[approval-own-request]") as string,
  });
  await controlPlane.approve(id, { principal: "ben", plan, comment: "as agreed" });

  expect((await toy("in write the label", "worker", "--until-idle")).signal).toBe("SIGKILL");
  expect(await controlPlane.run(id)).toMatchObject({ status: "running", verdict: undefined });
  await toy("", "worker", "--until-idle");
  const run = await controlPlane.run(id);
  expect(run).toMatchObject({ status: "succeeded", verdict: "pass", outcome: "green: PAIDPAID" });
  expect(await labels()).toEqual([{ target: "orders", text: "green: PAIDPAID" }]);
  // The killed step ran twice, the one before it was done for good.
  expect([await written(), run.steps["write the label"]?.attempts, run.steps["read the label"]?.attempts]).toEqual([
    2, 2, 1,
  ]);
  const statements = await probed.database.query("select id from evidence where request_id = $1", [id]);
  expect(statements).toEqual([{ id: `${id}.verdict` }]);
});
