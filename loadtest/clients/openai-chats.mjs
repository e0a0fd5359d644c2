// Chats over the OpenAI API.

import {
  addsUp,
  all,
  chat,
  chunksOf,
  expect,
  MODEL,
  same,
  streamed,
  SYSTEM,
  TOKENS,
  told,
  USER,
} from "./openai-api.mjs";

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

export const chats = {
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

  async "chat with an answer that has no text"(api) {
    told(await api.chat({ messages: [USER, { role: "assistant", content: null }, USER] }));
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
};
