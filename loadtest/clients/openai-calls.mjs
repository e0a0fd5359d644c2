// The calls of the OpenAI API with the client for Node; their list is openai_calls.py.
//
//     node openai-calls.mjs http://127.0.0.1:7407 30
//
// Reads a line {"name","key"} for each call to make, and answers it with a line {"state","detail"}.

import { isDeepStrictEqual } from "node:util";
import { createInterface } from "node:readline";
import { randomUUID } from "node:crypto";
import OpenAI from "openai";

const [url, patience] = process.argv.slice(2);
const MODEL = "story";
const TOKENS = 12;
const PER_MINUTE = 3;
const USER = { role: "user", content: "Once upon a time" };
const SYSTEM = { role: "system", content: "You tell stories." };
// Larger than what lies between server and client, so that it has not ended when the client leaves.
const LONG = { max_tokens: 2048, n: 4, logprobs: true, top_logprobs: 20, stream: true };
const ID = "response_id";
const NOBODY = "resp_0123456789abcdef";

class Failed extends Error {}
class Skipped extends Error {}

function expect(holds, what) {
  if (!holds) throw new Failed(what);
}

function same(given, wanted, what) {
  const text = `${what}: ${JSON.stringify(given)} (expected: ${JSON.stringify(wanted)})`;
  expect(isDeepStrictEqual(given, wanted), text.slice(0, 300));
}

function connect(apiKey, settings = {}) {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: patience * 1000, ...settings });
}

const chat = (fields) => ({ model: MODEL, messages: [USER], max_tokens: TOKENS, ignore_eos: true, ...fields });
const text = (fields) => ({ model: MODEL, prompt: "Once", max_tokens: TOKENS, ignore_eos: true, ...fields });
const answer = (fields) => ({
  model: MODEL,
  input: "Once upon a time",
  max_output_tokens: TOKENS,
  ignore_eos: true,
  ...fields,
});

