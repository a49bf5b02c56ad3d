// Markup in every field that is shown is text, wrong keys get a clear message, and no secret is shown anywhere.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { openBrowser, PAGES } from "../browser.mjs";
import { message, startSandbox } from "../sandbox.mjs";

/** Where it becomes markup it is an element of this class, and what runs in it sets `document.title`. */
const MARKUP = `<b class="injected">x</b><img src=x onerror="document.title='ran'"><script>document.title="ran"</script>"'`;

let sandbox, browser, page;

before(async () => {
  sandbox = await startSandbox("--legacy");
  browser = await openBrowser();
  page = browser.page;
});

after(async () => {
  await browser?.close();
  await sandbox?.stop();
});

const pick = ({ REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE }) => ({ REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE });

async function isText(where) {
  assert.equal(await page.locator(".injected, main img, main script").count(), 0, where);
  assert.doesNotMatch(await page.title(), /ran/, where);
}

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });

function assertion(header, claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha384", Buffer.from(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

const ask = (fields, headers = {}) =>
  fetch(`${sandbox.base}/v2/auth/token`, { method: "POST", headers, body: new URLSearchParams(fields) });

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

test("markup in every field is shown as text", async () => {
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: `kid${MARKUP}` };
  const client = `client${MARKUP}`;
  await sandbox.api("POST", "oauth-keys", { client_id: client, jwks: { keys: [jwk] } });
  await sandbox.api("POST", "sources", { name: `source${MARKUP}`, id: `id${MARKUP}` });
  await sandbox.api("POST", "destinations", { name: `to${MARKUP}`, id: `to${MARKUP}`, slug: "plain" });
  await sandbox.api("POST", "legacy-keys", { source_id: `id${MARKUP}` });
  const now = Math.floor(Date.now() / 1000);
  const claims = (jti) => ({ iss: client, sub: client, aud: `${sandbox.base}/v2/auth/token`, iat: now, exp: now + 200, jti });
  const header = { alg: "ES384", kid: jwk.kid, typ: "JWT" };
  const fields = (text) => ({ grant_type: "client_credentials", client_assertion_type: TYPE, client_assertion: text });
  const granted = await ask(fields(assertion(header, { ...claims(`jti${MARKUP}`), more: MARKUP })));
  assert.equal(granted.status, 200);
  const token = (await granted.json()).access_token;
  for (const [name, value] of [["aud", MARKUP], ["iss", MARKUP], ["sub", MARKUP], ["exp", MARKUP]]) {
    await ask(fields(assertion(header, { ...claims(randomUUID()), [name]: value })));
  }
  await ask({ ...fields(MARKUP), [MARKUP]: MARKUP }, { "X-Own": MARKUP, "User-Agent": MARKUP });
  await fetch(`${sandbox.base}/${encodeURIComponent(MARKUP)}?${encodeURIComponent(MARKUP)}=${encodeURIComponent(MARKUP)}`);
  const send = (body) =>
    fetch(`${sandbox.base}/endpoint`, { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body });
  const Meta = { DataModel: MARKUP, EventType: MARKUP, Source: { ID: `id${MARKUP}` }, Destinations: [{ ID: `to${MARKUP}` }] };
  await send(JSON.stringify({ Meta, [MARKUP]: MARKUP }));
  await send(MARKUP);
  await sandbox.api("POST", "faults", { spec: "upload:redirect=https://a.example/?<b%20class=injected>" }).catch(() => {});
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(MARKUP));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(sandbox.dashboard + path);
    await isText(name);
  }
  for (const path of ["", "sources", "faults", "rehearsal"]) {
    await page.goto(sandbox.dashboard + path);
    assert.ok((await page.content()).includes("&lt;b class="), `${path || "API keys"} shows it`);
  }
  const { exchanges } = await sandbox.api("GET", "traffic?limit=500");
  for (const { number } of exchanges) {
    await page.goto(`${sandbox.dashboard}traffic/${number}`);
    await isText(`exchange ${number}`);
  }
  // As it arrives, too, and in the search.
  await page.goto(`${sandbox.dashboard}traffic?q=${encodeURIComponent("injected")}`);
  await isText("search");
  await page.goto(`${sandbox.dashboard}traffic`);
  await ask(fields(assertion({ ...header, kid: MARKUP }, claims(randomUUID()))));
  await page.getByText(`kid ${MARKUP}`).waitFor();
  await isText("as it arrives");

  await page.goto(`${sandbox.dashboard}incoming`);
  await page.getByLabel("Endpoint").fill(`http://127.0.0.1:${server.address().port}/?${MARKUP}`);
  await page.getByLabel("Verification token").fill("verify-me-please-0123");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("status").filter({ hasText: "would not accept" }).waitFor();
  await isText("answer of the user's endpoint");
  server.close();
  server.closeAllConnections();
  for (const [path, label, press] of [["faults", "Move by", "Move"], ["incoming", "Endpoint", "Send"]]) {
    await page.goto(sandbox.dashboard + path);
    if (path === "incoming") await page.getByLabel("Verification token").fill("x");
    await page.getByLabel(label).fill(MARKUP);
    await page.getByRole("button", { name: press, exact: true }).click();
    await page.getByRole("alert").waitFor();
    await isText(`${label}, refused`);
    assert.equal(await page.getByLabel(label).inputValue(), MARKUP);
  }
});

