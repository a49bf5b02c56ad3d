// The pictures of the README, of the running program. What they show is compared with what is committed as text: a picture
// of a page that has changed is stale, and `cargo xtask pictures` makes it anew. Pixels differ from font to font.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openBrowser } from "../browser.mjs";
import { message, startSandbox } from "../sandbox.mjs";
import { lines, onTerminal, svg } from "../terminal.mjs";

const COMMITTED = new URL("../../pictures/", import.meta.url).pathname;
const MADE = join(process.env.REDOX_AUTH_PICTURES, "readme");
/** Set by `cargo xtask pictures`. */
const IS_UPDATE = Boolean(process.env.REDOX_AUTH_UPDATE_PICTURES);

let sandbox, environment;

before(async () => {
  mkdirSync(IS_UPDATE ? COMMITTED : MADE, { recursive: true });
  sandbox = await startSandbox();
  const { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE, REDOX_DESTINATION_ID } = sandbox.variables;
  environment = { REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE };
  const file = sandbox.write("message.json", message(REDOX_DESTINATION_ID));
  assert.equal((await sandbox.run(["send", file], environment)).code, 0);
});

after(() => sandbox?.stop());

/** What differs in each run. */
const steady = (text) =>
  text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/g, "2026-01-31 12:00:00")
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, "Sat, 31 Jan 2026 12:00:00 GMT")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "00000000-0000-4000-8000-000000000000")
    .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:8080")
    .replace(/[\w-]{43}/g, "k".repeat(43))
    .replace(/\b1[789]\d{8}(, (\d+ s (past|ahead)|now))?\b/g, "1800000000")
    .replace(/[\d.]+ ms/g, "1 ms");

/** Compares what a picture shows with what the committed one does, or commits it. */
function isFresh(name, text, picture, content) {
  const folder = IS_UPDATE ? COMMITTED : MADE;
  writeFileSync(join(folder, picture), content);
  writeFileSync(join(folder, `${name}.txt`), text);
  const committed = join(COMMITTED, `${name}.txt`);
  assert.ok(existsSync(committed) && existsSync(join(COMMITTED, picture)), `${picture} is missing: run cargo xtask pictures`);
  assert.equal(text, readFileSync(committed, "utf8"), `${picture} is stale: run cargo xtask pictures`);
  assert.ok(statSync(join(COMMITTED, picture)).size < 150_000, "the README loads quickly");
}

test("the picture of the dashboard is of the page as it is", async () => {
  const wrong = await sandbox.run(["token", "--audience", "https://api.redoxengine.com/v2/auth/token"], environment);
  assert.equal(wrong.code, 1);
  const browser = await openBrowser();
  const { page } = browser;
  try {
    await page.setViewportSize({ width: 1120, height: 760 });
    await page.goto(`${sandbox.dashboard}traffic?outcome=refused`);
    await page.locator("table.traffic tbody tr").first().getByRole("link").click();
    await page.getByText("Reason", { exact: true }).waitFor();
    const shown = await page.locator("body").ariaSnapshot();
    const { exchanges } = await sandbox.api("GET", "traffic?outcome=refused");
    const { jti } = (await sandbox.api("GET", `traffic/${exchanges[0].number}`)).assertion.claims;
    isFresh("dashboard", `${steady(shown).replaceAll(jti, "j".repeat(22))}\n`, "dashboard.png", await page.screenshot());
  } finally {
    await browser.close();
  }
});

test("the picture of the terminal is of the command as it is", async () => {
  const columns = 100;
  const words = ["token", "--audience", "https://api.redoxengine.com/v2/auth/token"];
  const env = { ...environment, PATH: process.env.PATH };
  const { code, printed } = await onTerminal([process.env.REDOX_AUTH_COMMAND, ...words], env, sandbox.folder, columns);
  assert.equal(code, 1, printed);
  // Of one length in each run, so that lines break at the same place.
  const typed = `\x1b[1m$ redox-auth ${words.join(" ")}\x1b[0m\n${steady(printed)}`;
  const picture = svg(lines(typed, columns), columns);
  isFresh("terminal", typed.replaceAll("\x1b", "␛"), "terminal.svg", picture);
});
