package io.anyserve.ingress.description;

import java.util.Map;

/** Chats, completions, the tokenizer and models. */
final class CompletionOperations {

  private static final String CHAT_REQUEST =
      """
      {
        "model": "story",
        "messages": [{"role": "user", "content": "Once upon a time"}],
        "max_tokens": 40
      }
      """;

  private static final String CHAT =
      """
      {
        "id": "chatcmpl-0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d",
        "object": "chat.completion",
        "created": 1800000000,
        "model": "story",
        "system_fingerprint": "fp_0a1b2c3d4e",
        "choices": [
          {
            "index": 0,
            "message": {"role": "assistant", "content": "there was a bear.", "refusal": null},
            "logprobs": null,
            "finish_reason": "stop"
          }
        ],
        "usage": {
          "prompt_tokens": 4,
          "completion_tokens": 5,
          "total_tokens": 9,
          "prompt_tokens_details": {"cached_tokens": 0}
        }
      }
      """;

  private static final String CHAT_EVENTS =
      """
      id: AQ.c.1800000000.n.fp_0a1b2c3d4e.story
      data: {"id":"chatcmpl-0199","object":"chat.completion.chunk","created":1800000000,"model":"story","system_fingerprint":"fp_0a1b2c3d4e","choices":[{"index":0,"delta":{"content":"there was"},"logprobs":null,"finish_reason":null}]}

      data: [DONE]

      """;

  private static final String TEXT_REQUEST =
      """
      {"model": "story", "prompt": "Once upon a time", "max_tokens": 40}
      """;

  private static final String TEXT =
      """
      {
        "id": "cmpl-0199c6a2-8a3e-8f00-9d1c-0f5a6c1e2b3d",
        "object": "text_completion",
        "created": 1800000000,
        "model": "story",
        "system_fingerprint": "fp_0a1b2c3d4e",
        "choices": [
          {"index": 0, "text": ", there was a bear.", "logprobs": null, "finish_reason": "stop"}
        ],
        "usage": {
          "prompt_tokens": 4,
          "completion_tokens": 5,
          "total_tokens": 9,
          "prompt_tokens_details": {"cached_tokens": 0}
        }
      }
      """;

  private static final String TEXT_EVENTS =
      """
      id: AQ.t.1800000000.n.fp_0a1b2c3d4e.story
      data: {"id":"cmpl-0199","object":"text_completion","created":1800000000,"model":"story","system_fingerprint":"fp_0a1b2c3d4e","choices":[{"index":0,"text":", there was","logprobs":null,"finish_reason":null}]}

      data: [DONE]

      """;

  private static final String STREAM_HELP =
      " With `\"stream\": true` the answer comes as events. Each event of a stream with one choice"
          + " has an `id`, behind which `GET /v1/streams` goes on. A failure after the head is an"
          + " event `error` whose data is an `Error`; then the connection breaks off.";

  private static final String MODEL =
      """
      {
        "id": "story",
        "object": "model",
        "created": 0,
        "owned_by": "anyserve",
        "max_model_len": 1024
      }
      """;

  private CompletionOperations() {}

  /** By the names of their routes. */
  static void addTo(Map<String, ApiOperation> operations) {
    operations.put("POST /v1/chat/completions", chat());
    operations.put("POST /v1/completions", text());
    operations.put("GET /v1/streams", resume());
    operations.put("POST /v1/tokenize", tokenize());
    operations.put("POST /v1/detokenize", detokenize());
    operations.put("GET /v1/models", models());
    operations.put("GET /v1/models/<id>", model());
  }

