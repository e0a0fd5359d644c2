// What the calls share: the client, and what is expected of its answers.

import { isDeepStrictEqual } from "node:util";
import OpenAI from "openai";

export const [url, patience] = process.argv.slice(2);
export const MODEL = "story";
export const TOKENS = 12;
export const USER = { role: "user", content: "Once upon a time" };
export const SYSTEM = { role: "system", content: "You tell stories." };

// Larger than what lies between server and client, so that it has not ended when the client leaves.
export const LONG = { max_tokens: 2048, n: 4, logprobs: true, top_logprobs: 20, stream: true };

export class Failed extends Error {}
export class Skipped extends Error {}

export function expect(holds, what) {
  if (!holds) throw new Failed(what);
}

export function same(given, wanted, what) {
  const text = `${what}: ${JSON.stringify(given)} (expected: ${JSON.stringify(wanted)})`;
  expect(isDeepStrictEqual(given, wanted), text.slice(0, 300));
}

export function connect(apiKey, settings = {}) {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, timeout: patience * 1000, ...settings });
}

export const chat = (fields) => ({ model: MODEL, messages: [USER], max_tokens: TOKENS, ignore_eos: true, ...fields });
export const text = (fields) => ({ model: MODEL, prompt: "Once", max_tokens: TOKENS, ignore_eos: true, ...fields });
export const answer = (fields) => ({
  model: MODEL,
  input: "Once upon a time",
  max_output_tokens: TOKENS,
  ignore_eos: true,
  ...fields,
});

export async function all(stream) {
  const items = [];
  for await (const item of stream) items.push(item);
  return items;
}

export async function eventually(look) {
  const until = Date.now() + patience * 1000;
  for (;;) {
    const found = await look();
    if (found || Date.now() > until) return found;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** What the API refused, which the client must throw. */
export async function refusal(promise) {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OpenAI.APIError) return error;
    throw error;
  }
  throw new Failed("it was answered");
}

export async function refused(kind, promise, status, code, param = null) {
  const error = await refusal(promise);
  const given = [error instanceof OpenAI[kind], error.status, error.code, error.param ?? null];
  same(given, [true, status, code, param], `${kind}, status, code, param`);
  expect(error.message, "no message");
  return error;
}

/** The client and what most calls ask of it. */
export class Api {
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

export function told(completion) {
  same(completion.choices.length, 1, "choices");
  return completion.choices[0].message.content;
}

export function addsUp(usage, completed = TOKENS) {
  same(usage.completion_tokens, completed, "completion_tokens");
  expect(usage.prompt_tokens > 0, `prompt_tokens: ${usage.prompt_tokens}`);
  same(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens, "total_tokens");
}

export async function chunksOf(promise) {
  const chunks = await all(await promise);
  const heads = new Set(chunks.map(({ object, id, created, model }) => [object, id, created, model].join()));
  same(heads.size, 1, "objects, ids, times and models");
  same(chunks[0].object, "chat.completion.chunk", "object");
  return chunks;
}

export function streamed(chunks, index = 0) {
  const parts = chunks.flatMap((chunk) => chunk.choices).filter((choice) => choice.index === index);
  same(parts[0].delta.role, "assistant", "the role of the first chunk");
  same(parts.map((part) => part.finish_reason).filter(Boolean), ["length"], "finish_reason");
  expect(parts.at(-1).finish_reason, "a chunk follows the finish_reason");
  return parts.map((part) => part.delta.content ?? "").join("");
}
