// A sandbox of the real command, other runs of the command against it, and the JSON API of its dashboard.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The program `redox-auth` that the step has built. */
const COMMAND = process.env.REDOX_AUTH_COMMAND;
if (!COMMAND) throw new Error("REDOX_AUTH_COMMAND is not set: run `cargo xtask test dashboard`");

/** Starts `redox-auth sandbox`; `stop` ends it and removes the folder of its clients. */
export async function startSandbox(...options) {
  const child = spawn(COMMAND, ["sandbox", ...options], { env: clean(), stdio: ["ignore", "pipe", "pipe"] });
  const folder = mkdtempSync(join(tmpdir(), "redox-auth-browser-"));
  const printed = { stdout: "", stderr: "" };
  const dashboard = await new Promise((done, fail) => {
    child.on("error", fail);
    child.on("exit", (code) => fail(new Error(`the sandbox ended with ${code}: ${printed.stderr}`)));
    for (const name of ["stdout", "stderr"]) {
      child[name].setEncoding("utf8").on("data", (text) => {
        printed[name] += text;
        const url = /dashboard: (http:\/\/\S+)/.exec(printed.stderr)?.[1];
        if (url && printed.stdout.includes("REDOX_KEY_FILE")) done(url);
      });
    }
  });
  child.removeAllListeners("exit");
  const lines = printed.stdout.matchAll(/^export (\w+)='(.*)'$/gm);
  const variables = Object.fromEntries([...lines].map(([, name, value]) => [name, value]));

  /** Runs the command in the folder with these variables and no others; gives back what it printed. */
  const run = (words, env = {}, input = "") => command(words, env, folder, input);
  const api = async (method, path, body) => {
    const answer = await fetch(`${dashboard}api/${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return answer.headers.get("content-type").startsWith("application/json") ? JSON.parse(text) : text;
  };
  const write = (name, content) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const stop = async () => {
    child.kill("SIGINT");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  };
  return { dashboard, variables, base: variables.REDOX_BASE_URL, folder, run, api, write, stop };
}

function command(words, env, cwd, input) {
  return new Promise((done) => {
    const child = execFile(COMMAND, words, { cwd, env: clean(env) }, (error, stdout, stderr) => {
      done({ code: error ? error.code : 0, stdout, stderr });
    });
    // A command that reads nothing has closed it already.
    child.stdin.on("error", () => {}).end(input);
  });
}

/** None of the machine's own settings of the command. */
function clean(more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("REDOX_"));
  return { ...Object.fromEntries(own), ...more };
}

/** A Data Model message to this destination, from this source where one is named. */
export function message(destination, source) {
  const Meta = { DataModel: "PatientAdmin", EventType: "NewPatient", Test: true };
  if (source) Meta.Source = { ID: source };
  return JSON.stringify({ Meta: { ...Meta, Destinations: [{ ID: destination }] } });
}
