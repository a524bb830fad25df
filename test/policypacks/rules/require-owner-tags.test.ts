import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireOwnerTags } from "../../../policypacks/database-guardrails/rules/require-owner-tags";
import { parameterGroup, snapshot } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, productionTags, resource, tagged, throwaway, throwawayTags } from "../fixtures";

claims(requireOwnerTags, {
  options: { teams: ["team-orders", "team-platform"] },
  passes: {
    "a database with all tags": database(),
    "tags that the provider adds to every resource": database({ tags: undefined, tagsAll: productionTags }),
    "tags of its own combined with the provider's": database({ tags: { service: "orders" }, tagsAll: productionTags }),
    "all tags of its own, while the provider's are still unknown": database({ tagsAll: unknown }),
    "a tag whose value is known only after deployment": database(tagged({ "cost-center": unknown })),
    "a parameter group shared by several databases, without a tier": resource(parameterGroup, {
      tags: { service: "s", owner: "team-platform", environment: "production", "cost-center": "1" },
    }),
    "a throwaway with the tags of its source": throwaway(),
  },
  fails: {
    "tags of a throwaway on a database that is not a copy": [database({ tags: throwawayTags }), "add shipshape:ring"],
    "a missing tag": [database(tagged({ tier: undefined })), "add tier"],
    "a tag of spaces": [database(tagged({ tier: "  " })), "add tier"],
    "a tag of invisible characters, and one of a dash": [
      database(tagged({ service: "\u200b", tier: "-" })),
      "add service, tier",
    ],
    "no tags at all": [database({ tags: undefined }), "tags is not set"],
    "a team that is not in the config": [
      database(tagged({ owner: "team-ghost" })),
      'tags.owner is "team-ghost"; allowed: team-orders, team-platform',
    ],
    "a tier that the standard does not have": [
      database(tagged({ tier: "platinum" })),
      'tags.tier is "platinum"; allowed: gold, silver, bronze',
    ],
    "an environment and a classification that it does not have": [
      database(tagged({ environment: "Production", "data-classification": "secret" })),
      'tags.data-classification is "secret"; allowed: public, internal, confidential, restricted',
    ],
    "tags of the wrong type": [database({ tags: "owner=me" }), "an object"],
    "a snapshot without tags": [resource(snapshot), "add service, owner"],
  },
  undecided: {
    "a missing tag that the provider may add": database({
      ...tagged({ tier: undefined }),
      tagsAll: unknown,
    }),
    "unknown tags": database({ tags: unknown }),
    "an unknown owner": database(tagged({ owner: unknown })),
  },
});
