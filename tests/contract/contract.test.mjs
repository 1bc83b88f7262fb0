// The API does what its description says, whoever asks: schemathesis makes up requests from the description, as a visitor and
// as each role, on a workspace with something of everything. No answer is a fault of ours, none breaks the description.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as path } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { boardWithIdea, join, setUp } from "../browser/lib/api.mjs";
import { Atelier } from "../browser/lib/atelier.mjs";

const SCHEMATHESIS = process.env.SCHEMATHESIS ?? "schemathesis";
/** Seconds that each role's requests may take, and how many are made up of each operation. */
const SECONDS = 30;
const EXAMPLES = "12";
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];

let atelier;
/** Where schemathesis keeps what it found; gone afterwards, so that each run looks afresh. */
const folder = mkdtempSync(path(tmpdir(), "atelier-contract-"));
const tokens = { visitor: null };

before(async () => {
  atelier = await Atelier.start({ env: { ATELIER_WRITE_LIMITS: "10000" } });
  const owner = await setUp(atelier);
  await boardWithIdea(owner);
  await boardWithIdea(owner, { audience: "staff", title: "Behind the counter" });
  const token = async (person) => (await person.call("POST", "/tokens", { name: "contract" })).secret;
  for (const role of ["customer", "employee", "researcher", "moderator"]) {
    tokens[role] = await token(await join(owner, role, `The ${role}`));
  }
  tokens.owner = await token(owner);
}, { timeout: 60_000 });

after(async () => {
  await atelier?.stop();
  rmSync(folder, { recursive: true, force: true });
});

for (const role of ["visitor", "customer", "employee", "researcher", "moderator", "owner"]) {
  test(`as ${role}`, { timeout: (SECONDS + 90) * 1_000 }, async () => {
    const secret = tokens[role];
    const args = [
      ...["run", `${atelier.url}/api/v1/openapi.json`, "--url", `${atelier.url}/api/v1`],
      ...["--checks", CHECKS.join(","), "--phases", "examples,fuzzing", "--max-examples", EXAMPLES],
      ...["--max-time", String(SECONDS), "--seed", "1", "--workers", "2", "--no-shrink", "--no-color"],
      ...["--suppress-health-check", "all", "--generation-database", "none", "--warnings", "off"],
      ...(secret ? ["--header", `Authorization: Bearer ${secret}`] : []),
    ];
    const ran = await promisify(execFile)(SCHEMATHESIS, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }).catch((error) => error);
    assert.equal(ran.code ?? 0, 0, `${ran.stdout}\n${ran.stderr}`.slice(-12_000));
  });
}
