import { join } from "node:path";
import { localAccess, localProcessEnvironment } from "../automation/command-line/local-environment";
import { startLocalCloud } from "../automation/command-line/local-start";
import { readStartRecord } from "../automation/command-line/start-record";
import { CodedError } from "../automation/error-table";
import { reasonOf } from "../automation/errors";
import { DemoError } from "./errors";
import { readSettings, type Settings, silenceSdkNotice } from "../automation/settings";
import { awsClients } from "../automation/targets/aws-access";
import { approval } from "./approval";
import { auditor } from "./auditor";
import type { Chapter, Scene } from "./chapter";
import { closing } from "./closing";
import { cloud } from "./cloud";
import { connect } from "./connect";
import { database } from "./database";
import { drift } from "./drift";
import { guardrails } from "./guardrails";
import { platform } from "./platform";
import { refresh } from "./refresh";
import { restoreDrill } from "./restore-drill";
import { Stage } from "./stage";
import { standard } from "./standard";
import { train } from "./train";

/** The demo's chapters, in order. `npm run demo -- <chapter>` runs one of them. */
const chapters: Chapter[] = [
  cloud,
  platform,
  database,
  connect,
  standard,
  guardrails,
  restoreDrill,
  drift,
  refresh,
  train,
  approval,
  auditor,
  closing,
];

async function main(names: string[]): Promise<number> {
  silenceSdkNotice();
  const settings = readSettings(join(__dirname, ".."));
  const stage = new Stage(settings.colours, settings.columns);
  const chosen = names.length === 0 ? chapters : chapters.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => !chapters.some((chapter) => chapter.name === name));
  try {
    if (unknown.length > 0)
      throw new DemoError("demo-chapter-unknown", {
        chapter: unknown.join(", "),
        known: chapters.map(({ name }) => name).join(", "),
      });
    const scene = await setScene(settings, stage);
    for (const chapter of chosen) {
      stage.title(chapters.indexOf(chapter) + 1, chapters.length, chapter.title);
      await chapter.run(scene);
    }
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    stage.error(thrown.message, `${thrown.hint} [${thrown.code}]`);
    return thrown.exitCode;
  }
}

/** Every chapter needs the cloud, so the first one to run starts it. */
async function setScene(settings: Settings, stage: Stage): Promise<Scene> {
  const local = await startLocalCloud(settings, (line) => stage.result(line));
  const engineFolder = (await readStartRecord(settings.dataFolder))?.engine.folder;
  const environment = localProcessEnvironment({ ...local, engineFolder }, settings.inherited);
  const access = localAccess(local);
  return {
    stage,
    settings,
    cloud: local,
    environment,
    clients: awsClients(access),
    rootCertificateFile: join(settings.dataFolder, "ca", "ca.pem"),
  };
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (thrown: unknown) => {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : reasonOf(thrown)}\n`);
    process.exitCode = 1;
  },
);
