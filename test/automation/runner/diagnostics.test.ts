import { diagnosticsOf } from "../../../automation/runner/unreadable-stack";

test("the engine's own errors are extracted from its output, each once, the first five", () => {
  const output = [
    "code: 255",
    "  + aws:rds:Instance orders creating",
    "    error: no subnet group of that name  ",
    "error: no subnet group of that name",
    "  aws:rds:Instance (orders):",
    "    Error: the second",
    ...[3, 4, 5, 6].map((n) => `error: number ${n}`),
  ].join("\n");
  expect(diagnosticsOf(output)).toBe(
    "error: no subnet group of that name; Error: the second; error: number 3; error: number 4; error: number 5",
  );
});

test("without an error the beginning of the engine's output is returned", () => {
  expect(diagnosticsOf("killed\nby the kernel\nout of memory\nand more")).toBe("killed by the kernel out of memory");
});
