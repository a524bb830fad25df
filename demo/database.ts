import { DemoError } from "./errors";
import { describeDatabase } from "../automation/targets/database-login";
import { type Chapter, databaseIdentifier, databaseStack, platformStack, type Scene } from "./chapter";
import { pulumiUp, stackExists } from "./pulumi";

export const database: Chapter = {
  name: "database",
  title: "A gold database",
  async run(scene) {
    const { stage } = scene;
    await requirePlatform(scene);
    stage.say(
      "A team says what only it can know: service, owner, environment, tier, size, data classification, cost center. Here that is stacks/Pulumi.database.orders-production.yaml; the standard decides the rest.",
    );
    await pulumiUp(scene, "database", databaseStack);
    const instance = await describeDatabase(scene.clients, databaseIdentifier);
    const { Address, Port } = instance.Endpoint ?? {};
    stage.good(
      `${databaseIdentifier} is ${instance.DBInstanceStatus}: PostgreSQL ${instance.EngineVersion} at ${Address}:${Port}`,
    );
  },
};

async function requirePlatform(scene: Scene): Promise<void> {
  if (await stackExists(scene, platformStack)) return;
  throw new DemoError("demo-expectation-failed", {
    expected: `the stack ${platformStack}`,
    found: "none",
    remedy: "`npm run demo -- platform` creates it",
  });
}
