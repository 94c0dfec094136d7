import { ssh, type HostName } from "../../lab/run.ts";
import { services } from "../../lab/topology.ts";

const dropIns = "/run/systemd/system/traefik.service.d";

/** With `dns-01` Traefik asks Cloudflare's API; in the lab, the lab's. */
export async function leadToLabsApi(edge: HostName): Promise<void> {
  const api = `http://${services.cloudflare.name}/client/v4`;
  const script = `mkdir -p ${dropIns}; cat >${dropIns}/api.conf; systemctl daemon-reload`;
  await ssh(edge, `sudo sh -euc '${script}'`, {
    input: `[Service]\nEnvironment=CLOUDFLARE_BASE_URL=${api}\n`,
  });
}

export async function leadToVendorsApi(edge: HostName): Promise<void> {
  await ssh(edge, `sudo rm -rf ${dropIns} && sudo systemctl daemon-reload`);
}
