import { removeProxyTools, setUpProxyTools } from "../../../../components/controlPlane/proxyTools.ts";
import { renderResolvConf } from "../../../../components/controlPlane/resolvConf.ts";
import { matchSnapshot } from "../../snapshot.ts";
import { matchScript } from "../shell.ts";

describe("the scripts of the proxies' tools", () => {
  const scripts = {
    "proxy-tools.sh": setUpProxyTools("10.43.0.10"),
    "proxy-tools-remove.sh": removeProxyTools(),
  };
  for (const [name, script] of Object.entries(scripts)) {
    it(`match the snapshot of ${name}`, () => {
      matchScript(name, script);
    });
  }

  it("match the snapshot of resolv.conf", () => {
    matchSnapshot("components/resolv.conf", renderResolvConf("10.43.0.10"));
  });
});
