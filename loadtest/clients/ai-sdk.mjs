// The AI SDK with its provider for APIs like that of OpenAI.

import {
  all,
  Api,
  eventually,
  expect,
  Failed,
  LONG,
  MODEL,
  same,
  Skipped,
  SYSTEM,
  TOKENS,
  url,
} from "./openai-api.mjs";
import { cancelled } from "./openai-streams.mjs";

// Its warnings go to standard output, which is for answers.
globalThis.AI_SDK_LOG_WARNINGS = false;

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

export const sdk = {
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
    const { max_tokens: maxOutputTokens, n, logprobs, top_logprobs } = LONG;
    const providerOptions = { anyserve: { n, logprobs, top_logprobs, ignore_eos: true } };
    const long = { ...asked, maxOutputTokens, providerOptions, abortSignal: controller.signal };
    const stream = streamText({ model, ...long });
    for await (const _ of stream.textStream) {
      controller.abort();
      break;
    }
    expect(await eventually(async () => (await cancelled(api)) > before), "nothing was cancelled");
  },
};
