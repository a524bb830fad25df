/** Pages about the admission rules, generated from them: pure, so that a test can compare the files with the output. */
import type { AdmissionRule } from "./rule";
import { admissionRules } from "./rules";

export interface Page {
  /** Relative to the repository. */
  file: string;
  text: string;
}

export const admissionPages = (): Page[] =>
  admissionRules.map((rule) => ({ file: `docs/admission/${rule.id}.md`, text: rulePage(rule) }));

const rulePage = ({ id, why, solution, owner }: AdmissionRule): string =>
  `<!-- written by \`npm run pages\` from automation/policy/rules; change the rule instead -->

# ${id}

An admission rule: it judges requests for operations. \`shipshape explain <id>\` shows its verdict on one of them.

## Problem

${why}

## Solution

${solution}

Owner: ${owner} · rule: [${id}.ts](../../automation/policy/rules/${id}.ts) · test: [${id}.test.ts](../../test/automation/policy/rules/${id}.test.ts)
`;
