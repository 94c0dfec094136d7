import { runLanguageHost } from "./languageHost.ts";

runLanguageHost();
