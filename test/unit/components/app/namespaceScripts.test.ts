import { removeEmptyNamespace } from "../../../../components/app/namespaceScripts.ts";
import { matchScript } from "../shell.ts";

describe("the removal of a namespace", () => {
  it("matches the snapshot of its script", () => {
    matchScript("namespace-remove.sh", removeEmptyNamespace("uptime-kuma", "monitoring"));
  });
});
