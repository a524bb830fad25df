import { unknown } from "../../../policypacks/database-guardrails/vocabulary/properties";
import { requireEventSubscription } from "../../../policypacks/database-guardrails/rules/require-event-subscription";
import { eventSubscription } from "../../../policypacks/database-guardrails/vocabulary/types";
import { claims, database, some, tagged } from "../fixtures";

claims(requireEventSubscription, {
  passes: {
    "a standard database, whose platform stands in another stack": database(tagged({ "shipshape:standard": "1.0.0" })),
    "a subscription beside it": [
      database(),
      some(eventSubscription, { sourceType: "db-instance" }, { name: "events" }),
    ],
    "one to this instance among others": [
      database(),
      some(eventSubscription, { sourceIds: ["carts", "Orders-Production"] }, { name: "events" }),
    ],
    "one to everything": [database(), some(eventSubscription, {}, { name: "events" })],
    "an enabled subscription": some(eventSubscription, { sourceType: "db-instance", enabled: true }),
  },
  fails: {
    none: [database(), "no subscription to the events of instances"],
    "one to another instance": [
      [database(), some(eventSubscription, { sourceType: "db-instance", sourceIds: ["carts"] }, { name: "events" })],
      "declare",
    ],
    "one that is switched off": [
      [database(), some(eventSubscription, { enabled: false }, { name: "events" })],
      "declare",
    ],
    "one to something else": [
      [database(), some(eventSubscription, { sourceType: "db-snapshot" }, { name: "events" })],
      "declare",
    ],
    "a disabled one": [some(eventSubscription, { enabled: false }), "enabled is false"],
    "a value of the wrong type": [some(eventSubscription, { enabled: "on" }), "true or false"],
  },
  undecided: { "tags that are not known": database({ tags: unknown }) },
});
