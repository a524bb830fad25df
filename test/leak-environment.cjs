// Jest loads its environments as they are, hence plain JavaScript.
"use strict";
const { readdirSync, readFileSync, mkdtempSync, rmSync, chmodSync, realpathSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { TestEnvironment } = require("jest-environment-node");

/** How long what a file started may take to end after its last test; a busy machine needs longer. */
const settleSecondsMax = 60;

/**
 * Every test file gets a temporary folder of its own, and fails when it leaves something running: a process that knows
 * that folder, a timer, a server or a connection. What a file leaves would slow down, or affect, the files after it.
 */
class LeakEnvironment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.failures = [];
    this.before = resources();
    this.inheritedFolder = process.env.TMPDIR;
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), "ss-")));
    chmodSync(this.folder, 0o755); // PostgreSQL's unprivileged user must be able to enter it
    process.env.TMPDIR = this.global.process.env.TMPDIR = this.folder;
  }

  /** What failed, since the error below would replace the file's results. */
  handleTestEvent(event) {
    if (event.name !== "test_done" && event.name !== "hook_failure") return;
    const errors = event.name === "hook_failure" ? [event.error] : event.test.errors.map((error) => [error].flat()[0]);
    this.failures.push(...errors.map((error) => `${event.test?.name ?? "a hook"}: ${error?.message ?? error}`));
  }

  async teardown() {
    let left = this.left();
    for (
      const deadline = Date.now() + settleSecondsMax * 1000;
      left.length > 0 && Date.now() < deadline;
      left = this.left()
    )
      await new Promise((resolve) => setTimeout(resolve, 100));
    if (this.inheritedFolder === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = this.inheritedFolder;
    if (left.length === 0) rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    await super.teardown();
    const message = `the tests of this file are over, and left running: ${left.join("; ")}`;
    if (left.length > 0) throw new Error([message, ...this.failures].join("\n\n"));
  }

  left() {
    return [...more(this.before, resources()), ...processesOf(this.folder)];
  }
}

/** How many of each kind of resource keep this process alive. */
function resources() {
  const counts = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Our own pause is a timer too, but never while this checks. Files and immediates end on their own. */
function more(before, now) {
  const watched = [
    "Timeout",
    "TCPSocketWrap",
    "TCPServerWrap",
    "PipeServerWrap",
    "TLSWrap",
    "ProcessWrap",
    "Worker",
    "MessagePort",
  ];
  return watched
    .filter((kind) => (now[kind] ?? 0) > (before[kind] ?? 0))
    .map((kind) => `${(now[kind] ?? 0) - (before[kind] ?? 0)} × ${kind}`);
}

/** Processes that name the folder in their command line or their environment; none where there is no /proc. */
function processesOf(folder) {
  return entries("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      const command = text(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
      const knows = command.includes(folder) || text(`/proc/${pid}/environ`).includes(folder);
      // tsx compiles through a service that ends with the process that loaded it, which here is Jest's worker.
      return knows && command !== "" && !command.includes("esbuild --service")
        ? [`process ${pid} (${command.slice(0, 160)})`]
        : [];
    });
}

function entries(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function text(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended meanwhile, or is another user's
  }
}

module.exports = LeakEnvironment;
