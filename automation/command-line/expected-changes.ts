/** Expected changes in words. */
import type { ExpectedChange, ExpectedStatus } from "../fleet-records";
import { printable } from "../printable";

const words = {
  open: "the cloud does not show it yet",
  overdue: "overdue",
  seen: "the cloud shows it",
  contradicted: "contradicted",
  replaced: "a later change has replaced it",
  dropped: "its finding was answered",
} as const satisfies Record<ExpectedStatus, string>;

/** "BackupRetentionPeriod 7 → 14 until 2026-12-11: overdue, found 7". */
export function expectedLine({ property, from, to, until, status, found, lookedAt }: ExpectedChange): string {
  const seen = lookedAt && (status === "overdue" || status === "contradicted") ? `, found ${valueText(found)}` : "";
  return printable(
    `expected: ${property} ${valueText(from)} → ${valueText(to)} until ${until.toISOString().slice(0, 10)}: ${words[status]}${seen}`,
  );
}

const valueText = (value: ExpectedChange["to"]): string => (value === null ? "unset" : String(value));
