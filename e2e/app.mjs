// The program under test, on a free port, with an empty data folder and the demonstration club.

import { spawn } from "node:child_process";
import { createWriteStream, rmSync } from "node:fs";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The time at which every program under test starts: a Tuesday morning in New York. */
export const NOW = "2026-11-24T10:00:00-05:00";
export const TODAY = NOW.slice(0, 10);

const binary = process.env.CORESYNC_BIN
  ? resolve(process.env.CORESYNC_BIN)
  : resolve(import.meta.dirname, "..", process.env.CARGO_TARGET_DIR ?? "target", "debug/coresync");
const SECONDS_TO_OPEN = 180;
const SECONDS_TO_CLOSE = 20;

/** Starts the program and resolves once it can serve. Close it with `close()`. */
export async function startApp() {
  await access(binary).catch(() => {
    throw new Error(`${binary} is not there: \`cargo build\` makes it, CORESYNC_BIN names another`);
  });
  const folder = await mkdtemp(join(tmpdir(), "coresync-app-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const logFile = join(folder, "log");
  const program = spawn(binary, ["serve", "--demo"], {
    cwd: folder,
    env: environment(folder, port, url),
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Nothing is left behind, however this process ends.
  process.once("exit", () => {
    program.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));
  const log = createWriteStream(logFile);
  program.stdout.pipe(log, { end: false });
  program.stderr.pipe(log, { end: false });
  const app = { url, folder, pid: program.pid, ended: null };
  const gone = new Promise((done) => {
    program.once("error", (error) => done((app.ended = error.message)));
    program.once("exit", (code, signal) => done((app.ended = signal ?? `exit ${code}`)));
  });

  /** Returns the last lines that the program wrote to its log. */
  app.tail = async (lines = 30) => {
    const text = await readFile(logFile, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  };

  /** Stops the program, waits for it, and removes its folder. Resolves to how it ended. */
  app.close = async () => {
    if (app.ended === null) {
      program.kill("SIGTERM");
      const late = pause(SECONDS_TO_CLOSE * 1000, "late", { ref: false });
      if ((await Promise.race([gone, late])) === "late") {
        program.kill("SIGKILL");
        await gone;
      }
    }
    log.end();
    await rm(folder, { recursive: true, force: true });
    return app.ended;
  };

  try {
    await ready(app);
  } catch (error) {
    const tail = await app.tail();
    await app.close();
    throw new Error(`${error.message}\n${tail}`);
  }
  return app;
}

/** Returns only the environment variables that the program needs, and none of a developer's own club. */
function environment(folder, port, url) {
  const { PATH, HOME, LANG, E2E_DATABASE_URL } = process.env;
  const variables = {
    PATH,
    HOME,
    LANG,
    CORESYNC_ADDR: `127.0.0.1:${port}`,
    CORESYNC_DATA: join(folder, "data"),
    CORESYNC_NOW: NOW,
    CORESYNC_PUBLIC_URL: url,
    // All journeys come from one address, faster than people would.
    CORESYNC_READS_PER_MINUTE: "0",
    CORESYNC_WRITES_PER_MINUTE: "0",
    CORESYNC_VISITOR_WRITES_PER_MINUTE: "0",
    DATABASE_URL: E2E_DATABASE_URL,
  };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
}

async function ready(app) {
  const end = Date.now() + SECONDS_TO_OPEN * 1000;
  while (Date.now() < end) {
    if (app.ended !== null) throw new Error(`the program ended before it was ready: ${app.ended}`);
    const answer = await fetch(`${app.url}/ready/`).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`the program was not ready within ${SECONDS_TO_OPEN} seconds`);
}

function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
