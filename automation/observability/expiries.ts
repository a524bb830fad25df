/** Pure: what people are told because time has passed: proofs, waivers and plans that are about to expire, or have. */
import { copyTagKeys } from "../../components/standards/fixed";
import { approvalWarningHours, copyWarningDays, evidenceWarningShare, waiverWarningDays } from "./limits";
import type { FleetDatabase } from "../fleet-records";
import type { Fact } from "./alert";
import type { DatabaseRecovery } from "./recoverability";

/** What is known of everything that expires. */
export interface Expiring {
  now: Date;
  /** Each database that the cloud has today. */
  fleet: FleetDatabase[];
  /** The key of the tag that names a database's team. */
  ownerTag: string;
  recoveries: DatabaseRecovery[];
  /** `expiresOn`: the last day on which it is valid, YYYY-MM-DD. */
  waivers: { id: string; rule: string; resource: string; owner: string; expiresOn: string }[];
  /** The plans that wait for people. */
  waiting: WaitingPlan[];
}

export interface WaitingPlan {
  requestId: string;
  preparation: number;
  operation: string;
  target: string;
  owner: string | undefined;
  expiresAt: Date;
}

export const expiries = (known: Expiring): Fact[] => sources.flatMap((facts) => facts(known));

const sources: ((known: Expiring) => Fact[])[] = [evidence, copies, waivers, plans];

/** By what is signed of them, or by a tag that says an earlier day: whichever is over first, they are removed then. */
function copies({ now, fleet, recoveries, ownerTag }: Expiring): Fact[] {
  const known = new Map(fleet.map((database) => [database.arn, database]));
  const today = Date.parse(now.toISOString().slice(0, 10));
  return recoveries.flatMap(({ database, copy }): Fact[] => {
    const found = known.get(database.arn);
    if (!found || !copy) return [];
    const { identifier, account, region, resourceId } = database;
    const tagged = found.tags[copyTagKeys.expiresOn] ?? "";
    const expiresOn = isDay(tagged) && tagged < copy.expiresOn ? tagged : copy.expiresOn;
    const daysLeft = (Date.parse(expiresOn) - today) / 86_400_000;
    // The nearest only: after a pause of the control plane, nobody is told twice at once.
    const warned = [...copyWarningDays].reverse().find((days) => daysLeft <= days);
    if (warned === undefined || daysLeft < 0) return [];
    return [
      {
        kind: "copy-expires",
        subject: `${account} ${region} ${resourceId} ${copy.madeBy} ${expiresOn} ${warned}`,
        database: identifier,
        owner: found.tags[ownerTag],
        what: `the masked copy of ${copy.of} that ${copy.requestedBy} requested stays until ${expiresOn}, and is removed the day after`,
        command: `npx shipshape request refresh-extension --database ${identifier} --retention-days 7 --reason "it is still needed"`,
        requestId: copy.madeBy,
      },
    ];
  });
}

const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text);

/** By the newest signed verdict, of databases that the cloud has today; each proof has its own expiry. */
function evidence({ now, fleet, recoveries, ownerTag }: Expiring): Fact[] {
  const known = new Map(fleet.map((database) => [database.arn, database]));
  return recoveries.flatMap(({ database, recoverability, decidedBy }): Fact[] => {
    const found = known.get(database.arn);
    if (!found || !decidedBy) return [];
    const { issuedAt, expiresOn, requestId } = decidedBy;
    const warnFrom = expiresOn.getTime() - evidenceWarningShare * (expiresOn.getTime() - issuedAt.getTime());
    const kind =
      recoverability === "stale"
        ? "evidence-expired"
        : recoverability === "fresh" && now.getTime() >= warnFrom
          ? "evidence-expires"
          : undefined;
    if (!kind) return [];
    const proof = `the proof of drill ${requestId} ${kind === "evidence-expired" ? "was" : "is"} valid until ${minute(expiresOn)}`;
    return [
      {
        kind,
        subject: `${database.account} ${database.region} ${database.resourceId} ${requestId}`,
        database: database.identifier,
        owner: found.tags[ownerTag],
        what: `${proof}, and no later drill has replaced it`,
        command: `npx shipshape request restore-drill --database ${database.identifier} --reason "the proof expires"`,
      },
    ];
  });
}

function waivers({ now, waivers: all }: Expiring): Fact[] {
  const today = now.toISOString().slice(0, 10);
  const warnUntil = new Date(now.getTime() + waiverWarningDays * 86_400_000).toISOString().slice(0, 10);
  return all.flatMap(({ id, rule, resource, owner, expiresOn }): Fact[] => {
    if (expiresOn > warnUntil) return [];
    const isOver = expiresOn < today;
    return [
      {
        kind: isOver ? "waiver-expired" : "waiver-expires",
        subject: `${id} ${expiresOn}`,
        database: undefined,
        owner,
        what: `waiver ${id} of ${rule} for ${resource} ${isOver ? "was" : "is"} valid until ${expiresOn}: ${
          isOver ? "what it allowed is a violation again" : "then what it allows is a violation again"
        }`,
        command: "npx shipshape waiver list",
      },
    ];
  });
}

function plans({ now, waiting }: Expiring): Fact[] {
  const warnUntil = now.getTime() + approvalWarningHours * 3_600_000;
  return waiting
    .filter(({ expiresAt }) => expiresAt.getTime() <= warnUntil)
    .map(({ requestId, preparation, operation, target, owner, expiresAt }) => ({
      kind: "approval-expires",
      subject: `${requestId} ${preparation}`,
      database: target,
      owner,
      what: `the plan of ${operation} can be approved until ${minute(expiresAt)}; then the request ends without effect`,
      command: `npx shipshape show ${requestId}`,
      requestId,
    }));
}

const minute = (at: Date) => `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
