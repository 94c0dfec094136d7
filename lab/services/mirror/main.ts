import { parseOptions } from "../commandLine.ts";
import { serve } from "../httpService.ts";
import { createMirror } from "./server.ts";

/** `node main.ts --listen IP:PORT --root DIRECTORY` */
const { listen, root } = parseOptions(["listen", "root"]);
await serve(createMirror(root), listen);
