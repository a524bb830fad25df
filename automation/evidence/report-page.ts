/** The page of reports for auditors: one file, printable, without scripts or anything from elsewhere. */
import { createHash } from "node:crypto";
import { markup, Html } from "./markup";

/** What every report ends with; `digest` is that of the JSON's `report`. */
export function page(title: string, digest: string, body: readonly Html[]): string {
  const content = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleDigest}'">
<meta name="viewport" content="width=device-width">
<meta name="shipshape-report-digest" content="sha256:${digest}">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>${title}</h1>
${body}
<footer>
<p>Digest of this report: SHA-256 ${digest}. The JSON report has the same digest, and the same content.</p>
<p>This page is only a rendering. The signed statements are the evidence: verify the folder it came in with
<code>npx shipshape evidence verify &lt;folder&gt; --key &lt;the key you were given&gt;</code>.</p>
</footer>
</body>
</html>
`;
  return content.source;
}

export const facts = (rows: [string, string | Html][]): Html => markup`<table class="facts"><tbody>
${rows.map(([name, value]) => markup`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
</tbody></table>`;

export const list = (headings: string[], rows: (string | Html)[][]): Html => markup`<table>
<thead><tr>${headings.map((heading) => markup`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map((cell) => markup`<td>${cell}</td>`)}</tr>`)}
</tbody></table>`;

export const badge = (word: string): Html => markup`<strong class="word ${word}">${word}</strong>`;

const style = `
:root{color-scheme:light}
body{font:15px/1.45 system-ui,sans-serif;color:#1b1f24;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .5rem}
h2{font-size:1.1rem;margin:1.6rem 0 .4rem;break-after:avoid}
table{border-collapse:collapse;width:100%;margin:.4rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #d8dde3;overflow-wrap:anywhere}
thead th{border-bottom:2px solid #57606a;overflow-wrap:normal;white-space:nowrap}
.facts th{width:12rem;font-weight:600}
tr,svg{break-inside:avoid}
.word{border:1px solid currentColor;border-radius:.25rem;padding:0 .35rem;white-space:nowrap}
.pass,.done,.allowed{color:#116329}
.fail,.missing,.denied{color:#a40e26}
.inconclusive,.late{color:#7a4b00}
svg{width:100%;height:auto}
.grid{stroke:#d8dde3}
.axis{font-size:11px;fill:#57606a}
.objective{fill:none;stroke:#57606a;stroke-width:1.5;stroke-dasharray:6 4}
circle.pass{fill:#116329}
circle.inconclusive{fill:#fff;stroke:#7a4b00;stroke-width:2}
path.fail{stroke:#a40e26;stroke-width:2.5}
code{font-size:.9em}
footer{margin-top:2rem;border-top:1px solid #d8dde3;color:#57606a;font-size:.85rem;overflow-wrap:anywhere}
@page{margin:18mm}
@media print{body{max-width:none;margin:0;padding:0;font-size:10pt}}
`;
const styleDigest = createHash("sha256").update(style).digest("base64");
