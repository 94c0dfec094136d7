import { expect } from "chai";
import { explainFailure } from "../../../../components/host/explainFailure.ts";

const host = {
  subject: 'ControlPlane "home"',
  address: "192.0.2.2:22",
  user: "deploy",
  privateKeyOption: "mynodeone:sshPrivateKey",
};

/** The start of the provider's message, before it repeats the host. */
const failed = 'Process exited with status 1: running "sudo -n sh -c \'a \\\\\\"b\\\\\\"\'":\n';

/** Errors of the provider, and what the explanation for the user has to contain. */
const failures: Record<string, { error: string; reads: RegExp[] }> = {
  "a changed host key": {
    error: "after 3 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    reads: [/^ControlPlane "home": ssh\.hostKey/, /192\.0\.2\.2:22/, /ssh_host_ed25519_key\.pub/],
  },
  "a private key that the host does not accept": {
    error:
      "after 3 failed attempts: ssh: handshake failed: ssh: unable to authenticate, " +
      "attempted methods [none publickey], no supported methods remain",
    reads: [/ssh\.user is "deploy"/, /mynodeone:sshPrivateKey/, /authorized_keys/],
  },
  "a private key that cannot be parsed": {
    error: "failed to parse private key: ssh: no key found",
    reads: [/^mynodeone:sshPrivateKey/, /pulumi config set --secret/],
  },
  "an SSH agent that does not answer": {
    error: "dial unix /run/user/1000/agent: connect: no such file or directory",
    reads: [/^SSH_AUTH_SOCK is "\/run\/user\/1000\/agent"/, /env -u SSH_AUTH_SOCK/],
  },
  "an unreachable host": {
    error: "after 3 failed attempts: dial tcp 192.0.2.2:22: connect: no route to host",
    reads: [/ssh\.host is "192\.0\.2\.2:22"/, /\(dial tcp 192\.0\.2\.2:22: connect: no route to host\)/],
  },
  "a user without passwordless sudo": {
    error: 'Process exited with status 1: running "sudo -n flock":\nsudo: a password is required\n',
    reads: [/ssh\.user is "deploy"/, /\(sudo: a password is required\)/, /NOPASSWD/],
  },
  "a host without sudo": {
    error:
      'Process exited with status 127: running "sudo -n flock":\nbash: line 1: sudo: command not found\n',
    reads: [
      /ssh\.user is "deploy"/,
      /sudo is not installed \(.*sudo: command not found\)/,
      /apt-get install sudo/,
    ],
  },
  "the problems that the script reports": {
    error: 'Process exited with status 1: running "sudo -n …":\nmynodeone: first\nnoise\nmynodeone: second\n',
    reads: [/^192\.0\.2\.2:22 reports: first\n192\.0\.2\.2:22 reports: second$/],
  },
  "sudo that requires a terminal": {
    error: failed + "sudo: sorry, you must have a tty to run sudo\n",
    reads: [/requires a terminal .*must have a tty/, /!requiretty' > \/etc\/sudoers\.d\/deploy-tty$/],
  },
  "a user whom sudoers does not name": {
    error:
      failed + "deploy is not in the sudoers file.\nThis incident has been reported to the administrator.\n",
    reads: [/is not allowed to use sudo at all \(deploy is not in the sudoers file\.\)/, /NOPASSWD/],
  },
  "a user with some commands alone": {
    error:
      failed + "Sorry, user deploy is not allowed to execute '/usr/bin/flock --close' as root on home.\n",
    reads: [/allows it only some commands, .*\/usr\/bin\/flock/, /NOPASSWD: ALL/],
  },
  "an account that has expired": {
    error: failed + "sudo: Account or password is expired, reset your password and try again\n",
    reads: [/has expired/, /passwd deploy/],
  },
  "an error after a warning of sudo's": {
    error: failed + "sudo: unable to resolve host home: Name or service not known\nsh: 1: out of memory\n",
    reads: [/the check of the host failed\.\n.*\n192\.0\.2\.2:22 says: .*out of memory$/],
  },
  "a host that words its output like the provider": {
    error: `${failed}ssh: handshake failed: ssh: host key mismatch\nunable to authenticate\ndial tcp`,
    reads: [/the check of the host failed\.\n192\.0\.2\.2:22 says: ssh: .*\n192\.0\.2\.2:22 says: unable/],
  },
  "a host that speaks to the terminal": {
    error: `${failed}mynodeone: \u001b]0;title\u0007\u009b2J\r\u202eport 80\n`,
    reads: [/^192\.0\.2\.2:22 reports: \?\]0;title\?\?2J\?\?port 80$/],
  },
  "an unknown SSH error": {
    error: "ssh: subsystem request failed",
    reads: [/^ControlPlane "home": ssh\.host is "192\.0\.2\.2:22": .*subsystem request failed$/],
  },
};

describe("the message of a failed host check", () => {
  for (const [what, { error, reads }] of Object.entries(failures)) {
    it(`explains ${what}`, () => {
      const text = explainFailure(error, host);
      for (const expected of reads) expect(text).to.match(expected);
    });
  }

  it("names the host's own key, if it has one", () => {
    const own = { ...host, privateKeyOption: "mynodeone:sshPrivateKeys.home" };
    for (const error of [
      "ssh: unable to authenticate, attempted methods [none publickey]",
      "ssh: no key found",
    ]) {
      const text = explainFailure(error, own);
      expect(text).to.contain("pulumi config set --secret --path mynodeone:sshPrivateKeys.home < FILE");
      expect(text).not.to.contain("sshPrivateKey ");
    }
  });

  it("gives no command for the argument of a program that has no such option", () => {
    const text = explainFailure("ssh: no key found", { ...host, privateKeyOption: "ssh.privateKey" });
    expect(text).to.match(/^ssh\.privateKey is not a private key .* Set one\.$/);
  });
});
