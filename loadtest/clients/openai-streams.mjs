// Streams and repeated calls over the OpenAI API: closed, resumed, sent twice.

import { randomUUID } from "node:crypto";
import { all, chunksOf, eventually, expect, Failed, LONG, same, streamed, told, url } from "./openai-api.mjs";

/** Requests whose client left, of all that the ingress counts. */
export async function cancelled(api) {
  const metrics = await api.client.get(`${url}/metrics`);
  return Number(/^anyserve_ingress_requests_ended_total\{outcome="cancelled"\} (.*)/m.exec(metrics)[1]);
}

/** Closes a stream after its first chunk; its request. */
async function closeEarly(api) {
  const { data, response } = await api.chat(LONG).withResponse();
  for await (const _ of data) break;
  data.controller.abort();
  return response.headers.get("x-request-id");
}

export const streams = {
  async "a stream that is closed is cancelled"(api) {
    const before = await cancelled(api);
    await closeEarly(api);
    expect(await eventually(async () => (await cancelled(api)) > before), "nothing was cancelled");
  },

  async "a stream that is closed has ended in /system"(api) {
    const request = await closeEarly(api);
    let state;
    for (let look = 0; look < 20; look++) {
      const { recent } = await api.client.get(`${url}/system`);
      state = recent.find((entry) => entry.id === request)?.state;
      if (state && state !== "running") return;
      await new Promise((wake) => setTimeout(wake, 100));
    }
    throw new Failed(`${state} after 2 s (expected: finished or cancelled)`);
  },

  async "a stream that is resumed with Last-Event-ID"(api) {
    const response = await api.chat({ stream: true }).asResponse();
    const events = (await response.text()).split("\n\n").filter((event) => event.includes("data: {"));
    const ids = events.map((event) => /^id: ?(.*)$/m.exec(event)?.[1]);
    const words = events.map((event) => JSON.parse(/^data: (.*)$/m.exec(event)[1]).choices[0].delta.content ?? "");
    expect(ids.length > 3 && ids.every(Boolean), `${ids.length} ids`);
    const headers = { "Last-Event-ID": ids[1], Accept: "text/event-stream" };
    const rest = await all(await api.client.get("/streams", { stream: true, headers }));
    const given = rest.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
    same(given, words.filter((_, i) => ids.indexOf(ids[i]) > 1).join(""), "the rest");
  },

  async "an idempotency key twice"(api) {
    const headers = { "Idempotency-Key": randomUUID() };
    const first = await api.chat({}, { headers });
    const second = await api.chat({}, { headers });
    same([second.id, told(second)], [first.id, told(first)], "the second answer");
  },

  async "an idempotency key twice, as a stream"(api) {
    const headers = { "Idempotency-Key": randomUUID() };
    const first = await chunksOf(api.chat({ stream: true }, { headers }));
    const second = await chunksOf(api.chat({ stream: true }, { headers }));
    same([second[0].id, streamed(second)], [first[0].id, streamed(first)], "the second stream");
  },
};
