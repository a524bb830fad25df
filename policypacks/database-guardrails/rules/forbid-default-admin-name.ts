import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

const commonNames = ["postgres", "admin", "administrator", "root", "master", "rdsadmin", "awsuser", "user", "dba"];

export const forbidDefaultAdminName = defineRule({
  id: "forbid-default-admin-name",
  title: "The master login does not have a commonly guessed name",
  severity: "low",
  owner: "team-security",
  controls: ["RDS.24", "RDS.25"],
  properties: ["username", "masterUsername"],
  why: "Attackers try `postgres` and `admin` first. With another name, each such attempt is recognizable as an attack.",
  solution:
    "Choose another name; `StandardDatabase` has one from the standard. It can't be changed on an existing database, so this has to wait for a rebuild.",
  types: databases,
  *check(database) {
    const property = database.has("masterUsername") ? "masterUsername" : "username";
    const found = database.string(property);
    if (found !== undefined && commonNames.includes(canonical(found)))
      yield {
        property,
        found,
        allowed: `anything but ${commonNames.join(", ")}`,
        change: "choose another name when the database is next rebuilt",
      };
  },
});
