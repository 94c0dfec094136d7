import { parseOptions } from "../commandLine.ts";
import { serve } from "../httpService.ts";
import { createCloudflare } from "./app.ts";
import { labZone } from "./labZone.ts";
import { RecordStore } from "./store.ts";
import { tokenFile } from "./tokens.ts";

/** `node main.ts --listen IP:PORT --tokens-file FILE --state DIRECTORY --zone-file FILE` */
const options = parseOptions(["listen", "tokens-file", "state", "zone-file"]);
const store = new RecordStore({
  stateDirectory: options.state,
  zoneFile: options["zone-file"],
  base: labZone,
});
await serve(createCloudflare({ tokens: tokenFile(options["tokens-file"]), store }), options.listen);
