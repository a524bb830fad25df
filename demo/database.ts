import { describeDatabase } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier, databaseStack, platformStack } from "./chapter";
import { pulumiUp } from "./pulumi";

export const database: Chapter = {
  name: "database",
  title: "A platform, and a gold database on it",
  async run(scene) {
    const { stage } = scene;
    stage.say("What a Region shares (key, topic, parameter groups, backup plan) is one stack, made once by the platform team. Each database is a stack of its own.");
    await pulumiUp(scene, "database", platformStack);
    await pulumiUp(scene, "database", databaseStack);
    const instance = await describeDatabase(scene.clients, databaseIdentifier);
    const { Address, Port } = instance.Endpoint ?? {};
    stage.good(`${databaseIdentifier} is ${instance.DBInstanceStatus}: PostgreSQL ${instance.EngineVersion} at ${Address}:${Port}`);
  },
};
