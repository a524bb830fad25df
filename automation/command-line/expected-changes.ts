import type { ExpectedChange } from "../fleet-records";
import { printable } from "../printable";

/** "expected: BackupRetentionPeriod 7 → 14 until 2026-12-11: overdue, found 7". */
export function expectedLine({ property, from, to, until, status, found, lookedAt }: ExpectedChange): string {
  const seen = lookedAt && (status === "overdue" || status === "contradicted") ? `, found ${valueText(found)}` : "";
  return printable(
    `expected: ${property} ${valueText(from)} → ${valueText(to)} until ${until.toISOString().slice(0, 10)}: ${status}${seen}`,
  );
}

const valueText = (value: ExpectedChange["to"]): string => (value === null ? "unset" : String(value));
