import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireOwnerTags } from "../../../policypacks/database-guardrails/rules/require-owner-tags";
import { parameterGroup, snapshot } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, productionTags, some, tagged, throwaway, throwawayTags } from "../fixtures";

claims(requireOwnerTags, {
  options: { teams: ["team-orders", "team-platform"] },
  passes: {
    "a database with all tags": database(),
    "tags that the provider puts on every resource": database({ tags: undefined, tagsAll: productionTags }),
    "some of its own, and some of the provider's": database({ tags: { service: "orders" }, tagsAll: productionTags }),
    "all of its own, where those of the provider are not known yet": database({ tagsAll: unknown }),
    "a tag whose value is known after deployment only": database(tagged({ "cost-center": unknown })),
    "a parameter group that several databases share, without a tier": some(parameterGroup, {
      tags: { service: "s", owner: "team-platform", environment: "production", "cost-center": "1" },
    }),
    "a throwaway with the tags of its source": throwaway(),
  },
  fails: {
    "tags of a throwaway on a database that is no copy": [database({ tags: throwawayTags }), "add shipshape:ring"],
    "a missing tag": [database(tagged({ tier: undefined })), "add tier"],
    "a tag of blanks": [database(tagged({ tier: "  " })), "add tier"],
    "a tag of what nobody sees": [database(tagged({ service: "\u200b", tier: "-" })), "add service, tier"],
    "no tags at all": [database({ tags: undefined }), "tags is not set"],
    "a team nobody knows": [
      database(tagged({ owner: "team-ghost" })),
      'tags.owner is "team-ghost"; allowed: team-orders, team-platform',
    ],
    "tags of the wrong type": [database({ tags: "owner=me" }), "an object"],
    "a snapshot that is nobody's": [some(snapshot), "add service, owner"],
  },
  undecided: {
    "a missing tag that the provider may put on every resource": database({
      ...tagged({ tier: undefined }),
      tagsAll: unknown,
    }),
    "tags that are not known": database({ tags: unknown }),
    "an owner that is not known": database(tagged({ owner: unknown })),
  },
});
