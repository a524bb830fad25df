/** Pure: what probes have found, as one verdict. Only pass promotes a ring, and what was not asked is no pass. */
import type { GateResult, GateVerdict, Probe } from "../../train-records";
import { probesNamedMax } from "./limits";

/** fail > error > inconclusive > pass; without a probe nothing is known. */
export function gateOf(probes: readonly Probe[], notes: readonly string[] = []): GateResult {
  const counts: GateResult["probes"] = { pass: 0, fail: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of probes) counts[verdict]++;
  const rank = (one: Probe) => worstFirst.indexOf(one.verdict);
  const found = probes.filter(({ verdict }) => verdict !== "pass").sort((one, other) => rank(one) - rank(other));
  const verdict = found[0]?.verdict ?? (probes.length === 0 ? "inconclusive" : "pass");
  const more = notes.length - probesNamedMax;
  const some = [...notes.slice(0, probesNamedMax), ...(more > 0 ? [`and ${more} more`] : [])];
  return { verdict, probes: counts, found: found.slice(0, probesNamedMax), ...(some.length > 0 && { notes: some }) };
}

const worstFirst: readonly GateVerdict[] = ["fail", "error", "inconclusive", "pass"];
