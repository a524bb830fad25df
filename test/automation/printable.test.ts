import { printable, printableLines, printableMarkdown } from "../../automation/printable";
import { createTerminal } from "../../automation/command-line/terminal";
import { reasonProblems } from "../../automation/request/requests";

describe("text from outside", () => {
  test("becomes one line without characters that move, hide or reverse text", () => {
    expect(printable("ok\n\n**pass**\r\t\u001b[2J\u0007\u009b31m\u202e\u200b\u2028\ufeff\ud800")).toBe(
      "ok\\u000a\\u000a**pass**\\u000d\\u0009\\u001b[2J\\u0007\\u009b31m\\u202e\\u200b\\u2028\\ufeff\\ud800",
    );
    expect(printable("\u{e0001}")).toBe("\\udb40\\udc01");
    expect(printable("Größe: 1 € — 漢字 😀")).toBe("Größe: 1 € — 漢字 😀");
  });

  test("keeps our own line breaks, and no other control characters", () => {
    expect(printableLines("a\nb\r\u001b")).toBe("a\nb\\u000d\\u001b");
  });

  test("is not interpreted as Markdown within Markdown", () => {
    expect(printableMarkdown("**pass** | `x` [a](b) <b> # ~ & \\ _ \n")).toBe(
      "\\*\\*pass\\*\\* \\| \\`x\\` \\[a\\](b) \\<b\\> \\# \\~ \\& \\\\ \\_ \\\\u000a".replace(
        "\\\\u000a",
        "\\\\u000a",
      ),
    );
  });

  test("puts no control characters on a terminal, and JSON stays JSON", () => {
    const written: string[] = [];
    const spy = jest.spyOn(process.stdout, "write").mockImplementation((text) => (written.push(String(text)), true));
    try {
      const terminal = createTerminal("never");
      terminal.say("a\u001b[31mb\nc");
      terminal.say(JSON.stringify({ reason: "\u009b31m\u202e\n" }));
    } finally {
      spy.mockRestore();
    }
    expect(written[0]).toBe("a\\u001b[31mb\nc\n");
    expect(JSON.parse(written[1]!)).toEqual({ reason: "\u009b31m\u202e\n" });
    expect(written[1]).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
});

test.each(["", "  ", "\n\t", "\u200b\u00a0", "\u3164\uffa0", "\u2800", "\u034f\ufe0f"])(
  "a blank reason is refused: %j",
  (reason) => {
    expect(reasonProblems(reason)).toEqual(["reason: say why; it is kept with your name"]);
  },
);

test("a reason of a few sentences is accepted, and one as long as a book is too long", () => {
  expect(reasonProblems("monthly drill")).toEqual([]);
  expect(reasonProblems("x".repeat(2000))).toEqual([]);
  expect(reasonProblems("x".repeat(2001))).toEqual(["reason: 2001 characters; the limit is 2000"]);
});
