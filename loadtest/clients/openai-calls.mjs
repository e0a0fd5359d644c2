// The calls of the OpenAI API with the client for Node; their list is openai_calls.py.
//
//     node openai-calls.mjs http://127.0.0.1:7407 30
//
// Reads a line {"name","key"} for each call to make, and answers it with a line {"state","detail"}.

import { createInterface } from "node:readline";
import { sdk } from "./ai-sdk.mjs";
import { Api, Failed, Skipped } from "./openai-api.mjs";
import { chats } from "./openai-chats.mjs";
import { refusals } from "./openai-errors.mjs";
import { responses } from "./openai-responses.mjs";
import { streams } from "./openai-streams.mjs";
import { texts } from "./openai-texts.mjs";

const CALLS = { ...chats, ...streams, ...texts, ...responses, ...refusals, ...sdk };

async function attempt({ name, key }) {
  try {
    if (!Object.hasOwn(CALLS, name)) throw new Failed("openai-calls.mjs has no such call");
    const detail = await CALLS[name](new Api(key));
    return { state: "ok", detail: typeof detail === "string" ? detail : "" };
  } catch (error) {
    const known = error instanceof Failed || error instanceof Skipped;
    const detail = known ? error.message : `${error.name}: ${error.message}`.replaceAll(/\s+/g, " ").slice(0, 240);
    return { state: error instanceof Skipped ? "skipped" : "failed", detail };
  }
}

for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(JSON.stringify(await attempt(JSON.parse(line))) + "\n");
