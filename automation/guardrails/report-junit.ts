import { relative } from "node:path";
import { unreachableText } from "../fleet-records";
import type { LocatedFinding } from "./judgement";
import { printable } from "./printable";
import { ordered, type Verdict } from "./verdict";

interface Case {
  suite: string;
  classname: string;
  name: string;
  outcome?: { element: "failure" | "error" | "skipped" | "system-out"; type?: string; message: string };
}

/**
 * JUnit XML as Jenkins, GitLab and Azure read it: a test suite for each judged file, or account and Region, a test for
 * each finding. What stops a change has failed; what is waived, in the baseline or undecided was skipped; advice has
 * passed, with output.
 */
export function junitReport(verdict: Verdict, projectFolder: string, failOnUndecided = false): string {
  const suiteOf = (file: string | undefined, urn = "") => {
    if (file === "-") return "standard input";
    if (file !== undefined) return relative(projectFolder, file) || file;
    const [, , , region, account] = urn.split(":");
    return `account ${account}, Region ${region}`;
  };
  const cases: Case[] = [
    ...verdict.problems.map(({ file, line, code, reason }) => ({
      suite: suiteOf(file),
      classname: code,
      name: `line ${line}`,
      outcome: { element: "error" as const, type: code, message: reason },
    })),
    ...(verdict.unreachable ?? []).map((one) => ({
      suite: "shipshape guard",
      classname: "guard",
      name: `reaches ${one.account}, ${one.region}`,
      outcome: { element: "error" as const, message: unreachableText(one) },
    })),
    ...ordered(verdict.findings).map((finding) => ({
      suite: suiteOf(finding.file, finding.urn),
      ...nameOf(finding),
      outcome: outcomeOf(finding, failOnUndecided),
    })),
    // A report without a test is an error for most readers.
    { suite: "shipshape guard", classname: "guard", name: `judged ${verdict.judged}` },
  ];
  const suites = new Map<string, Case[]>();
  for (const one of cases) suites.set(one.suite, [...(suites.get(one.suite) ?? []), one]);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="shipshape guard"${countsOf(cases)}>`,
    ...[...suites].flatMap(([suite, own]) => [
      `  <testsuite name="${escaped(suite)}"${countsOf(own)} skipped="${count(own, "skipped")}">`,
      ...own.map(caseText),
      "  </testsuite>",
    ]),
    "</testsuites>\n",
  ].join("\n");
}

/** Several findings of a rule about one resource differ by their property. */
function nameOf({ rule, urn, name, property }: LocatedFinding): Pick<Case, "classname" | "name"> {
  const [stack, project] = urn.startsWith("urn:pulumi:") ? urn.slice("urn:pulumi:".length).split("::") : [];
  return {
    classname: stack === undefined ? "shipshape" : `${project}/${stack}`,
    name: `${rule}: ${name}${property === undefined ? "" : ` ${property}`}`,
  };
}

function outcomeOf({ level, kind, severity, message }: LocatedFinding, failOnUndecided: boolean): Case["outcome"] {
  if (level === "mandatory" || (failOnUndecided && kind === "undecided"))
    return { element: "failure", type: severity, message };
  return kind === "violation" ? { element: "system-out", message } : { element: "skipped", message };
}

function caseText({ classname, name, outcome }: Case): string {
  const begin = `    <testcase classname="${escaped(classname)}" name="${escaped(name)}"`;
  if (!outcome) return `${begin}/>`;
  const { element, type, message } = outcome;
  const text = escaped(message);
  const inner =
    element === "system-out"
      ? `<system-out>${text}</system-out>`
      : `<${element}${type === undefined ? "" : ` type="${escaped(type)}"`} message="${text}"/>`;
  return `${begin}>${inner}</testcase>`;
}

const count = (cases: readonly Case[], element: string): number =>
  cases.filter(({ outcome }) => outcome?.element === element).length;
const countsOf = (cases: readonly Case[]): string =>
  ` tests="${cases.length}" failures="${count(cases, "failure")}" errors="${count(cases, "error")}"`;

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
/** XML has no way to write control characters, halves of surrogate pairs, and two more. */
const escaped = (text: string): string =>
  printable(text)
    .replace(/\p{Surrogate}|[\ufffe\uffff]/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => entities[character] ?? character);
