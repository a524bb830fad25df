import { caCertificate } from "../../../components/standards/fixed";
import { defineRule } from "../judging/rule";
import { clusterInstance, instance } from "../vocabulary/types";

const modern = ["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"];

export const requireModernCa = defineRule({
  id: "require-modern-ca",
  title: "The server's certificate is from a current certificate authority",
  severity: "low",
  owner: "team-platform",
  controls: ["CKV_AWS_211"],
  properties: ["caCertIdentifier"],
  why: "When an authority expires, every client that verifies certificates fails to connect, all on the same day.",
  solution: `Set \`caCertIdentifier\` to ${caCertificate}.`,
  types: [instance, clusterInstance],
  *check(database) {
    const found = database.word("caCertIdentifier");
    if (found !== undefined && !modern.includes(found))
      yield {
        property: "caCertIdentifier",
        found,
        allowed: modern.join(", "),
        change: `set caCertIdentifier to ${caCertificate}`,
      };
  },
});
