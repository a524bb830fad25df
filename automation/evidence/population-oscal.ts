/**
 * A population as NIST OSCAL 1.1.2 assessment results: a database is an inventory item, what was due of it an
 * observation, and whether all of it was done in time a finding on NIST SP 800-53 CP-9(1), testing of backups. Ids are
 * UUIDs of version 5, so that the document is a function of the signed statement.
 */
import { createHash } from "node:crypto";
import type { PopulationMember } from "./population";
import type { PopulationStatement } from "./population-statement";
import { printable } from "../printable";

const OSCAL_VERSION = "1.1.2";
const CONTROL = "cp-9.1";
/** Namespace of these ids: a random UUID, never changed. */
const NAMESPACE = Buffer.from("6f0f6f3b6a5e4f3a9d0b2f3c6a1e7d54", "hex");

export function populationOscal(report: PopulationStatement): string {
  const { content, issuedAt, id } = report;
  const { period, databases, unread, basis, totals } = content;
  const uuid = (kind: string, about = "") => uuidOf(`${kind} ${id} ${about}`);
  const idOf = (d: PopulationMember) => `${d.account} ${d.region} ${d.resourceId}`;
  const judged = databases.filter((d) => d.due.length > 0);
  const text = {
    "assessment-results": {
      uuid: uuid("document"),
      metadata: {
        title: "Restore drills of every database in a period",
        "last-modified": issuedAt,
        version: id,
        "oscal-version": OSCAL_VERSION,
      },
      "import-ap": {
        href: `#${uuid("plan")}`,
        remarks: "There is no OSCAL assessment plan: the resource says what was assessed, and how.",
      },
      results: [
        {
          uuid: uuid("result"),
          title: "Restore drills",
          description: line(
            `Databases: ${totals.databases}. Drills due: ${totals.due}, done ${totals.done}, late ${totals.late}, missing ${totals.missing}`,
          ),
          start: period.from,
          end: period.until,
          props: [
            prop("evidence-log", content.restsOn.origin),
            prop("tree-size", String(content.restsOn.treeSize)),
            prop("tree-root", content.restsOn.root),
            prop("requested-by", content.requestedBy),
          ],
          ...(databases.length > 0 && {
            "local-definitions": {
              "inventory-items": databases.map((d) => ({
                uuid: uuid("database", idOf(d)),
                description: line(`PostgreSQL database ${d.identifier}`),
                props: [
                  prop("asset-type", "database"),
                  prop("asset-id", d.resourceId),
                  prop("identifier", d.identifier),
                  prop("account", d.account),
                  prop("region", d.region),
                  prop("tier", d.tier ?? "unknown"),
                  prop("environment", d.environment ?? "unknown"),
                  prop("drill-every-days", String(d.drillEveryDays)),
                ],
              })),
            },
          }),
          "reviewed-controls": {
            "control-selections": [
              { description: "Testing of backups", "include-controls": [{ "control-id": CONTROL }] },
            ],
          },
          ...(databases.length > 0 && {
            observations: databases.map((d) => ({
              uuid: uuid("observation", idOf(d)),
              title: line(`Restore drills of ${d.identifier}`),
              description: line(saidOf(d)),
              methods: ["TEST"],
              subjects: [{ "subject-uuid": uuid("database", idOf(d)), type: "inventory-item" }],
              ...(d.due.some((one) => one.drill) && {
                "relevant-evidence": d.due.flatMap(({ drill }) =>
                  drill
                    ? [
                        {
                          description: line(`Drill ${drill.requestId}: ${drill.verdict}, sealed at ${drill.issuedAt}`),
                          props: [prop("subject", `urn:shipshape:run:${drill.requestId}`)],
                        },
                      ]
                    : [],
                ),
              }),
              collected: issuedAt,
            })),
          }),
          ...(judged.length > 0 && {
            findings: judged.map((d) => ({
              uuid: uuid("finding", idOf(d)),
              title: line(`Backups of ${d.identifier} are tested as its tier demands`),
              description: line(saidOf(d)),
              target: {
                type: "objective-id",
                "target-id": `${CONTROL}_obj`,
                status: isSatisfied(d)
                  ? { state: "satisfied", reason: "pass" }
                  : { state: "not-satisfied", reason: "fail" },
              },
              "related-observations": [{ "observation-uuid": uuid("observation", idOf(d)) }],
            })),
          }),
          remarks: [...basis, ...unread.map((what) => `Not read: ${what}`)].map(line).join("\n\n"),
        },
      ],
      "back-matter": {
        resources: [{ uuid: uuid("plan"), title: "How it was assessed", description: basis.map(line).join("\n\n") }],
      },
    },
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

/** Each drill that was due was done in time, and passed. */
const isSatisfied = ({ due }: PopulationMember) =>
  due.every(({ status, drill }) => status === "done" && drill?.verdict === "pass");

function saidOf({ due, drillEveryDays, goneBy }: PopulationMember): string {
  const said = due.map(({ dueAt, status, drill }) => `due ${dueAt}: ${status}${drill ? `, ${drill.verdict}` : ""}`);
  return [
    `A drill every ${drillEveryDays} days`,
    ...(said.length === 0 ? ["none was due in the period"] : said),
    ...(goneBy === null ? [] : [`the database was gone by ${goneBy}`]),
  ].join("; ");
}

const prop = (name: string, value: string) => ({ name, ns: "urn:shipshape:oscal", value: line(value) || "unknown" });

/** OSCAL's strings have no line breaks and no space at their ends. */
const line = (text: string) => printable(text).trim();

/** RFC 9562, version 5. */
function uuidOf(name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
