/** Pure: what probes have found, as one verdict. Only pass promotes a ring, and what was not asked is no pass. */
import type { GateResult, GateVerdict, Probe } from "../../train-records";
import { probesNamedMax } from "./limits";

/** fail > error > inconclusive > pass; without a probe nothing is known. */
export function gateOf(probes: readonly Probe[]): GateResult {
  const counts: GateResult["probes"] = { pass: 0, fail: 0, inconclusive: 0, error: 0 };
  for (const { verdict } of probes) counts[verdict]++;
  const rank = (one: Probe) => worstFirst.indexOf(one.verdict);
  const found = probes.filter(({ verdict }) => verdict !== "pass").sort((one, other) => rank(one) - rank(other));
  const verdict = found[0]?.verdict ?? (probes.length === 0 ? "inconclusive" : "pass");
  return { verdict, probes: counts, found: found.slice(0, probesNamedMax) };
}

const worstFirst: readonly GateVerdict[] = ["fail", "error", "inconclusive", "pass"];
