import { silenceSdkNotice } from "../../automation/settings";
import { backup, restore, upgradeGap } from "./backups";
import { backupBesidePgBackRest, restoreBesidePgBackRest } from "./pgbackrest";
import { commandLine } from "./command-line";
import { driftSweep, sweepMemory } from "./drift-sweep";
import { verification } from "./evidence";
import { followedLog } from "./followed-log";
import { guardStates, packStart, rulesPerSecond } from "./guardrails";
import { instanceCreation } from "./instance-creation";
import { masking } from "./masking";
import { type Measured, take } from "./measure";
import { maskedCopy } from "./masked-copy";
import { pluginStarts } from "./plugin-starts";
import { pulumiPreview, pulumiUp } from "./pulumi-commands";
import { queue } from "./queue";
import { record, reportLines } from "./report";
import { drillRestore, drillVerification, wholeDrill } from "./restore-drill";
import { scheduledDatabases } from "./schedule";
import { trainOverhead } from "./train-overhead";
import { trainPlan } from "./train-plan";

const measures = [
  ...pluginStarts,
  instanceCreation,
  backup,
  restore,
  backupBesidePgBackRest,
  restoreBesidePgBackRest,
  upgradeGap,
  drillRestore,
  drillVerification,
  wholeDrill,
  verification,
  ...followedLog,
  ...maskedCopy,
  scheduledDatabases,
  driftSweep,
  sweepMemory,
  trainPlan,
  trainOverhead,
  ...queue,
  ...commandLine,
  pulumiPreview,
  pulumiUp,
  rulesPerSecond,
  guardStates,
  packStart,
  ...masking,
];

async function main(words: string[]): Promise<void> {
  silenceSdkNotice();
  const wanted = words.filter((word) => !word.startsWith("-"));
  const chosen = measures.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
  const taken: Measured[] = [];
  for (const measure of chosen) {
    const reason = measure.missing?.();
    if (reason !== undefined) {
      process.stderr.write(`${measure.name}: left out, ${reason}\n`);
      continue;
    }
    taken.push(await take(measure, (line) => process.stderr.write(`${line}\n`)));
    // Each at once: a run that ends early keeps what it has measured.
    if (words.includes("--record")) record(taken);
  }
  console.log(reportLines(taken).join("\n"));
}

void main(process.argv.slice(2));
