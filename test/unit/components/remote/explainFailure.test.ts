import { expect } from "chai";
import { explainFailure } from "../../../../components/remote/explainFailure.ts";

const host = { subject: 'ControlPlane "home"', address: "192.0.2.2:22", user: "deploy" };

/** What the provider says, and what a user has to read of it. */
const failures: Record<string, { error: string; reads: RegExp[] }> = {
  "another host key": {
    error: "after 3 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    reads: [/^ControlPlane "home": ssh\.hostKey/, /192\.0\.2\.2:22/, /ssh_host_ed25519_key\.pub/],
  },
  "a key that the host does not take": {
    error:
      "after 3 failed attempts: ssh: handshake failed: ssh: unable to authenticate, " +
      "attempted methods [none publickey], no supported methods remain",
    reads: [/ssh\.user is "deploy"/, /mynodeone:sshPrivateKey/, /authorized_keys/],
  },
  "a key that is none": {
    error: "failed to parse private key: ssh: no key found",
    reads: [/^mynodeone:sshPrivateKey/, /pulumi config set --secret/],
  },
  "a host that is off": {
    error: "after 3 failed attempts: dial tcp 192.0.2.2:22: connect: no route to host",
    reads: [/ssh\.host is "192\.0\.2\.2:22"/, /\(dial tcp 192\.0\.2\.2:22: connect: no route to host\)/],
  },
  "a user without sudo": {
    error: 'Process exited with status 1: running "sudo -n flock":\nsudo: a password is required\n',
    reads: [/ssh\.user is "deploy"/, /\(sudo: a password is required\)/, /NOPASSWD/],
  },
  "a host without sudo": {
    error:
      'Process exited with status 127: running "sudo -n flock":\nbash: line 1: sudo: command not found\n',
    reads: [/ssh\.user is "deploy"/, /sudo: command not found/],
  },
  "what the script found": {
    error: 'Process exited with status 1: running "sudo -n …":\nmynodeone: first\nnoise\nmynodeone: second\n',
    reads: [/^first\nsecond$/],
  },
  "words that nobody foresaw": {
    error: "ssh: subsystem request failed",
    reads: [/^ControlPlane "home": ssh\.host is "192\.0\.2\.2:22": .*subsystem request failed$/],
  },
};

describe("the failure of a check", () => {
  for (const [what, { error, reads }] of Object.entries(failures)) {
    it(`explains ${what}`, () => {
      const text = explainFailure(error, host);
      for (const expected of reads) expect(text).to.match(expected);
    });
  }
});
