import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireEventSubscription } from "../../../policypacks/database-guardrails/rules/require-event-subscription";
import { eventSubscription } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, resource, tagged } from "../fixtures";

claims(requireEventSubscription, {
  passes: {
    "a standard database, whose platform is in another stack": database(tagged({ "shipshape:standard": "1.0.0" })),
    "a database with a subscription in its stack": [
      database(),
      resource(eventSubscription, { sourceType: "db-instance" }, { name: "events" }),
    ],
    "a subscription to several instances, including this one": [
      database(),
      resource(eventSubscription, { sourceIds: ["carts", "Orders-Production"] }, { name: "events" }),
    ],
    "a subscription to everything": [database(), resource(eventSubscription, {}, { name: "events" })],
    "an enabled subscription": resource(eventSubscription, { sourceType: "db-instance", enabled: true }),
  },
  fails: {
    "no subscription": [database(), "no subscription to the events of instances"],
    "a subscription to another instance": [
      [
        database(),
        resource(eventSubscription, { sourceType: "db-instance", sourceIds: ["carts"] }, { name: "events" }),
      ],
      "declare",
    ],
    "a database whose only subscription is disabled": [
      [database(), resource(eventSubscription, { enabled: false }, { name: "events" })],
      "declare",
    ],
    "a subscription to another source type": [
      [database(), resource(eventSubscription, { sourceType: "db-snapshot" }, { name: "events" })],
      "declare",
    ],
    "a disabled subscription": [resource(eventSubscription, { enabled: false }), "enabled is false"],
    "a value of the wrong type": [resource(eventSubscription, { enabled: "on" }), "true or false"],
  },
  undecided: { "unknown tags": database({ tags: unknown }) },
});
