import { createTerminal } from "../../../automation/command-line/terminal";

let written = "";
const own = { isTTY: process.stderr.isTTY, columns: process.stderr.columns };
beforeEach(() => {
  written = "";
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, "write").mockImplementation((text) => ((written += String(text)), true));
});
afterEach(() => {
  jest.restoreAllMocks();
  Object.assign(process.stderr, own);
});

function onTerminal(isTTY: boolean, columns: number) {
  Object.assign(process.stderr, { isTTY, columns });
  return createTerminal("never");
}

test("a live line is replaced by the next one, cut at the terminal's width, and gone before any other line", () => {
  const terminal = onTerminal(true, 20);
  terminal.live("… verify  1 %");
  terminal.live("… verify heaps and indexes  2 %");
  terminal.progress("✓ verify");
  terminal.live("");
  terminal.say("done");
  const clear = "\r\u001b[2K";
  expect(written).toBe(`${clear}… verify  1 %${clear}… verify heaps and ${clear}✓ verify\ndone\n`);
});

test("nothing that a live line contains is carried out by the terminal", () => {
  onTerminal(true, 80).live("step \u001b]0;pwned\u0007");
  expect(written).not.toMatch(/\u001b\]|\u0007/);
});

test("elsewhere there are no live lines", () => {
  onTerminal(false, 80).live("… verify  1 %");
  expect(written).toBe("");
});

test("a silenced terminal prints results and what went wrong, no progress", () => {
  const terminal = onTerminal(true, 80);
  terminal.silence();
  terminal.live("… verify  1 %");
  terminal.progress("✓ verify");
  terminal.say("done");
  terminal.complain("error: broken");
  expect(written.replaceAll("\r\u001b[2K", "")).toBe("done\nerror: broken\n");
});
