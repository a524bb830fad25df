import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withErrors } from "../../automation/errors-page";
import { type ErrorCode, errorTable, errorTables, reasonOf, ShipshapeError } from "../../automation/errors";

const page = readFileSync(join(__dirname, "../../docs/errors.md"), "utf8");

describe("the table of errors", () => {
  test("docs/errors.md is what `npm run pages` writes", () => {
    expect(page).toBe(withErrors(page));
    expect(page).toContain("| `request-invalid` |");
  });

  test("every code belongs to one area, and every area is on the page", () => {
    expect(
      Object.values(errorTables)
        .flatMap((table) => Object.keys(table))
        .sort(),
    ).toEqual(Object.keys(errorTable).sort());
  });

  test.each(Object.keys(errorTable))(
    "%s has a message of one lower-case sentence, and a hint that says what to do",
    (code) => {
      const { message, hint, httpStatus } = errorTable[code as ErrorCode];
      // A setting at the beginning of a message keeps its capitals.
      expect(message).toMatch(/^([^A-Z]|[A-Z]+_)/);
      expect(message).not.toMatch(/[.!]$/);
      expect(hint).not.toBe("");
      expect(httpStatus).toBeGreaterThanOrEqual(400);
    },
  );

  test("an error has its values in message and hint, and keeps its code for machines", () => {
    const error = new ShipshapeError("database-not-available", { identifier: "orders", status: "stopped" });
    expect(error.message).toBe('database "orders" is stopped, not available');
    expect(error.hint).toContain("--db-instance-identifier orders");
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      error: { code: "database-not-available", message: error.message, hint: error.hint },
    });
  });

  test("a connection refused at several addresses still has a reason", () => {
    expect(reasonOf(new AggregateError([new Error("refused ::1"), new Error("refused 127.0.0.1")]))).toBe(
      "refused ::1; refused 127.0.0.1",
    );
  });
});
