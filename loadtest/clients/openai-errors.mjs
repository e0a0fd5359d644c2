// What the OpenAI API refuses, as the exceptions of the client.

import { randomUUID } from "node:crypto";
import { chat, connect, expect, MODEL, refusal, refused, same, told } from "./openai-api.mjs";

const PER_MINUTE = 3;

// Calls with a body that is too large: a client that still sends may miss the answer.
const TIMES = 20;

function bad(param, fields, code = "invalid_value") {
  return (api) => refused("BadRequestError", api.chat(fields), 400, code, param);
}

function raw(api, body, kind = "application/json") {
  return api.client.post("/chat/completions", { body, headers: { "Content-Type": kind } });
}

const LOOK = { name: "look", parameters: { type: "object" } };
const SCHEMA = { type: "json_schema", json_schema: { name: "fox", schema: { type: "object" } } };

export const refusals = {
  "400: n of 0": bad("n", { n: 0 }),
  "400: more choices than allowed": bad("n", { n: 17 }),
  "400: max_tokens beyond the limit": bad("max_tokens", { max_tokens: 1_000_000 }),
  "400: max_completion_tokens beyond what an answer may have": bad("max_completion_tokens", { max_tokens: undefined, max_completion_tokens: 5_000 }),
  "400: temperature out of range": bad("temperature", { temperature: 9 }),
  "400: too many stop strings": bad("stop", { stop: Array.from({ length: 17 }, (_, i) => `s${i}`) }),
  "400: top_logprobs beyond the limit": bad("top_logprobs", { logprobs: true, top_logprobs: 21 }),
  "400: no messages": bad("messages", { messages: [] }),
  "400: as a stream": bad("n", { n: 0, stream: true }),
  "400: a tool": bad("tools", { tools: [{ type: "function", function: LOOK }] }, "unsupported_parameter"),
  "400: a JSON schema": bad("response_format", { response_format: SCHEMA }, "unsupported_parameter"),
  "400: an unknown parameter": bad("colour", { colour: "red" }, "unsupported_parameter"),

  async "400: an image"(api) {
    const content = [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }];
    const error = await refusal(api.chat({ messages: [{ role: "user", content }] }));
    same(error.status, 400, "status");
    expect(error.param?.startsWith("messages"), `param: ${error.param}`);
  },

  async "400: JSON that is cut off"(api) {
    const error = await refusal(raw(api, Buffer.from('{"model":')));
    same([error.status, error.code, error.param], [400, "malformed_json", null], "refusal");
  },

  async "404: an unknown model"(api) {
    const given = [404, "model_not_found", "model"];
    await refused("NotFoundError", api.chat({ model: "nobody" }), ...given);
    await refused("NotFoundError", api.client.models.retrieve("nobody"), ...given);
  },

  async "404: an unknown path"(api) {
    await refused("NotFoundError", api.client.moderations.create({ input: "Once" }), 404, "not_found");
  },

  async "405: another method"(api) {
    const error = await refusal(api.client.get("/chat/completions"));
    same([error.status, error.code], [405, "method_not_allowed"], "refusal");
  },

  async "413: a body that is too large"(api) {
    const wrong = [];
    for (let call = 0; call < TIMES; call++) {
      const error = await refusal(raw(api, Buffer.from(`{"model":"${"a".repeat(6 << 20)}"}`)));
      const given = [error.status, error.code, error.headers?.get("x-should-retry")];
      if (given.join() !== "413,too_large,false")
        wrong.push(`${error.constructor.name} ${error.status} ${error.cause?.cause?.code}`);
    }
    expect(!wrong.length, `${wrong.length} of ${TIMES} were no 413 but ${[...new Set(wrong)].join(", ")}`);
  },

  async "415: a body that is no JSON"(api) {
    const error = await refusal(raw(api, Buffer.from("model=story"), "application/x-www-form-urlencoded"));
    same([error.status, error.code], [415, "unsupported_media_type"], "refusal");
  },

  async "422: an idempotency key with another body"(api) {
    const headers = { "Idempotency-Key": randomUUID() };
    await api.chat({}, { headers });
    const again = api.chat({ max_tokens: 3 }, { headers });
    const error = await refused("UnprocessableEntityError", again, 422, "idempotency_conflict");
    same(error.headers.get("x-should-retry"), "false", "x-should-retry");
  },

  async "a refusal is sent once"() {
    let sent = 0;
    const counting = (...request) => {
      sent++;
      return fetch(...request);
    };
    const client = connect("none", { maxRetries: 2, fetch: counting });
    const call = client.chat.completions.create(chat({ n: 0 }));
    const error = await refused("BadRequestError", call, 400, "invalid_value", "n");
    same(error.headers.get("x-should-retry"), "false", "x-should-retry");
    expect(error.requestID, "no requestID");
    same(sent, 1, "calls");
  },

  async "401: no key, a wrong key"(api) {
    const stranger = connect("ak-wrong");
    const create = stranger.chat.completions.create(chat());
    await refused("AuthenticationError", create, 401, "invalid_api_key");
    await refused("AuthenticationError", stranger.models.list(), 401, "invalid_api_key");
    expect(told(await api.chat()), "no text");
  },

  async "429: more requests than the key may make"(api) {
    for (let left = PER_MINUTE - 1; left >= 0; left--) {
      const { headers } = await api.chat().asResponse();
      const given = ["limit", "remaining"].map((name) => headers.get(`x-ratelimit-${name}-requests`));
      same(given, [`${PER_MINUTE}`, `${left}`], "limit and remaining");
    }
    const { headers } = await refused("RateLimitError", api.chat(), 429, "rate_limit_exceeded");
    same(headers.get("x-should-retry"), "true", "x-should-retry");
    const [wait, millis] = ["retry-after", "retry-after-ms"].map((name) => Number(headers.get(name)));
    expect(wait > 0 && wait <= 60, `retry-after: ${wait}`);
    expect(millis > 0 && millis <= 60_000, `retry-after-ms: ${millis}`);
  },
};
