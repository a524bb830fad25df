import { type Chapter, platformStack } from "./chapter";
import { pulumiUp } from "./pulumi";

export const platform: Chapter = {
  name: "platform",
  title: "What the databases of a Region share",
  async run(scene) {
    scene.stage.say(
      "The platform team makes one stack per Region: key, topic, subnet group, parameter groups, event subscriptions, backup vault and plans. Databases build on it.",
    );
    await pulumiUp(scene, "platform", platformStack);
  },
};
