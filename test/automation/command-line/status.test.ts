// The exit code of `shipshape status`, and what cannot be given together.
import { readEvidence } from "../../../automation/command-line/evidence-log";
import { buildCommand } from "../../../automation/command-line/main";
import { fleetToday, withRecords } from "../../../automation/command-line/open-records";
import { status } from "../../../automation/command-line/status";
import { watched } from "../../../automation/command-line/watching";
import type { ControlPlaneRecords } from "../../../automation/control-plane-records";
import type { FleetAnswer, UnreachableLocation } from "../../../automation/fleet-records";
import { readSettings } from "../../../automation/settings";
import { recordedTerminal } from "./recorded-terminal";

jest.mock("../../../automation/command-line/evidence-log");
jest.mock("../../../automation/command-line/open-records");
jest.mock("../../../automation/command-line/watching");
const settings = readSettings(__dirname);
const nothing = () => Promise.resolve([]);
const records = {
  recovery: nothing,
  runs: nothing,
  waiting: nothing,
  pauses: nothing,
  bounds: nothing,
  findings: nothing,
  awaitedChanges: nothing,
  access: () => Promise.resolve(undefined),
  refusals: nothing,
  publications: nothing,
  unsentAlerts: () => Promise.resolve(0),
} as Partial<ControlPlaneRecords> as ControlPlaneRecords;
const away: UnreachableLocation = { account: "123456789012", region: "eu-west-1", reason: "it did not answer" };

afterEach(() => (process.exitCode = undefined));

test("with --watch the exit code is that of the last look", async () => {
  const looks: UnreachableLocation[][] = [[away], []];
  const codes: unknown[] = [];
  jest.mocked(withRecords).mockImplementation((_settings, work) => work(records));
  jest.mocked(readEvidence).mockResolvedValue({ problems: [] } as never);
  jest
    .mocked(fleetToday)
    .mockImplementation(() =>
      Promise.resolve<FleetAnswer>({ asked: true, databases: [], unreachable: looks.shift()! }),
    );
  jest.mocked(watched).mockImplementation(async (_watch, _terminal, look) => {
    for (let left = looks.length; left > 0; left--) {
      await look();
      codes.push(process.exitCode);
    }
  });
  await status({ watch: true }, { settings, ...recordedTerminal() });
  expect(codes).toEqual([1, undefined]);
});

test.each(["status", "runs"])("%s prints JSON once: --watch and --json are refused together", async (name) => {
  const command = buildCommand({ settings, terminal: recordedTerminal().terminal, operations: [] });
  const refused = "option '--watch' cannot be used with option '--json'";
  await expect(command.parseAsync([name, "--watch", "--json"], { from: "user" })).rejects.toThrow(refused);
});
