// The checks in Node.js: `node node.mjs redox_auth.wasm`.
import { readFileSync } from "node:fs";
import { tokenRequest } from "../../examples/wasm/redox_auth.mjs";
import { run } from "./checks.mjs";

const wasm = readFileSync(process.argv[2]);
const done = await run(wasm);
console.log(`Node.js ${process.versions.node}: ${done.length} checks of the WebAssembly module`);

// The requests of tests/c/requests.c, at the same time and with the same random bytes.
const read = (name) => readFileSync(new URL(`../requests/${name}`, import.meta.url), "utf8");
const module = await WebAssembly.compile(wasm);
Date.now = () => 1_800_000_000_000;
crypto.getRandomValues = (bytes) => bytes.map((_, at) => at + 1);
const fields = { clientId: "client-1", keyId: "key-1", tokenUrl: "https://as.example/token", scope: "system/Patient.rs" };
let found = "";
for (const name of ["es256", "es384", "rs384"]) {
  const { init } = await tokenRequest(module, { ...fields, key: read(`${name}.jwk`) });
  found += `${init.body}\n`;
}
if (found !== read("expected.txt")) throw new Error(`other requests than expected.txt has:\n${found}`);
console.log(`Node.js ${process.versions.node}: the same requests as everywhere`);