test("a wrong key that is pasted gets a clear message and is not shown again", async () => {
  await sandbox.run(["key", "new", "--alg", "ES384", "--out", "private.pem"]);
  const { privateKey: pem, publicKey: spki } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const own = publicKey.export({ format: "jwk" });
  const wrong = {
    "a private key in PEM": pem.export({ type: "pkcs8", format: "pem" }),
    "a key in PEM": spki.export({ type: "spki", format: "pem" }),
    "is a private key": JSON.stringify({ keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k" }] }),
    "an SSH key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIhush hush@host",
    "a JWT": assertion({ alg: "ES384" }, { iss: "hush" }),
    "a URL": "https://hush.example/jwks.json",
    "HTML or XML": "<!doctype html><p>hush",
    "no JWK Set": JSON.stringify({ client_id: "hush" }),
    "cut off or damaged": `{"keys": [${JSON.stringify(own).slice(0, 60)}`,
    "has no key": '{"keys": []}',
    "has no kid": JSON.stringify(own),
    "key 0": JSON.stringify({ kty: "oct", kid: "k", k: "aHVzaA" }),
    "RSA key of 1024 bits": JSON.stringify({ ...generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" }), kid: "k" }),
    "has the same kid as another key": JSON.stringify({ keys: [{ ...own, kid: "k" }, { ...own, kid: "k" }] }),
    "begin with a brace": "hush-secret-hush",
  };
  for (const [text, pasted] of Object.entries(wrong)) {
    await page.goto(sandbox.dashboard);
    await page.getByText("Create API key").click();
    const create = page.locator("details.card").filter({ hasText: "Create API key" });
    await create.getByLabel("Client ID").fill("kept");
    await create.getByLabel("Paste a JWK Set").fill(pasted);
    await create.getByRole("button", { name: "Create" }).click();
    const said = await page.getByRole("alert").innerText();
    assert.ok(said.startsWith("Not done.") && said.includes(text), `${text}: ${said}`);
    const html = await page.content();
    assert.ok(!html.includes("hush") && !html.includes("PRIVATE KEY-----"), text);
    assert.equal(await create.getByLabel("Client ID").inputValue(), "kept", "the rest is still there");
  }
});

test("no page, export or event shows a secret", async () => {
  const secrets = { "verification token": "verify-me-please-0123" };
  const env = pick(sandbox.variables);
  secrets["access token"] = (await sandbox.run(["token"], env)).stdout.trim();
  const legacy = { REDOX_BASE_URL: sandbox.base, REDOX_LEGACY_API_KEY: sandbox.variables.REDOX_LEGACY_API_KEY };
  legacy.REDOX_LEGACY_SECRET_FILE = sandbox.variables.REDOX_LEGACY_SECRET_FILE;
  secrets["legacy token"] = (await sandbox.run(["token"], legacy)).stdout.trim();
  secrets["new secret"] = (await sandbox.api("POST", `legacy-keys/${legacy.REDOX_LEGACY_API_KEY}/secret`, {})).secret;
  const made = await sandbox.api("POST", "oauth-keys", { make: "ES384" });
  secrets["private key"] = made.private_key.split("\n")[1];
  secrets.assertion = (await sandbox.run(["assertion"], env)).stdout.trim().split(".")[2];
  const file = sandbox.write("message.json", message(sandbox.variables.REDOX_DESTINATION_ID, sandbox.variables.REDOX_SOURCE_ID));
  assert.equal((await sandbox.run(["send", file], env)).code, 0);
  // Where nobody expects them: in a path, a query, a header, a message, a search.
  const token = secrets["access token"];
  await fetch(`${sandbox.base}/where/${token}?token=${token}&q=${token}`, { headers: { "X-Token": token } });
  const body = JSON.stringify({ Meta: { DataModel: token, EventType: "x" }, secret: token });
  await fetch(`${sandbox.base}/endpoint`, { method: "POST", headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` }, body });
  const authenticate = JSON.stringify({ apiKey: legacy.REDOX_LEGACY_API_KEY, secret: secrets["new secret"] });
  await fetch(`${sandbox.base}/auth/authenticate`, { method: "POST", headers: { "Content-Type": "application/json" }, body: authenticate });

  const shown = {};
  const { exchanges } = await sandbox.api("GET", "traffic?limit=500");
  const numbers = exchanges.map(({ number }) => number);
  for (const path of [...Object.values(PAGES), ...numbers.map((number) => `traffic/${number}`)]) {
    await page.goto(sandbox.dashboard + path);
    shown[`/${path}`] = await page.content();
  }
  const lists = ["traffic", "traffic.har", "tokens", "oauth-keys", "legacy-keys", "sandbox", "rehearsal", "faults"];
  for (const path of [...lists, ...numbers.flatMap((number) => [`traffic/${number}`, `traffic/${number}/curl`])]) {
    shown[`/api/${path}`] = JSON.stringify(await sandbox.api("GET", path));
  }
  const events = await fetch(`${sandbox.dashboard}api/events`);
  const reader = events.body.getReader();
  shown["/api/events"] = Buffer.from((await reader.read()).value).toString();
  await reader.cancel();
  assert.match(shown["/api/events"], /^data: \{"newest":\d+\}\n\n$/);
  for (const [where, text] of Object.entries(shown)) {
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(secret.length > 15, name);
      assert.ok(!text.includes(secret), `${where} shows the ${name}`);
    }
    assert.doesNotMatch(text, /eyJ[\w-]+\.[\w-]+\.[\w-]{20}/, `${where} shows an assertion`);
    assert.doesNotMatch(text, /BEGIN [A-Z ]*PRIVATE KEY/, `${where} shows a private key`);
  }
});

test("a page of another origin gets nothing and changes nothing", async () => {
  const before = await sandbox.api("GET", "clock");
  const attack = `
    <form id=f method=post action="${sandbox.dashboard}do"><input name=operation value=clearTraffic></form>
    <iframe id=i src="${sandbox.dashboard}"></iframe>`;
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(attack));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const other = await browser.context.newPage();
  try {
    await other.goto(`http://localhost:${server.address().port}/`);
    const results = await other.evaluate(async (dashboard) => {
      const tried = [
        fetch(`${dashboard}api/traffic`).then((it) => it.text()),
        fetch(`${dashboard}api/traffic`, { mode: "no-cors" }).then((it) => it.text()),
        fetch(`${dashboard}api/clock`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: '{"by":"1h"}' }).then((it) => it.text()),
        fetch(`${dashboard}do`, { method: "POST", mode: "no-cors", body: new URLSearchParams({ operation: "moveClock", by: "1h" }) }).then((it) => it.text()),
        new Promise((done) => {
          const events = new EventSource(`${dashboard}api/events`);
          events.onmessage = ({ data }) => done(data);
          events.onerror = () => { events.close(); done(""); };
        }),
      ];
      const settled = await Promise.allSettled(tried);
      return settled.map(({ value }) => value ?? "");
    }, sandbox.dashboard);
    assert.deepEqual(results, ["", "", "", "", ""]);
    await other.evaluate(() => document.getElementById("f").submit());
    await other.getByText("a page of another origin may not use the dashboard").waitFor();
    assert.equal((await sandbox.api("GET", "clock")).ahead_secs, before.ahead_secs);
    assert.ok((await sandbox.api("GET", "traffic")).exchanges.length > 0, "nothing was cleared");
  } finally {
    await other.close();
    server.close();
    server.closeAllConnections();
  }
});
