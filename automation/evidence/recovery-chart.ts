/**
 * Recovery times against the objective over time, as an SVG without scripts. The scale is logarithmic: an objective of
 * hours and a restore of seconds are both readable.
 */
import { markup, type Html } from "./markup";
import type { Recovery } from "./run-report";

const size = { width: 720, height: 240, left: 64, right: 16, top: 16, bottom: 32 };
const ticks: [number, string][] = [
  [0.1, "0.1 s"],
  [1, "1 s"],
  [10, "10 s"],
  [60, "1 min"],
  [600, "10 min"],
  [3600, "1 h"],
  [6 * 3600, "6 h"],
  [24 * 3600, "1 d"],
  [7 * 24 * 3600, "7 d"],
];

/** Undefined if no run of these measured a recovery time. */
export function recoveryChart(recoveries: Recovery[]): Html | undefined {
  const measured = recoveries.filter((r): r is Recovery & { rtoAchievedSeconds: number; rtoSeconds: number } =>
    [r.rtoAchievedSeconds, r.rtoSeconds, Date.parse(r.issuedAt)].every((n) => Number.isFinite(n) && n !== null),
  );
  if (measured.length === 0) return undefined;
  const seconds = measured.flatMap((r) => [r.rtoAchievedSeconds, r.rtoSeconds]);
  const within =
    (least: number, most: number) =>
    ([value]: [number, string]) =>
      value >= least && value <= most;
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)].map((s) =>
    Math.min(Math.max(s, 0.1), 7 * 86_400),
  ) as [number, number];
  const bottom = ticks.findLast(([value]) => value < least)?.[0] ?? 0.1;
  const top = ticks.find(([value]) => value > most)?.[0] ?? 14 * 86_400;
  const times = measured.map((r) => Date.parse(r.issuedAt));
  const [from, until] = [Math.min(...times), Math.max(...times)];
  const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
  const x = (at: number) =>
    round(size.left + inner.width * (until === from ? 0.5 : 0.03 + (0.94 * (at - from)) / (until - from)));
  const y = (value: number) =>
    round(
      size.top +
        inner.height * (1 - Math.log(Math.min(Math.max(value, bottom), top) / bottom) / Math.log(top / bottom)),
    );
  const right = size.width - size.right;
  const lines = ticks.filter(within(bottom, top)).map(
    ([value, label]) =>
      markup`<line class="grid" x1="${size.left}" x2="${right}" y1="${y(value)}" y2="${y(value)}"/>
${axisText(size.left - 8, y(value) + 4, "end", label)}`,
  );
  // Each objective holds from its run to the next.
  const objective = measured.flatMap((r, at) => {
    const begin = at === 0 ? size.left : x(times[at]!);
    const end = at === measured.length - 1 ? right : x(times[at + 1]!);
    return [`${begin},${y(r.rtoSeconds)}`, `${end},${y(r.rtoSeconds)}`];
  });
  const days = until === from ? [from] : [from, until];
  const { width, height } = size;
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Recovery times against the objective">
${lines}
<polyline class="objective" points="${objective.join(" ")}"/>
${measured.map((r, at) => mark(r, x(times[at]!), y(r.rtoAchievedSeconds)))}
${days.map((at) => axisText(x(at), height - 10, "middle", new Date(at).toISOString().slice(0, 10)))}
</svg>`;
}

const axisText = (x: number, y: number, anchor: "middle" | "end", label: string): Html =>
  markup`<text class="axis" x="${x}" y="${y}" text-anchor="${anchor}">${label}</text>`;

/** By shape and not by colour alone: reports are printed. */
function mark(r: Recovery, x: number, y: number): Html {
  const says = `${r.requestId}: ${r.rtoAchievedSeconds} s, objective ${r.rtoSeconds} s, ${r.verdict}`;
  const title = markup`<title>${says}</title>`;
  if (r.verdict !== "fail") return markup`<circle class="${r.verdict}" cx="${x}" cy="${y}" r="5">${title}</circle>`;
  const cross = `M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x - 5} ${y + 5}L${x + 5} ${y - 5}`;
  return markup`<path class="fail" d="${cross}">${title}</path>`;
}

const round = (n: number) => Math.round(n * 10) / 10;
