// Texts, models, tokens and embeddings over the OpenAI API.

import { addsUp, all, expect, MODEL, refused, same, TOKENS, told, USER } from "./openai-api.mjs";

const EMBEDDING = "embedding";
const DIMENSIONS = 384;

const embed = (api, fields) => api.client.embeddings.create({ model: EMBEDDING, ...fields });
const vectors = (answer) => answer.data.map((one) => one.embedding);

function textLikelihoods(logprobs, whole) {
  same(logprobs.tokens.join(""), whole, "tokens");
  same(logprobs.token_logprobs.length, TOKENS, "token_logprobs");
  same(logprobs.top_logprobs.length, TOKENS, "top_logprobs");
  const offsets = logprobs.tokens.map((_, i) => logprobs.tokens.slice(0, i).join("").length);
  same(logprobs.text_offset, offsets, "text_offset");
}

export const texts = {
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

  /** In base64, which the client asks for and decodes by itself. */
  async embeddings(api) {
    const input = ["the quiet river", "the quiet river", "a loud street"];
    const answer = await embed(api, { input, user: "ann" });
    same(answer.data.map((one) => one.index), [0, 1, 2], "indexes");
    const [first, again, other] = vectors(answer);
    same([first.length, again, other.length], [DIMENSIONS, first, DIMENSIONS], "vectors");
    expect(first.some((number, i) => number !== other[i]), "different texts have the same vector");
    same(answer.usage, { prompt_tokens: 9, total_tokens: 9 }, "usage");
    const numbers = await embed(api, { input, encoding_format: "float", dimensions: DIMENSIONS });
    const distances = vectors(numbers).map((one, i) => one.map((number, at) => Math.abs(number - vectors(answer)[i][at])));
    expect(Math.max(...distances.flat()) < 1e-6, "numbers differ from base64");
  },

  async "embeddings of tokens"(api) {
    const [text] = vectors(await embed(api, { input: "the river" }));
    same(vectors(await embed(api, { input: [0, 8] })), [text], "vector of token ids");
    same(vectors(await embed(api, { input: [[0, 8], [0, 8]] })), [text, text], "vectors of lists of token ids");
  },

  async "embeddings of 2,048 texts"(api) {
    const input = Array.from({ length: 2048 }, (_, i) => `text ${i}`);
    const given = vectors(await embed(api, { input }));
    same(given.length, 2048, "vectors");
    same(given.at(-1), vectors(await embed(api, { input: "text 2047" }))[0], "the last vector");
    const wrong = (fields, param) => refused("BadRequestError", embed(api, fields), 400, "invalid_value", param);
    await wrong({ input: [...input, "one more"] }, "input");
    await wrong({ input: [] }, "input");
    await wrong({ input: "x", dimensions: 7 }, "dimensions");
  },

  async "a model that embeds"(api) {
    same((await api.client.models.retrieve(EMBEDDING)).embedding_dimensions, DIMENSIONS, "embedding_dimensions");
    const given = [400, "invalid_value", "model"];
    await refused("BadRequestError", api.chat({ model: EMBEDDING }), ...given);
    await refused("BadRequestError", embed(api, { model: MODEL, input: "x" }), ...given);
  },
};
