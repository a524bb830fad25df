// Run before demo, test, check and the like: brings what a fresh clone lacks, and costs a moment when nothing is
// missing. Plain JavaScript on Node's own modules, since nothing else is there yet, and in a syntax that old versions
// of Node can at least read to the point where they are told that they are too old. Called by name and not as an npm
// "pre" script: npm leaves those out where its setting ignore-scripts is on.
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

/** Compares what npm says it installed with the lock file: serves those who ran "npm install" by themselves, too. */
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
    if (name === "" || entry.link || !name.startsWith("node_modules/") || !belongsHere(entry)) return false;
    return !installed[name] || installed[name].version !== entry.version;
  });
  return differs === undefined
    ? undefined
    : `${differs.replace(/^node_modules\//, "")} is not the one of package-lock.json`;
}

/**
 * Optional packages exist for other platforms; without one named, or with a C library, only npm knows whether they
 * belong here.
 */
function belongsHere(entry) {
  const named = (list, mine) => Array.isArray(list) && list.includes(mine);
  if (entry.peer) return false;
  return (
    !(entry.optional || entry.devOptional) ||
    (!entry.libc && named(entry.os, process.platform) && named(entry.cpu, process.arch))
  );
}

async function installPackages() {
  const why = whyStale(); // whoever held the lock may have done it
  if (why === undefined) return;
  say(`installing packages: ${why}`);
  const start = Date.now();
  const news = setInterval(() => say(`installing packages: ${Math.round((Date.now() - start) / 1000)} s`), 10000);
  // Nothing we use needs its install script: so none is run, here as in places that forbid them.
  const args = ["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund"];
  const [command, first] = npm();
  const child = spawn(command, first.concat(args), { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  const code = await new Promise((resolve) => child.on("error", (error) => resolve(error.message)).on("exit", resolve));
  clearInterval(news);
  if (code !== 0) fail(`"npm ci" failed (${code}); what it said stands above. Nothing else was started.`);
  const left = whyStale();
  if (left !== undefined) say(`"npm ci" ended well, and yet: ${left}`);
}

/** The npm that runs us, which need not be the first on PATH. */
function npm() {
  const running = process.env.npm_execpath;
  return running && /npm-cli\.c?js$/.test(running) ? [process.execPath, [running]] : ["npm", []];
}

/** Two commands started at once on a fresh clone must not install into one folder at once. */
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
    // Its maker was killed between making and writing it
    if (!pid) return Date.now() - fs.statSync(lock).mtimeMs > 10000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** The engine's own logic is TypeScript, which can run now that the packages are here. */
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
