import { expect } from "chai";
import {
  isClusterAddress,
  isClusterNetwork,
  isPublicAddress,
  isTailnetAddress,
  isTailnetNetwork,
} from "../../../../components/inputs/networks.ts";

/** Each check with texts that it accepts and texts that it refuses. */
const cases: [check: (text: string) => boolean, good: string[], bad: string[]][] = [
  [
    isTailnetAddress,
    ["100.64.0.0", "100.127.255.255"],
    ["100.63.255.255", "100.128.0.0", "10.0.0.1", "fd7a:115c:a1e0::1", "100.64.0.1/32", "100.64.0"],
  ],
  [
    isTailnetNetwork,
    ["100.64.0.0/10", "100.64.0.7", "100.100.0.0/16", "100.64.0.7/32"],
    [
      "100.0.0.0/8",
      "100.64.0.0/9",
      "0.0.0.0/0",
      "10.0.0.0/8",
      "100.64.0.7/16",
      "100.64.0.0/",
      "fd7a:115c:a1e0::/48",
    ],
  ],
  [
    isClusterNetwork,
    ["10.42.0.0/16", "10.0.0.0/8", "172.16.0.0/12", "192.168.64.0/18", "10.43.0.0/32"],
    [
      ...[
        "0.0.0.0/0",
        "8.0.0.0/7",
        "11.0.0.0/8",
        "172.0.0.0/8",
        "192.168.0.0/15",
        "100.64.0.0/10",
        "127.0.0.0/8",
      ],
      ...["203.0.113.0/24", "10.42.0.1/16", "10.42.0.0", "fd00::/8", "::ffff:10.0.0.0/104", ""],
    ],
  ],
  [
    isClusterAddress,
    ["10.43.0.10", "172.16.0.10", "169.254.20.10"],
    ["8.8.8.8", "100.64.0.1", "127.0.0.53", "203.0.113.7", "10.43.0.300", "fd00::10", "10.43.0.10/32", ""],
  ],
  [
    isPublicAddress,
    ["203.0.113.7", "198.51.100.10", "45.8.133.192", "172.32.0.1", "11.0.0.1"],
    [
      "10.0.0.1",
      "172.16.0.1",
      "192.168.1.1",
      "127.0.0.1",
      "169.254.1.1",
      "100.64.0.1",
      "224.0.0.1",
      "0.0.0.0",
      "1.2.3",
      "::1",
    ],
  ],
];

describe("the check of an address or network", () => {
  for (const [check, good, bad] of cases) {
    it(`${check.name} accepts valid and refuses invalid text`, () => {
      expect(good.filter((text) => !check(text))).to.be.empty;
      expect(bad.filter(check)).to.be.empty;
    });
  }
});
