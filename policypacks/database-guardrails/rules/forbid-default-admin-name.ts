import { masterUsername } from "../../../components/standards";
import { canonical } from "../vocabulary/properties";
import { defineRule } from "../judging/rule";
import { databases } from "../vocabulary/types";

const guessed = ["postgres", "admin", "administrator", "root", "master", "rdsadmin", "awsuser", "user", "dba"];

export const forbidDefaultAdminName = defineRule({
  id: "forbid-default-admin-name",
  title: "The master login has no name that is tried first",
  severity: "low",
  owner: "team-security",
  controls: ["RDS.24", "RDS.25"],
  properties: ["username", "masterUsername"],
  why: "Guessing a login starts with `postgres` and `admin`. Another name makes each attempt visible as what it is.",
  solution: `Name the master otherwise: \`${masterUsername}\` on standard databases. It can't be changed later, so this waits for a rebuild.`,
  types: databases,
  *check(database) {
    const property = database.has("masterUsername") ? "masterUsername" : "username";
    const found = database.string(property);
    if (found !== undefined && guessed.includes(canonical(found)))
      yield {
        property,
        found,
        allowed: `anything but ${guessed.join(", ")}`,
        change: "choose another name when the database is next rebuilt",
      };
  },
});
