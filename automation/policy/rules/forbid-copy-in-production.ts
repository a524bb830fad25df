import { isProduction } from "../../../components/standards/standard";
import { defineAdmissionRule } from "../rule";

export const forbidCopyInProduction = defineAdmissionRule({
  id: "forbid-copy-in-production",
  why: "A masked copy looks like the database that it is a copy of, and its data is invented. In production it could be taken for the real one: by an application that is given its address, or by people who restore from it. And what replaces the content of a database must never be aimed at one that people depend on, not even by a slip of the hand.",
  solution:
    "Request the copy for an environment that is not production: `npx shipshape standard` shows which there are.",
  owner: "team-platform",
  judge({ operation, plan: { copies }, standard }) {
    if (!copies) return { verdict: "allowed", reason: `${operation.name} leaves no copy of a database's data` };
    const { environment } = copies.to;
    return isProduction(standard, environment)
      ? { verdict: "denied", reason: `${operation.name} would put a copy into ${environment}, which is production` }
      : { verdict: "allowed", reason: `the copy is for ${environment}, which is not production` };
  },
});
