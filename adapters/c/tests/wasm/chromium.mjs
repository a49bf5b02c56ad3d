// The checks in Chromium, and the page of examples/wasm as a person uses it: `node chromium.mjs redox_auth.wasm`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

const FOLDER = new URL("../../", import.meta.url);
const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".wasm": "application/wasm" };

const server = createServer(({ url }, response) => {
  try {
    const content = readFileSync(url.endsWith(".wasm") ? process.argv[2] : new URL(`.${url}`, FOLDER));
    response.writeHead(200, { "Content-Type": TYPES[extname(url)] }).end(content);
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${server.address().port}`;
const profile = mkdtempSync(join(tmpdir(), "redox-auth-"));
// The sandbox needs rights that a container rarely has, and the pages are ours.
const options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"];
const browser = spawn("chromium", [...options, `--user-data-dir=${profile}`], {
  stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
});
try {
  const call = protocol(browser.stdio[3], browser.stdio[4]);
  const gone = new Promise((_, fail) => {
    browser.on("error", fail);
    browser.on("exit", (code) => fail(new Error(`chromium ended with ${code}`)));
  });
  await Promise.race([drive(call), gone]);
  browser.removeAllListeners("exit");
} finally {
  browser.kill("SIGKILL");
  server.close();
  server.closeAllConnections();
  if (browser.exitCode === null && browser.signalCode === null && browser.pid) await once(browser, "exit");
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

async function drive(call) {
  const { product } = await call("Browser.getVersion");
  const page = async (path) => {
    const { targetId } = await call("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
    await call("Page.enable", {}, sessionId);
    const loaded = call.event("Page.loadEventFired");
    await call("Page.navigate", { url: `${origin}${path}` }, sessionId);
    await loaded;
    return async (expression) => {
      const parameters = { expression, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await call("Runtime.evaluate", parameters, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
  };

  const evaluate = await page("/examples/wasm/index.html");
  const done = await evaluate(`
    fetch("${origin}/redox_auth.wasm").then((answer) => answer.arrayBuffer())
      .then(async (wasm) => (await import("${origin}/tests/wasm/checks.mjs")).run(wasm))`);
  console.log(`${product}: ${done.length} checks of the WebAssembly module`);

  for (const place of ["module", "browser"]) {
    const shown = await evaluate(signOnThePage(place));
    if (!shown.includes('"kid":"key-of-the-test"') || !shown.includes("The signature is right.")) {
      throw new Error(`the page with the key in the ${place} shows: ${shown}`);
    }
  }
  console.log(`${product}: the page signs with a key in either place`);
}

/** What a person does: chooses, enters a key ID, presses the button, reads. */
function signOnThePage(place) {
  return `(async () => {
    const result = document.getElementById("result");
    document.querySelector("[name=place]").value = "${place}";
    document.querySelector("[name=keyId]").value = "key-of-the-test";
    await new Promise((done) => {
      new MutationObserver(() => result.textContent && done()).observe(result, { childList: true });
      document.querySelector("button").click();
    });
    return result.textContent;
  })()`;
}

/** Calls and events of the DevTools protocol over two pipes: JSON, with a NUL behind each message. */
function protocol(to, from) {
  const waiting = new Map();
  let rest = "";
  let count = 0;
  from.setEncoding("utf8").on("data", (chunk) => {
    const messages = (rest + chunk).split("\0");
    rest = messages.pop();
    for (const { id, method, result, error } of messages.map((text) => JSON.parse(text))) {
      const { done, fail } = waiting.get(id ?? method) ?? {};
      waiting.delete(id ?? method);
      if (error) fail?.(new Error(error.message));
      else done?.(result);
    }
  });
  const call = (method, params = {}, sessionId = undefined) =>
    new Promise((done, fail) => {
      count += 1;
      waiting.set(count, { done, fail });
      to.write(`${JSON.stringify({ id: count, method, params, sessionId })}\0`);
    });
  /** The next event of this name. */
  call.event = (method) => new Promise((done, fail) => waiting.set(method, { done, fail }));
  return call;
}
