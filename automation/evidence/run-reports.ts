/** The readable files of a run's folder: functions of its signed statements alone. */
import { evidenceFiles } from "./folder";
import { reportOf } from "./report";
import { runPage } from "./run-page";
import { reportJson, runReportOf, type ReportedStatement } from "./run-report";

export const reportNames = [evidenceFiles.report, evidenceFiles.reportJson, evidenceFiles.reportPage];

/** By file name. Throws a plain Error if there is no verdict to report. */
export function runReports(statements: ReportedStatement[], earlier: ReportedStatement[]): Map<string, string> {
  const report = runReportOf(statements, earlier);
  return new Map([
    [evidenceFiles.report, reportOf(statements)],
    [evidenceFiles.reportJson, reportJson(report)],
    [evidenceFiles.reportPage, runPage(report)],
  ]);
}
