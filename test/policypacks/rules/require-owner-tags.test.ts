import { unknown } from "../../../policypacks/database-guardrails/properties";
import { requireOwnerTags } from "../../../policypacks/database-guardrails/rules/require-owner-tags";
import { parameterGroup, snapshot } from "../../../policypacks/database-guardrails/types";
import { claims, database, some, tagged, throwawayTags } from "../fixtures";

claims(requireOwnerTags, {
  settings: { teams: ["team-orders", "team-platform"] },
  passes: {
    "a database with all tags": database(),
    "a tag whose value is known after deployment only": database(tagged({ "cost-center": unknown })),
    "a parameter group that several databases share, without a tier": some(parameterGroup, {
      tags: { service: "s", owner: "team-platform", environment: "production", "cost-center": "1" },
    }),
    "a throwaway with the tags of its source": database({ tags: throwawayTags }),
  },
  fails: {
    "a missing tag": [database(tagged({ tier: undefined })), "add tier"],
    "no tags at all": [database({ tags: undefined }), "tags is not set"],
    "a team nobody knows": [database(tagged({ owner: "team-ghost" })), 'tags.owner is "team-ghost"; allowed: team-orders, team-platform'],
    "tags of the wrong type": [database({ tags: "owner=me" }), "an object"],
    "a snapshot that is nobody's": [some(snapshot), "add service, owner"],
  },
  undecided: { "tags that are not known": database({ tags: unknown }), "an owner that is not known": database(tagged({ owner: unknown })) },
});
