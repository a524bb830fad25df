/** What must hold for a population report's folder. */
import { clocksDifferSecondsMax } from "../limits";
import { populationReports } from "./population-reports";
import { populationIn } from "./population-statement";
import { requirePast, requireReports, type VerifiedFolder, type VerifiedStatement } from "./verified-folder";

export function verifyPopulation(folder: VerifiedFolder): VerifiedStatement[] {
  const { proofs, now, holds } = folder;
  const [entry, ...others] = proofs.statements;
  const population = entry && folder.opened(entry, populationIn);
  holds("there is one statement, and it is about the period", () => {
    if (!population || others.length > 0 || proofs.earlier.length > 0) throw new Error("there is none, or more");
  });
  if (!population) return [];
  const { id, content, issuedAt } = population;
  holds(`${id}: the folder names it correctly`, () => {
    if (entry.id !== id) throw new Error(`it names it ${entry.id}`);
  });
  holds("what it rests on precedes it in the log", () => {
    if (content.restsOn.treeSize > entry.leafIndex) throw new Error("it rests on statements that came later");
  });
  holds("no statement is dated in the future", () => requirePast([population], now, clocksDifferSecondsMax));
  holds("the report matches the statements", () => requireReports(folder, populationReports(population)));
  const { from, until } = content.period;
  const { databases, due, done, late, missing, failed } = content.totals;
  return [
    {
      id,
      kind: "population",
      operation: "restore-drill",
      target: `databases from ${from} to ${until}: ${databases}; drills due: ${due}, done ${done}, late ${late}, missing ${missing}; failed: ${failed}`,
      database: null,
      verdict: undefined,
      requestedBy: content.requestedBy,
      issuedAt,
      expiresOn: null,
      expired: false,
    },
  ];
}
