import { once } from "node:events";
import { parseListen, parseOptions } from "../commandLine.ts";
import { closeOnSignal } from "../httpService.ts";
import { createMirror } from "./server.ts";

/** `node main.ts --listen IP:PORT --root DIRECTORY` */
const { listen, root } = parseOptions(["listen", "root"]);
const server = createMirror(root);
server.listen(parseListen(listen));
await once(server, "listening");
console.log(`listening on ${listen}`);
closeOnSignal(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, "close");
});
