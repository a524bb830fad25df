import { readFileSync } from "node:fs";
import { folderOf, guard } from "./command";
import { aSecret, exported } from "./states";

const { at, put, remove } = folderOf("junit");
afterAll(remove);

async function junit(...words: string[]): Promise<string[]> {
  await guard(...words, "--junit", at("report.xml"));
  return readFileSync(at("report.xml"), "utf8").split("\n");
}

test("each judged file is a suite: what stops a change fails, what is unreadable is an error, what waits is skipped", async () => {
  put("s/a.json", exported({ multiAz: false, monitoringInterval: 0, backupRetentionPeriod: aSecret }));
  put("s/b.json", "{");
  const name = (text: string) => `classname="shipshape/database.orders-production" name="${text}"`;
  const lines = await junit("--state", at("s"));
  expect(lines.map((line) => line.replaceAll(at("s"), "s").replaceAll(/"[^"]*s\/([ab]\.json)"/g, '"$1"'))).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="shipshape guard" tests="5" failures="1" errors="1">',
    '  <testsuite name="b.json" tests="1" failures="0" errors="1" skipped="0">',
    expect.stringMatching(
      /^ {4}<testcase classname="state-unreadable" name="line 1"><error type="state-unreadable" message="this is not JSON: .*"\/><\/testcase>$/,
    ),
    "  </testsuite>",
    '  <testsuite name="a.json" tests="3" failures="1" errors="0" skipped="1">',
    `    <testcase ${name("require-multi-az: orders-instance multiAz")}><failure type="medium" message="orders-instance: multiAz is false; allowed: true (production gold). To fix: set multiAz to true."/></testcase>`,
    expect.stringMatching(/require-backup-retention.*><skipped message=".* is undecided\. .*"\/><\/testcase>$/),
    expect.stringMatching(/require-enhanced-monitoring.*><system-out>.*monitoringInterval is 0;.*<\/system-out></),
    "  </testsuite>",
    '  <testsuite name="shipshape guard" tests="1" failures="0" errors="0" skipped="0">',
    '    <testcase classname="guard" name="judged 1 state with 6 resources"/>',
    "  </testsuite>",
    "</testsuites>",
    "",
  ]);
  // As the exit code counts it.
  expect((await junit("--state", at("s"), "--fail-on-undecided"))[1]).toContain('failures="2"');
});

test("a pass is one test, and text from states cannot become markup", async () => {
  expect((await junit("--state", put("good.json", exported())))[1]).toContain('tests="1" failures="0"');
  const hostile = `"/><failure/>&amp;<![CDATA[\u0001\ud800\uffff\n`;
  const report = await junit("--state", put("hostile.json", exported({ engineVersion: hostile })));
  expect(report.join("\n").match(/<failure/g)).toHaveLength(1);
  expect(report.join("\n")).toContain("&quot;/&gt;&lt;failure/&gt;&amp;amp;&lt;![CDATA[\\u{1}\ufffd\ufffd\\u{a}");
});