  private static ApiOperation chat() {
    return ApiOperation.of("createChatCompletion", ApiTag.COMPLETIONS, "Answer a conversation")
        .says("Each choice is a request of its own." + STREAM_HELP)
        .header(ApiHeader.SESSION)
        .header(ApiHeader.IDEMPOTENCY_KEY)
        .header(ApiHeader.TRACE_PARENT)
        .body(Content.json("ChatCompletionRequest", CHAT_REQUEST))
        .answers(
            200,
            "The answer, as a whole or as events.",
            ApiHeader.OF_REQUESTS,
            Content.json("ChatCompletion", CHAT),
            Content.events(CHAT_EVENTS, "ChatCompletionChunk"))
        .runs();
  }

  private static ApiOperation text() {
    return ApiOperation.of("createCompletion", ApiTag.COMPLETIONS, "Go on from a text")
        .says("Each choice of each prompt is a request of its own." + STREAM_HELP)
        .header(ApiHeader.SESSION)
        .header(ApiHeader.IDEMPOTENCY_KEY)
        .header(ApiHeader.TRACE_PARENT)
        .body(Content.json("CompletionRequest", TEXT_REQUEST))
        .answers(
            200,
            "The answer, as a whole or as events.",
            ApiHeader.OF_REQUESTS,
            Content.json("Completion", TEXT),
            Content.events(TEXT_EVENTS, "CompletionChunk"))
        .runs();
  }

  private static ApiOperation resume() {
    return ApiOperation.of("resumeStream", ApiTag.COMPLETIONS, "Go on with a stream")
        .says(
            "The rest of a stream that broke off, on any ingress with the same `resume-key`. The"
                + " events have the form of the stream that they continue.")
        .requiredHeader(ApiHeader.LAST_EVENT_ID)
        .answers(
            200,
            "The events behind that one.",
            ApiHeader.OF_REQUESTS,
            Content.events(CHAT_EVENTS, "ChatCompletionChunk", "CompletionChunk"))
        .runs()
        .fails(ErrorStatus.GONE);
  }

  private static ApiOperation tokenize() {
    return ApiOperation.of("tokenize", ApiTag.TOKENS, "Count the tokens of a prompt")
        .says(
            "The tokens that a completion of `prompt`, or a chat of `messages`, would have as its"
                + " prompt. A worker answers at once; it costs nothing.")
        .header(ApiHeader.SESSION)
        .header(ApiHeader.TRACE_PARENT)
        .body(
            Content.json(
                "TokenizeRequest",
                """
                {"model": "story", "prompt": "Once upon a time"}
                """))
        .answers(
            200,
            "The tokens.",
            ApiHeader.OF_REQUESTS,
            Content.json(
                "Tokens",
                """
                {
                  "count": 4,
                  "max_model_len": 1024,
                  "tokens": [675, 709, 257, 462],
                  "token_strs": null
                }
                """))
        .runs();
  }

  private static ApiOperation detokenize() {
    return ApiOperation.of("detokenize", ApiTag.TOKENS, "Write tokens as a text")
        .header(ApiHeader.SESSION)
        .header(ApiHeader.TRACE_PARENT)
        .body(
            Content.json(
                "DetokenizeRequest",
                """
                {"model": "story", "tokens": [675, 709, 257, 462]}
                """))
        .answers(
            200,
            "The text.",
            ApiHeader.OF_REQUESTS,
            Content.json(
                "Prompt",
                """
                {"prompt": "Once upon a time"}
                """))
        .runs();
  }

  private static ApiOperation models() {
    return ApiOperation.of("listModels", ApiTag.MODELS, "List the models")
        .answers(
            200,
            "The models, by id.",
            ApiHeader.OF_CALLS,
            Content.json("ModelList", "{\"object\": \"list\", \"data\": [" + MODEL + "]}"));
  }

  private static ApiOperation model() {
    return ApiOperation.of("getModel", ApiTag.MODELS, "Describe a model")
        .path("id", Schema.string("Of the model; it may have slashes.").nonEmpty().example("story"))
        .answers(200, "The model.", ApiHeader.OF_CALLS, Content.json("Model", MODEL))
        .fails(ErrorStatus.NOT_FOUND);
  }
}
