import { statusLines } from "../automation/command-line/local-status";
import type { Chapter } from "./chapter";

export const cloud: Chapter = {
  name: "cloud",
  title: "A cloud of your own",
  async run({ stage, cloud: local }) {
    stage.say(
      "Shipshape brings an embedded cloud: the RDS API, Secrets Manager and the rest, on real PostgreSQL servers. The AWS SDK, the aws command " +
        "and Pulumi talk to it exactly as they talk to AWS; only the environment variables differ.",
    );
    stage.command("npx shipshape local start");
    stage.result(statusLines(local));
  },
};
