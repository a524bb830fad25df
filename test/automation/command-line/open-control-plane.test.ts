import { join } from "node:path";
import { withControlPlane } from "../../../automation/command-line/open-control-plane";
import type { ControlPlaneDatabase } from "../../../automation/database";
import type { ControlPlaneSettings } from "../../../automation/control-plane";
import { readSettings } from "../../../automation/settings";

const mockLoaded: string[] = [];
let mockGiven: ControlPlaneSettings | undefined;
jest.mock("../../../automation/operations/restore-drill/steps", () => {
  mockLoaded.push("steps"); // and with them the Automation API and @pulumi/aws
  return { restoreDrillSteps: () => ({}) };
});
jest.mock("../../../automation/control-plane", () => ({
  openControlPlane: (given: ControlPlaneSettings) => ((mockGiven = given), { close: () => Promise.resolve() }),
}));

test("a command that only reads records loads no Pulumi SDK; the first that needs an operation does", async () => {
  const settings = readSettings(join(__dirname, "../../.."), "/", {
    SHIPSHAPE_DATABASE_URL: "postgresql://db/control",
  });
  await withControlPlane(settings, () => Promise.resolve());
  expect(mockLoaded).toEqual([]);
  const operations = mockGiven?.operations({} as ControlPlaneDatabase, () => undefined);
  expect([mockLoaded, operations?.map(({ name }) => name)]).toEqual([["steps"], ["restore-drill"]]);
});
