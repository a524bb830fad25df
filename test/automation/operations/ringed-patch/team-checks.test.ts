import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gateOf } from "../../../../automation/operations/ringed-patch/health-gate";
import { probeOfSql, probeOfUrl, readTeamChecks } from "../../../../automation/operations/ringed-patch/team-checks";
import { askUrl, urlProblem } from "../../../../automation/targets/health-url";

const root = mkdtempSync(join(tmpdir(), "shipshape-health-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
function folderWith(files: Record<string, string>): string {
  const identifier = `orders-${++made}`;
  mkdirSync(join(root, identifier, "health"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, identifier, "health", name), text);
  return identifier;
}
const read = (files: Record<string, string>) => readTeamChecks(root, folderWith(files));

test("a team that has declared nothing has no checks, and a gate without any probe does not pass", () => {
  expect(readTeamChecks(root, "billing")).toEqual([]);
  expect(gateOf([]).verdict).toBe("inconclusive");
});

test("checks are the files of the folder, in the order of their names, without what ends a statement", () => {
  expect(
    read({
      "b-paid.sql": "select 1 from orders where paid is null ;\n",
      "a-up.url": "https://orders.example.com/up\n",
    }),
  ).toEqual([
    { name: "a-up", url: "https://orders.example.com/up" },
    { name: "b-paid", sql: "select 1 from orders where paid is null" },
  ]);
});

test.each([
  ["an empty file", { "a.sql": " ; " }, "it is empty"],
  ["a name that is no word", { "A b.sql": "select" }, "lower-case words"],
  ["more than the plan quotes", { "a.sql": `select ${"1".repeat(1000)}` }, "more than 1000 bytes"],
  ["more than five", Object.fromEntries("abcdef".split("").map((one) => [`${one}.sql`, "select 1"])), "6 checks"],
  ["a URL with a password", { "a.url": "https://ana:secret@example.com/" }, "plans quote it"],
])("%s cannot be used, and says why", (_, files, problem) => {
  expect(read(files as Record<string, string>)).toEqual({ problem: expect.stringContaining(problem) as string });
});

test("a link is not followed: it could name a file of the worker's", () => {
  const identifier = folderWith({});
  writeFileSync(join(root, "key"), "select 'a key'");
  symlinkSync(join(root, "key"), join(root, identifier, "health", "a.sql"));
  expect(readTeamChecks(root, identifier)).toEqual({ problem: expect.stringContaining("no") as string });
});

test.each(["ftp://example.com", "http://example.com/up", "https://169.254.169.254/", "https://[fd00::1]/", "up"])(
  "%s is not asked",
  (url) => expect(urlProblem(url)).toBeDefined(),
);

test("a query that finds a row fails, and one that could not be asked is an error, not a pass", () => {
  const seconds = 0.1;
  expect(probeOfSql("a", { rows: 0, problem: null, seconds }).verdict).toBe("pass");
  expect(probeOfSql("a", { rows: 3, problem: null, seconds }).verdict).toBe("fail");
  expect(probeOfSql("a", { rows: null, problem: "it exceeded its time limit", seconds })).toMatchObject({
    ...{ verdict: "error", explanation: "it exceeded its time limit" },
  });
});

test("an endpoint that has not answered is an error, and one that has answered too seldom is inconclusive", () => {
  const verdict = (statuses: number[], failures: string[] = []) => probeOfUrl("a", { statuses, failures }).verdict;
  expect(verdict([200, 200, 204, 200, 200])).toBe("pass");
  expect(verdict([200, 503, 200, 503, 200])).toBe("fail");
  expect(verdict([302, 302, 302, 302, 302])).toBe("fail");
  expect(verdict([200, 503, 200, 200, 200])).toBe("inconclusive");
  expect(verdict([200, 200, 200, 200], ["refused"])).toBe("inconclusive");
  expect(verdict([], ["refused", "refused", "refused", "refused", "refused"])).toBe("error");
});

describe("an endpoint on this machine", () => {
  let server: Server;
  let asked = 0;
  let answer: (asked: number) => number = () => 200;
  beforeAll(
    () =>
      new Promise<void>((listening) => {
        server = createServer((_, response) => {
          response.statusCode = answer(++asked);
          if (response.statusCode === 302) response.setHeader("location", "http://127.0.0.1:1/");
          response.end("a text that nobody reads");
        }).listen(0, "127.0.0.1", listening);
      }),
  );
  afterAll(() => new Promise((closed) => server.close(closed)));
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/up`;

  test("is asked five times, and a redirect is an answer that is not followed", async () => {
    expect(await askUrl(url())).toEqual({ statuses: [200, 200, 200, 200, 200], failures: [] });
    answer = () => 302;
    expect(await askUrl(url())).toEqual({ statuses: [302, 302, 302, 302, 302], failures: [] });
    expect(asked).toBe(10);
  });

  test("of which nothing is there has no status", async () => {
    const { statuses, failures } = await askUrl("http://127.0.0.1:1/up");
    expect([statuses, failures.length]).toEqual([[], 5]);
  });
});
