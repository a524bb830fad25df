// Runs before demo, test, check and the like: installs what a fresh clone lacks, and takes only a moment when nothing
// is missing. Plain JavaScript on Node's own modules, since nothing else is installed yet, in a syntax that old
// versions of Node can parse, so that they can report that they are too old. Called explicitly and not as an npm "pre"
// script: npm skips those when its setting ignore-scripts is on.
"use strict";
const { spawn, spawnSync } = require("child_process");
const { createHash } = require("crypto");
const fs = require("fs");
const os = require("os");
const path = require("path");

const root = path.join(__dirname, "..", "..");
const smallestNode = [20, 19];

async function main(wanted) {
  requireNode(process.versions.node);
  if (whyStale() !== undefined) await whileLocked(installPackages);
  if (wanted.includes("--engine")) ensureEngine();
}

function requireNode(version) {
  const [major, minor] = version.split(".").map(Number);
  if (major > smallestNode[0] || (major === smallestNode[0] && minor >= smallestNode[1])) return;
  fail(`Shipshape needs Node.js ${smallestNode.join(".")} or newer; this is ${version}, at ${process.execPath}.`);
}

/** Compares what npm recorded as installed with the lock file, so that it also works after a manual "npm install". */
function whyStale() {
  const wanted = readJson(path.join(root, "package-lock.json")).packages;
  let installed;
  try {
    installed = readJson(path.join(root, "node_modules", ".package-lock.json")).packages;
  } catch (error) {
    return "no packages are installed yet";
  }
  const differs = Object.keys(wanted).find((name) => {
    const entry = wanted[name];
    if (name === "" || entry.link || !name.startsWith("node_modules/") || !isForThisPlatform(entry)) return false;
    return !installed[name] || installed[name].version !== entry.version;
  });
  return differs === undefined
    ? undefined
    : `${differs.replace(/^node_modules\//, "")} is not the version in package-lock.json`;
}

/**
 * Optional packages can be for other platforms; when one names no platform, or a C library, only npm knows whether it
 * belongs here.
 */
function isForThisPlatform(entry) {
  const named = (list, mine) => Array.isArray(list) && list.includes(mine);
  if (entry.peer) return false;
  return (
    !(entry.optional || entry.devOptional) ||
    (!entry.libc && named(entry.os, process.platform) && named(entry.cpu, process.arch))
  );
}

async function installPackages() {
  const why = whyStale(); // the previous holder of the lock may have done it
  if (why === undefined) return;
  say(`installing packages: ${why}`);
  const start = Date.now();
  const progress = setInterval(() => say(`installing packages: ${Math.round((Date.now() - start) / 1000)} s`), 10000);
  // None of our packages needs its install script, so none is run, as where policy forbids them.
  const args = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const [command, first] = npm();
  const child = spawn(command, first.concat(args), { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise((resolve) => child.on("error", (error) => resolve(error.message)).on("exit", resolve));
  clearInterval(progress);
  if (code !== 0) fail(`"npm ci" failed (${code}); its output is above. Nothing else was started.`);
  const left = whyStale();
  if (left !== undefined) say(`"npm ci" succeeded, but: ${left}`);
}

/** The npm that runs this script, which need not be the first on PATH. */
function npm() {
  const running = process.env.npm_execpath;
  return running && /npm-cli\.c?js$/.test(running) ? [process.execPath, [running]] : ["npm", []];
}

/** Two commands started at once on a fresh clone must not install into the same folder concurrently. */
async function whileLocked(work) {
  const lock = path.join(
    os.tmpdir(),
    `shipshape-install-${createHash("sha256").update(root).digest("hex").slice(0, 16)}`,
  );
  for (let waited = 0; !take(lock); waited++) {
    if (waited % 40 === 20) say("waiting for another command that is installing packages");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  try {
    await work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
  }
  if (abandoned(lock)) fs.rmSync(lock, { force: true });
  return false;
}

function abandoned(lock) {
  try {
    const pid = Number(fs.readFileSync(lock, "utf8"));
    // Its creator was killed between creating and writing it
    if (!pid) return Date.now() - fs.statSync(lock).mtimeMs > 10000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** The engine's installer is TypeScript, which can run now that the packages are installed. */
function ensureEngine() {
  const { status } = spawnSync(process.execPath, ["--import", "tsx", path.join(__dirname, "main.ts")], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.exit(status || 1);
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}

main(process.argv.slice(2));