async function all(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

async function eventually(look) {
  const until = Date.now() + patience * 1000;
  for (;;) {
    const found = await look();
    if (found || Date.now() > until) return found;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** What the API refused, which the client must throw. */
async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Failed("it was answered");
}

async function refused(kind, promise, status, code, param = null) {
  const error = await refusal(promise);
  const given = [error instanceof OpenAI[kind], error.status, error.code, error.param ?? null];
  same(given, [true, status, code, param], `${kind}, status, code, param`);
  expect(error.message, "no message");
  return error;
}

/** The client and what most calls ask of it. */
class Api {
  constructor(key) {
    this.client = connect(key);
  }

  chat(fields, options) {
    return this.client.chat.completions.create(chat(fields), options);
  }

  complete(fields) {
    return this.client.completions.create(text(fields));
  }

  respond(fields, options) {
    return this.client.responses.create(answer(fields), options);
  }

  post(path, body) {
    return this.client.post(path, { body: { model: MODEL, ...body } });
  }
}

function told(completion) {
  same(completion.choices.length, 1, "choices");
  return completion.choices[0].message.content;
}

function addsUp(usage, completed = TOKENS) {
  same(usage.completion_tokens, completed, "completion_tokens");
  expect(usage.prompt_tokens > 0, `prompt_tokens: ${usage.prompt_tokens}`);
  same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "total_tokens");
}

async function chunksOf(promise) {
  const chunks = await all(await promise);
  const heads = new Set(chunks.map(({ object, id, created, model }) => [object, id, created, model].join()));
  same(heads.size, 1, "objects, ids, times and models");
  same(chunks[0].object, "chat.completion.chunk", "object");
  return chunks;
}

function streamed(chunks, index = 0) {
  const parts = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
  same(parts[0].delta.role, "assistant", "the role of the first chunk");
  same(parts.map((part) => part.finish_reason).filter(Boolean), ["length"], "finish_reason");
  expect(parts.at(-1).finish_reason, "a chunk follows the finish_reason");
  return parts.map((part) => part.delta.content ?? "").join("");
}

async function stopped(api, stop) {
  const whole = told(await api.chat({ seed: 7 }));
  const word = whole.trim().split(" ")[3];
  const short = await api.chat({ seed: 7, stop: stop(word) });
  same(short.choices[0].finish_reason, "stop", "finish_reason");
  same(told(short), whole.slice(0, whole.indexOf(word)), "text");
}

async function longerPrompt(api, ...messages) {
  const alone = (await api.chat({ max_tokens: 1 })).usage.prompt_tokens;
  const more = (await api.chat({ max_tokens: 1, messages: [...messages, USER] })).usage.prompt_tokens;
  expect(more > alone, `prompt_tokens: ${more} (expected: more than ${alone})`);
  return more;
}

function likelihoods(tokens) {
  same(tokens.length, TOKENS, "tokens with logprobs");
  for (const token of tokens) {
    expect(token.logprob <= 0, `logprob: ${token.logprob}`);
    same(Buffer.from(token.bytes).toString(), token.token, "bytes");
    same(token.top_logprobs.length, 3, "top_logprobs");
    const best = token.top_logprobs.map((top) => top.logprob);
    same(best, [...best].sort((a, b) => b - a), "order of top_logprobs");
  }
  return tokens.map((token) => token.token).join("");
}

function textLikelihoods(logprobs, whole) {
  same(logprobs.tokens.join(""), whole, "tokens");
  same(logprobs.token_logprobs.length, TOKENS, "token_logprobs");
  same(logprobs.top_logprobs.length, TOKENS, "top_logprobs");
  const offsets = logprobs.tokens.map((_, i) => logprobs.tokens.slice(0, i).join("").length);
  same(logprobs.text_offset, offsets, "text_offset");
}

async function cancelled(api) {
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

const chats = {
  async chat(api) {
    const whole = await api.chat();
    same([whole.object, whole.model], ["chat.completion", MODEL], "object and model");
    expect(whole.id, "no id");
    expect(Math.abs(whole.created - Date.now() / 1000) < 60, `created: ${whole.created}`);
    expect(told(whole), "no text");
    const [{ index, message, finish_reason: end }] = whole.choices;
    same([index, message.role, end], [0, "assistant", "length"], "choice");
    addsUp(whole.usage);
  },

  async "chat as a stream"(api) {
    const chunks = await chunksOf(api.chat({ stream: true, seed: 7 }));
    same(streamed(chunks), told(await api.chat({ seed: 7 })), "text");
    expect(chunks.length > 2, `${chunks.length} chunks`);
    expect(chunks.every((chunk) => chunk.choices.length), "a chunk without choices");
    expect(!chunks.some((chunk) => chunk.usage), "usage that nobody asked for");
  },

  async "chat as a stream with include_usage"(api) {
    const chunks = await chunksOf(api.chat({ stream: true, stream_options: { include_usage: true } }));
    same(chunks.at(-1).choices, [], "choices of the last chunk");
    addsUp(chunks.at(-1).usage);
    expect(!chunks.slice(0, -1).some((chunk) => chunk.usage), "usage before the last chunk");
  },

  async "chat with the client's accumulator"(api) {
    const word = told(await api.chat({ seed: 7 })).trim().split(" ")[3];
    const fields = chat({ seed: 7, stop: word, stream_options: { include_usage: true } });
    const whole = await api.client.chat.completions.stream(fields).finalChatCompletion();
    const wanted = await api.chat({ seed: 7, stop: word });
    same(told(whole), told(wanted), "text");
    same(whole.usage.total_tokens, wanted.usage.total_tokens, "total_tokens");
  },

  async "chat that the model ends"(api) {
    const whole = await api.chat({ max_tokens: 2048, seed: 0, ignore_eos: undefined });
    same(whole.choices[0].finish_reason, "stop", "finish_reason");
    const { completion_tokens: tokens } = whole.usage;
    expect(tokens > 0 && tokens < 2048, `completion_tokens: ${tokens}`);
  },

  async "chat with n"(api) {
    const whole = await api.chat({ n: 3, seed: 7 });
    same(whole.choices.map((choice) => choice.index), [0, 1, 2], "indexes");
    expect(whole.choices.every((choice) => choice.message.content), "a choice without text");
    addsUp(whole.usage, 3 * TOKENS);
  },

  async "chat with n as a stream"(api) {
    const asked = { n: 2, seed: 7, stream: true, stream_options: { include_usage: true } };
    const chunks = await chunksOf(api.chat(asked));
    const whole = await api.chat({ n: 2, seed: 7 });
    const texts = whole.choices.map((choice) => choice.message.content);
    same([streamed(chunks, 0), streamed(chunks, 1)], texts, "texts");
    addsUp(chunks.at(-1).usage, 2 * TOKENS);
  },

  async "chat with a seed twice"(api) {
    same(told(await api.chat({ seed: 11 })), told(await api.chat({ seed: 11 })), "the second text");
  },

  async "chat with max_tokens"(api) {
    addsUp((await api.chat({ max_tokens: 3 })).usage, 3);
  },

  async "chat with max_completion_tokens"(api) {
    const whole = await api.chat({ max_tokens: undefined, max_completion_tokens: 5 });
    addsUp(whole.usage, 5);
    same(whole.choices[0].finish_reason, "length", "finish_reason");
  },

  "chat with stop as a string": (api) => stopped(api, (word) => word),
  "chat with stop as a list": (api) => stopped(api, (word) => ["nowhere", word]),

  async "chat with stop as a stream"(api) {
    const whole = told(await api.chat({ seed: 7 }));
    const word = whole.trim().split(" ")[3];
    const chunks = await all(await api.chat({ seed: 7, stop: word, stream: true }));
    const given = chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("");
    same(given, whole.slice(0, whole.indexOf(word)), "text");
    same(chunks.at(-1).choices[0].finish_reason, "stop", "finish_reason");
  },

  async "chat with a system message"(api) {
    await longerPrompt(api, SYSTEM);
  },

  async "chat with a developer message"(api) {
    const given = await longerPrompt(api, { ...SYSTEM, role: "developer" });
    same(given, await longerPrompt(api, SYSTEM), "prompt_tokens of developer beside system");
  },

  async "chat with earlier turns"(api) {
    await longerPrompt(api, USER, { role: "assistant", content: "there was a fox." });
  },

  async "chat with an answer sent back as the client has it"(api) {
    await longerPrompt(api, USER, (await api.chat()).choices[0].message);
  },

  async "chat with parts of text"(api) {
    const parts = ["Once upon", "a time"].map((part) => ({ type: "text", text: part }));
    const given = await api.chat({ seed: 7, messages: [{ role: "user", content: parts }] });
    const wanted = await api.chat({ seed: 7, messages: [{ role: "user", content: "Once upon\na time" }] });
    same(told(given), told(wanted), "text");
    same(given.usage.prompt_tokens, wanted.usage.prompt_tokens, "prompt_tokens");
  },

  async "chat with logprobs and top_logprobs"(api) {
    const whole = await api.chat({ logprobs: true, top_logprobs: 3, seed: 7 });
    same(likelihoods(whole.choices[0].logprobs.content), told(whole), "tokens");
    same(told(whole), told(await api.chat({ seed: 7 })), "text with logprobs");
  },

  async "chat with logprobs as a stream"(api) {
    const chunks = await all(await api.chat({ logprobs: true, top_logprobs: 3, seed: 7, stream: true }));
    const tokens = chunks.flatMap((chunk) => chunk.choices[0].logprobs?.content ?? []);
    same(likelihoods(tokens), told(await api.chat({ seed: 7 })), "tokens");
  },

  async "chat with logprobs alone"(api) {
    const whole = await api.chat({ logprobs: true });
    for (const token of whole.choices[0].logprobs.content) same(token.top_logprobs, [], "top_logprobs");
  },

  async "chat with logit_bias"(api) {
    const words = async (fields) => told(await api.chat({ seed: 7, ...fields })).trim().split(" ");
    const word = (await words())[3];
    const [token] = (await api.post("/tokenize", { prompt: word })).tokens;
    same(await words({ logit_bias: { [token]: 100 } }), Array(TOKENS).fill(word), "words");
    const without = await words({ logit_bias: { [token]: -100 } });
    expect(!without.includes(word), `${word} in ${without}`);
  },

  async "chat with penalties"(api) {
    const different = async (penalty) => {
      const fields = { presence_penalty: penalty, frequency_penalty: penalty };
      return new Set(told(await api.chat({ seed: 7, max_tokens: 100, ...fields })).trim().split(" ")).size;
    };
    const [more, plain, less] = [await different(-2), await different(0), await different(2)];
    expect(more < plain && plain < less, `different words: ${more}, ${plain}, ${less} (expected: rising)`);
  },

  async "chat with temperature and top_p"(api) {
    expect(told(await api.chat({ temperature: 0, top_p: 0.5 })), "no text");
    expect(told(await api.chat({ temperature: 2, top_p: 1 })), "no text");
  },

  async "chat with user and metadata"(api) {
    expect(told(await api.chat({ user: "u-1", metadata: { team: "clients" } })), "no text");
  },

  async "chat with values that ask for nothing"(api) {
    const quiet = { tools: [], response_format: { type: "text" }, store: false, service_tier: "auto" };
    expect(told(await api.chat({ ...quiet, parallel_tool_calls: true, prompt_cache_key: "k" })), "no text");
  },

  async "16 chats at once"(api) {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, seed) => api.chat({ seed })));
    same(new Set(answers.map((one) => one.id)).size, 16, "ids");
    expect(answers.every(told), "an answer without text");
  },

  async "x-request-id and session of a chat"(api) {
    const headers = { "anyserve-session": "openai-clients" };
    const { data, response, request_id: request } = await api.chat({}, { headers }).withResponse();
    expect(request && request === response.headers.get("x-request-id"), `x-request-id: ${request}`);
    same(response.headers.get("anyserve-session"), "openai-clients", "anyserve-session");
    same(data._request_id, request, "_request_id");
  },

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

