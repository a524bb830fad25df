// What a run that has waited for its turn may still do when it comes: nothing, if its worker was replaced meanwhile.
import { bringUpsAtOnceMax } from "../../../automation/operations/limits";
import { stackChangeSteps, type StackChangeSteps } from "../../../automation/operations/stack-changes";
import { until } from "../../until";

const mockStarted: string[] = [];
let mockIsOver: Promise<void>;
let mockConfig = "as committed";
jest.mock("../../../automation/runner/pulumi-stack", () => ({
  bringUp: (_: unknown, { stackName }: { stackName: string }) => {
    mockStarted.push(stackName);
    return mockIsOver;
  },
}));
jest.mock("../../../automation/runner/git-folder", () => ({
  gitIn: () => undefined,
  committedText: (_: unknown, __: string, ___: string, revision?: string) =>
    Promise.resolve(revision === undefined ? mockConfig : "as committed"),
}));

let isReplaced = false;
const steps = stackChangeSteps({
  access: {
    beforeCall: () => {
      if (isReplaced) throw new Error("this worker was replaced");
    },
  },
  homesOfStacks: () =>
    Promise.resolve(() => ({ ownership: "ours", config: { folder: "/repository", file: "Pulumi.yaml" } })),
} as unknown as Parameters<typeof stackChangeSteps>[0]);

function bringUp(stack: string, signal = new AbortController().signal): Promise<void> {
  type Given = Parameters<StackChangeSteps["bringUp"]>;
  const change = { stack: `shop/${stack}` } as Given[0];
  const program: Given[2] = { program: () => () => Promise.resolve({}), settleCloud: () => Promise.resolve(new Map()) };
  return steps.bringUp(change, { revision: "1" }, program, signal);
}

/** As many as there are turns are under way, and one more waits; resolves once it has had its turn. */
async function afterWaiting(meanwhile: () => void, signal?: AbortSignal): Promise<void> {
  mockStarted.length = 0;
  let end: () => void = () => undefined;
  mockIsOver = new Promise((resolve) => (end = resolve));
  const first = Array.from({ length: bringUpsAtOnceMax }, (_, at) => bringUp(`first-${at}`));
  const last = bringUp("last", signal);
  await until("all turns are taken", () => mockStarted.length === bringUpsAtOnceMax);
  meanwhile();
  end();
  await Promise.all(first);
  await last;
}

afterEach(() => {
  isReplaced = false;
  mockConfig = "as committed";
});

test("one that has waited starts its engine when a turn is free", async () => {
  await afterWaiting(() => undefined);
  expect(mockStarted).toContain("last");
});

test("a worker that was replaced meanwhile starts none", async () => {
  await expect(afterWaiting(() => (isReplaced = true))).rejects.toThrow("this worker was replaced");
  expect(mockStarted).not.toContain("last");
});

test("a step that was ended meanwhile starts none", async () => {
  const step = new AbortController();
  const late = afterWaiting(() => step.abort(new Error("the step was ended")), step.signal);
  await expect(late).rejects.toThrow("the step was ended");
  expect(mockStarted).not.toContain("last");
});

test("a config that was changed meanwhile is not brought up", async () => {
  await expect(afterWaiting(() => (mockConfig = "changed"))).rejects.toMatchObject({ code: "stack-config-moved" });
  expect(mockStarted).not.toContain("last");
});

test("one that may not start gives its turn back", async () => {
  await afterWaiting(() => undefined);
  expect(mockStarted).toHaveLength(bringUpsAtOnceMax + 1);
});
