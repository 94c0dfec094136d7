import { expect } from "chai";
import { execa } from "execa";
import { runStack } from "../../../../lab/operator.ts";
import { poll } from "../../../../lab/poll.ts";
import { insideNetwork } from "../../../../lab/run.ts";
import type { StackRequest } from "../../../../lab/stack.ts";
import { labConfig, stackSecrets } from "../../../../lab/stackConfig.ts";
import { domain, hosts } from "../../../../lab/topology.ts";
import { makeRecord, removeRecord } from "../../../../lab/vendors.ts";
import { failureOf } from "../../failure.ts";
import { standingStack } from "../../standingStack.ts";

const port = 8099;
/** A name of the listener to which a run may send plain HTTP. */
const listener = `listener.${domain}`;

/** The options and environment variables that name a provider's server, and the token sent to it. */
const providers = {
  Cloudflare: {
    option: "cloudflare:baseUrl",
    variable: "CLOUDFLARE_BASE_URL",
    token: () => stackSecrets()["cloudflare:apiToken"],
  },
  Tailscale: {
    option: "tailscale:baseUrl",
    variable: "TAILSCALE_BASE_URL",
    // Sent as the user of Basic authentication, without a password.
    token: () => Buffer.from(`${stackSecrets()["tailscale:apiKey"]}:`).toString("base64"),
  },
};

/** Records the headers of all requests, and answers none. */
const program = `require("node:http")
  .createServer((request, response) => {
    console.log(JSON.stringify(request.headers));
    response.writeHead(403).end("{}");
  })
  .listen(${port}, "${hosts.client.address}", () => console.log("listening"));`;

describe("the operator's token", () => {
  let record: string;

  before(async () => {
    await standingStack();
    record = await makeRecord({ name: listener, content: hosts.client.address });
  });

  after(() => removeRecord(record));

  for (const [vendor, { option, variable, token }] of Object.entries(providers)) {
    it(`is not sent to a server that a stack file names in place of ${vendor}'s`, async () => {
      for (const host of [hosts.client.address, listener]) {
        const url = `http://${host}:${port}`;
        const { failure, heard } = await previewed({ config: { ...labConfig(), [option]: url } });
        expect(failure).to.contain(`${option}: would send this provider's token`).and.contain(variable);
        expect(heard, url).to.equal("");
      }
    });

    it(`is sent to a server that the environment names in place of ${vendor}'s (the control)`, async () => {
      const { heard } = await previewed({ environment: { [variable]: `http://${listener}:${port}` } });
      expect(heard).to.contain(token());
    });

    it(`is not sent in plain text to a server that the environment names in place of ${vendor}'s`, async () => {
      const url = `http://${hosts.client.address}:${port}`;
      const { failure, heard } = await previewed({ environment: { [variable]: url } });
      expect(failure).to.contain(variable).and.contain("Use https://");
      expect(heard).to.equal("");
    });
  }
});

/** The error of a preview that has to fail, and what the listener has received meanwhile. */
async function previewed(request: Partial<StackRequest>): Promise<{ failure: string; heard: string }> {
  const [command, args] = insideNetwork("client", [process.execPath, "--eval", program]);
  const child = execa(command, args, { reject: false });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  try {
    await poll(() => expect(printed).to.contain("listening\n"), { what: "a listener", timeout: 20_000 });
    const failure = await failureOf(runStack({ operation: "preview", ...request }));
    return { failure, heard: printed.replace("listening\n", "") };
  } finally {
    child.kill();
    await child;
  }
}
