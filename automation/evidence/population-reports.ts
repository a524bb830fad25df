/** The readable files of a population report's folder: functions of its signed statement alone. */
import { evidenceFiles } from "./folder";
import { populationOscal } from "./population-oscal";
import { populationPage } from "./population-page";
import type { PopulationStatement } from "./population-statement";
import { reportJson } from "./run-report";

export const populationReportNames = [evidenceFiles.reportJson, evidenceFiles.reportPage, evidenceFiles.oscal];

export const populationReports = (population: PopulationStatement): Map<string, string> =>
  new Map([
    [evidenceFiles.reportJson, reportJson(population)],
    [evidenceFiles.reportPage, populationPage(population)],
    [evidenceFiles.oscal, populationOscal(population)],
  ]);
