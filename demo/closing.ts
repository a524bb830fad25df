import { requireLocalCloud } from "../automation/command-line/local-cloud";
import { statusLines } from "../automation/command-line/local-status";
import { type Chapter, databaseIdentifier, databaseStack } from "./chapter";

export const closing: Chapter = {
  name: "closing",
  title: "What runs now, and what to try next",
  async run({ stage, settings }) {
    stage.result(statusLines(await requireLocalCloud(settings.dataFolder)));
    stage.line();
    stage.say("Look inside:");
    stage.result([`npx shipshape local psql ${databaseIdentifier}`, 'eval "$(npx shipshape local env)"      # then aws, pulumi and any AWS SDK use the embedded cloud', `aws rds describe-db-instances --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus]'`, `pulumi stack output --stack ${databaseStack}`]);
    stage.say("Try next:");
    stage.result([
      `pulumi config set --stack ${databaseStack} … then pulumi up        # change what the team asked for`,
      "stacks/Pulumi.database.ledger-development.yaml                   # a bronze database for development: pulumi up --stack database.ledger-development",
      "docs/going-to-production.md                                      # the same stacks on AWS",
    ]);
    stage.say("Stop:");
    stage.result(["npx shipshape local stop      # data stays", "npx shipshape local reset     # everything goes"]);
  },
};