const texts = {
  async completion(api) {
    const whole = await api.complete();
    same([whole.object, whole.choices.length], ["text_completion", 1], "object and choices");
    expect(whole.choices[0].text, "no text");
    same(whole.choices[0].finish_reason, "length", "finish_reason");
    addsUp(whole.usage);
  },

  async "completion as a stream"(api) {
    const asked = { stream: true, seed: 7, stream_options: { include_usage: true } };
    const chunks = await all(await api.complete(asked));
    const choices = chunks.flatMap((chunk) => chunk.choices);
    const given = choices.map((choice) => choice.text).join("");
    same(given, (await api.complete({ seed: 7 })).choices[0].text, "text");
    same(choices.map((choice) => choice.finish_reason).filter(Boolean), ["length"], "finish_reason");
    addsUp(chunks.at(-1).usage);
  },

  async "completion of several prompts with n"(api) {
    const whole = await api.complete({ prompt: ["Once", "upon"], n: 2 });
    same(whole.choices.map((choice) => choice.index), [0, 1, 2, 3], "indexes");
    addsUp(whole.usage, 4 * TOKENS);
  },

  async "completion with stop"(api) {
    const whole = (await api.complete({ seed: 7 })).choices[0].text;
    const word = whole.trim().split(" ")[3];
    const [choice] = (await api.complete({ seed: 7, stop: [word] })).choices;
    same([choice.text, choice.finish_reason], [whole.slice(0, whole.indexOf(word)), "stop"], "choice");
  },

  async "completion with logprobs"(api) {
    const [choice] = (await api.complete({ logprobs: 2 })).choices;
    textLikelihoods(choice.logprobs, choice.text);
  },

  async "completion with logprobs as a stream"(api) {
    const chunks = await all(await api.complete({ logprobs: 2, seed: 7, stream: true }));
    const told = chunks.map((chunk) => chunk.choices[0].logprobs).filter(Boolean);
    const joined = {};
    for (const name of ["tokens", "token_logprobs", "top_logprobs", "text_offset"])
      joined[name] = told.flatMap((part) => part[name]);
    textLikelihoods(joined, (await api.complete({ seed: 7 })).choices[0].text);
  },

  async models(api) {
    const listed = await all(api.client.models.list());
    expect(listed.some((model) => model.id === MODEL), `models: ${JSON.stringify(listed)}`);
    expect(listed.every((model) => model.object === "model"), "object");
  },

  async "a model by its id"(api) {
    const found = await api.client.models.retrieve(MODEL);
    same([found.id, found.object, found.created], [MODEL, "model", 0], "model");
    expect(found.owned_by, "no owned_by");
  },

  async "tokens of a text and back"(api) {
    const words = told(await api.chat()).trim();
    const given = await api.post("/tokenize", { prompt: words });
    same([given.count, given.tokens.length], [TOKENS, TOKENS], "count and tokens");
    same((await api.post("/detokenize", { tokens: given.tokens })).prompt, words, "text");
  },

  async "tokens of messages"(api) {
    const given = await api.post("/tokenize", { messages: [USER] });
    same(given.count, (await api.chat({ max_tokens: 1 })).usage.prompt_tokens, "count beside prompt_tokens");
  },
};

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

