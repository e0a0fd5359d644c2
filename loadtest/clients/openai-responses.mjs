// Responses over the OpenAI API: kept, streamed, continued, cancelled.

import { randomUUID } from "node:crypto";
import OpenAI from "openai";
import { all, answer, eventually, expect, MODEL, refused, same, SYSTEM, TOKENS, USER } from "./openai-api.mjs";

const ID = "response_id";
const NOBODY = "resp_0123456789abcdef";

const EVENTS = [
  "response.created",
  "response.in_progress",
  "response.output_item.added",
  "response.content_part.added",
  "response.output_text.delta",
  "response.output_text.done",
  "response.content_part.done",
  "response.output_item.done",
];

// Of a response that the model ends, which the client's accumulator waits for.
const COMPLETE = { max_output_tokens: 2048, ignore_eos: undefined, seed: 0 };

function ended(response, status = "incomplete") {
  same([response.object, response.model, response.status], ["response", MODEL, status], "response");
  same(response.output.map((item) => item.type), ["message"], "output");
  expect(response.output_text, "no text");
  return response.output_text;
}

function ordered(events, first = 0, last = "response.incomplete") {
  const numbers = events.map((event) => event.sequence_number);
  same(numbers, events.map((_, i) => first + i), "sequence numbers");
  if (first === 0) same([...new Set(events.map((event) => event.type))], [...EVENTS, last], "events");
}

const written = (events) => events.map((e) => (e.type === "response.output_text.delta" ? e.delta : "")).join("");

function gone(api, name) {
  return refused("NotFoundError", api.client.responses.retrieve(name), 404, "response_not_found", ID);
}

async function moreInput(api, fields) {
  const alone = (await api.respond({ input: fields.input ?? "Once upon a time" })).usage.input_tokens;
  const response = await api.respond(fields);
  ended(response);
  const given = response.usage.input_tokens;
  expect(given > alone, `input_tokens: ${given} (expected: more than ${alone})`);
  return response;
}