const responses = {
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

function bad(param, fields, code = "invalid_value") {
  return (api) => refused("BadRequestError", api.chat(fields), 400, code, param);
}

function raw(api, body, kind = "application/json") {
  return api.client.post("/chat/completions", { body, headers: { "Content-Type": kind } });
}

const LOOK = { name: "look", parameters: { type: "object" } };
const SCHEMA = { type: "json_schema", json_schema: { name: "fox", schema: { type: "object" } } };

const refusals = {
  "400: n of 0": bad("n", { n: 0 }),
  "400: more choices than allowed": bad("n", { n: 17 }),
  "400: max_tokens beyond the limit": bad("max_tokens", { max_tokens: 1_000_000 }),
  "400: temperature out of range": bad("temperature", { temperature: 9 }, "invalid_request"),
  "400: too many stop strings": bad("stop", { stop: Array.from({ length: 17 }, (_, i) => `s${i}`) }, "invalid_request"),
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
    same([error.status, error.code], [400, "malformed_json"], "refusal");
  },

  async "404: an unknown model"(api) {
    const given = [404, "model_not_found", "model"];
    await refused("NotFoundError", api.chat({ model: "nobody" }), ...given);
    await refused("NotFoundError", api.client.models.retrieve("nobody"), ...given);
  },

  async "404: an unknown path"(api) {
    await refused("NotFoundError", api.client.embeddings.create({ model: MODEL, input: "Once" }), 404, "not_found");
  },

  async "405: another method"(api) {
    const error = await refusal(api.client.get("/chat/completions"));
    same([error.status, error.code], [405, "method_not_allowed"], "refusal");
  },

  async "413: a body that is too large"(api) {
    const error = await refusal(raw(api, Buffer.from(`{"model":"${"a".repeat(6 << 20)}"}`)));
    const given = [error.status, error.code, error.headers?.get("x-should-retry")];
    same(given, [413, "too_large", "false"], "refusal");
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

/** What the calls with the AI SDK need, or a skip. */
async function aiSdk() {
  try {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    const provider = createOpenAICompatible({ name: "anyserve", baseURL: `${url}/v1`, includeUsage: true });
    return { ...(await import("ai")), model: provider(MODEL), provider };
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Skipped("the packages ai and @ai-sdk/openai-compatible of npm are not installed");
  }
}

const asked = { prompt: "Once upon a time", maxOutputTokens: TOKENS, seed: 7, maxRetries: 0 };

const sdk = {
  async "AI SDK: generateText"() {
    const { generateText, model } = await aiSdk();
    const whole = await generateText({ model, ...asked, system: SYSTEM.content, temperature: 0.5 });
    expect(whole.text, "no text");
    expect(["length", "stop"].includes(whole.finishReason), `finishReason: ${whole.finishReason}`);
    const { inputTokens: input, outputTokens: output } = whole.usage;
    expect(input > 0 && output > 0 && output <= TOKENS, `usage: ${JSON.stringify(whole.usage)}`);
  },

  async "AI SDK: streamText"() {
    const { generateText, streamText, model } = await aiSdk();
    const stream = streamText({ model, ...asked });
    const parts = await all(stream.textStream);
    expect(parts.length > 1, `${parts.length} parts`);
    same(parts.join(""), (await generateText({ model, ...asked })).text, "text");
    const usage = await stream.usage;
    expect(usage.inputTokens > 0 && usage.outputTokens > 0, `usage: ${JSON.stringify(usage)}`);
    expect(["length", "stop"].includes(await stream.finishReason), "finishReason");
  },

  async "AI SDK: a refusal"() {
    const { generateText, provider, APICallError } = await aiSdk();
    try {
      await generateText({ model: provider("nobody"), ...asked });
    } catch (error) {
      expect(APICallError.isInstance(error), `${error.name}: ${error.message}`);
      same([error.statusCode, error.isRetryable], [404, false], "statusCode and isRetryable");
      expect(error.message.includes("nobody"), `message: ${error.message}`);
      return;
    }
    throw new Failed("it was answered");
  },

  async "AI SDK: an aborted stream"() {
    const { streamText, model } = await aiSdk();
    const api = new Api("none");
    const before = await cancelled(api);
    const controller = new AbortController();
    const { max_tokens: maxOutputTokens, stream: _, ...anyserve } = LONG;
    const long = { ...asked, maxOutputTokens, providerOptions: { anyserve: { ...anyserve, ignore_eos: true } } };
    const stream = streamText({ model, ...long, abortSignal: controller.signal });
    for await (const _part of stream.textStream) {
      controller.abort();
      break;
    }
    expect(await eventually(async () => (await cancelled(api)) > before), "nothing was cancelled");
  },
};

const CALLS = { ...chats, ...texts, ...responses, ...refusals, ...sdk };

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