export const responses = {
  async response(api) {
    const response = await api.respond();
    ended(response);
    const { input_tokens: input, output_tokens: output, total_tokens: total } = response.usage;
    same([output, total], [TOKENS, input + TOKENS], "output_tokens and total_tokens");
    expect(response.id.startsWith("resp_"), `id: ${response.id}`);
  },

  async "response that is incomplete"(api) {
    const response = await api.respond({ max_output_tokens: 3 });
    ended(response);
    same(response.incomplete_details.reason, "max_output_tokens", "reason");
  },

  async "response by its id"(api) {
    const response = await api.respond();
    const found = await api.client.responses.retrieve(response.id);
    same([found.id, found.output_text], [response.id, response.output_text], "response");
  },

  async "response as a stream"(api) {
    const events = await all(await api.respond({ stream: true }));
    ordered(events);
    const { response } = events.at(-1);
    same(written(events), response.output[0].content[0].text, "text");
    same(response.id, events[0].response.id, "id");
  },

  async "response that is completed"(api) {
    const response = await api.respond(COMPLETE);
    ended(response, "completed");
    same(response.incomplete_details, null, "incomplete_details");
  },

  async "response as a stream that is completed"(api) {
    const events = await all(await api.respond({ ...COMPLETE, stream: true }));
    ordered(events, 0, "response.completed");
    const { response } = events.at(-1);
    same([response.status, response.output[0].content[0].text], ["completed", written(events)], "status and text");
  },

  async "response with the client's accumulator"(api) {
    const response = await api.client.responses.stream(answer(COMPLETE)).finalResponse();
    same(ended(response, "completed"), (await api.respond(COMPLETE)).output_text, "text");
  },

  async "response by its id with the client's accumulator"(api) {
    const response = await api.respond(COMPLETE);
    const stream = api.client.responses.stream({ response_id: response.id, starting_after: 5 });
    ordered(await all(stream), 6);
    same((await stream.finalResponse()).output_text, response.output_text, "text");
  },

  async "response in the background"(api) {
    const begun = await api.respond({ background: true });
    expect(["queued", "in_progress"].includes(begun.status), `status: ${begun.status}`);
    let found;
    await eventually(async () => {
      found = await api.client.responses.retrieve(begun.id);
      return !["queued", "in_progress"].includes(found.status);
    });
    ended(found);
  },

  async "response whose stream is resumed"(api) {
    const events = await all(await api.respond({ stream: true }));
    const number = Math.floor(events.length / 2);
    const asked = { stream: true, starting_after: number };
    const rest = await all(await api.client.responses.retrieve(events[0].response.id, asked));
    ordered(rest, number + 1);
    same(rest, events.slice(number + 1), "the rest");
  },

  async "response in the background whose stream is read again"(api) {
    let name;
    for await (const event of await api.respond({ background: true, stream: true })) {
      name = event.response.id;
      break;
    }
    ordered(await all(await api.client.responses.retrieve(name, { stream: true })));
    ended(await api.client.responses.retrieve(name));
  },

  async "response in the background that is cancelled"(api) {
    const begun = await api.respond({ background: true, max_output_tokens: 2048 });
    let response;
    try {
      response = await api.client.responses.cancel(begun.id);
    } catch (error) {
      if (!(error instanceof OpenAI.BadRequestError)) throw error;
      response = await api.client.responses.retrieve(begun.id);
    }
    const { status } = response;
    expect(["cancelled", "incomplete"].includes(status), `status: ${status}`);
    if (status === "incomplete") return "it had ended";
    same((await api.client.responses.cancel(begun.id)).status, status, "status when cancelled again");
  },

  async "cancelling a response that ended"(api) {
    const { id } = await api.respond();
    await refused("BadRequestError", api.client.responses.cancel(id), 400, "invalid_value", ID);
  },

  async "deleting a response"(api) {
    const { id } = await api.respond();
    await api.client.responses.delete(id);
    await gone(api, id);
  },

  async "response that is not stored"(api) {
    const response = await api.respond({ store: false });
    ended(response);
    await gone(api, response.id);
  },

  async "response that nobody made"(api) {
    await gone(api, NOBODY);
  },

  async "input items by pages"(api) {
    const said = ["One.", "Two.", "Three."];
    const input = said.map((content, i) => ({ role: i === 1 ? "assistant" : "user", content }));
    const { id } = await api.respond({ input });
    for (const order of ["asc", "desc"]) {
      const listed = () => api.client.responses.inputItems.list(id, { order, limit: 2 });
      const page = await listed();
      same([page.data.length, page.has_more], [2, true], "the first page");
      const given = (await all(listed())).map((item) => item.content[0].text);
      same(given, order === "asc" ? said : [...said].reverse(), `texts, ${order}`);
    }
  },

  async "response to a conversation of parts"(api) {
    const part = (words) => [{ type: "input_text", text: words }];
    const alone = await api.respond({ store: false });
    const input = [
      { role: "developer", content: part(SYSTEM.content) },
      { role: "user", content: part("Once upon a time") },
    ];
    const response = await api.respond({ input, store: false });
    ended(response);
    expect(response.usage.input_tokens > alone.usage.input_tokens, "no more input_tokens");
  },

  async "response with previous_response_id"(api) {
    const first = await api.respond();
    const second = await moreInput(api, { input: "And then?", previous_response_id: first.id });
    same(second.previous_response_id, first.id, "previous_response_id");
    const items = await all(api.client.responses.inputItems.list(second.id));
    same(items.map((item) => item.content[0].text), ["And then?"], "input items");
  },

  async "response with the output of another as its input"(api) {
    const first = await api.respond();
    ended(await api.respond({ input: [USER, ...first.output, { role: "user", content: "And then?" }] }));
  },

  async "response to a response that nobody made"(api) {
    const name = "previous_response_id";
    const call = api.respond({ [name]: NOBODY });
    await refused("BadRequestError", call, 400, "previous_response_not_found", name);
  },

  async "response with instructions"(api) {
    const response = await moreInput(api, { instructions: SYSTEM.content });
    same(response.instructions, SYSTEM.content, "instructions");
  },

  async "tokens of the input of a response"(api) {
    const fields = { input: "Once upon a time", instructions: "You tell stories." };
    const counted = await api.client.responses.inputTokens.count({ model: MODEL, ...fields });
    same(counted.object, "response.input_tokens", "object");
    same(counted.input_tokens, (await api.respond(fields)).usage.input_tokens, "input_tokens");
  },

  async "response with metadata"(api) {
    const metadata = { team: "clients" };
    const response = await api.respond({ metadata });
    same(response.metadata, metadata, "metadata");
    same((await api.client.responses.retrieve(response.id)).metadata, metadata, "metadata later");
  },

  async "response with an idempotency key twice"(api) {
    const headers = { "Idempotency-Key": randomUUID() };
    const first = await api.respond({}, { headers });
    const second = await api.respond({}, { headers });
    same([second.id, second.output_text], [first.id, first.output_text], "the second response");
  },

  async "response with a tool"(api) {
    const tools = [{ type: "function", name: "look", parameters: { type: "object" }, strict: false }];
    await refused("BadRequestError", api.respond({ tools }), 400, "unsupported_parameter", "tools");
  },

  async "response with an unknown model"(api) {
    await refused("NotFoundError", api.respond({ model: "nobody" }), 404, "model_not_found", "model");
  },
};
