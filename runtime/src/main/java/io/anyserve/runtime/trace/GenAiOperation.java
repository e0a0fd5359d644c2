package io.anyserve.runtime.trace;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;

/** What a request asks of a model, by the names of OpenTelemetry's GenAI conventions. */
public enum GenAiOperation {
  CHAT("chat"),
  TEXT_COMPLETION("text_completion"),
  GENERATE_CONTENT("generate_content"),
  EMBEDDINGS("embeddings"),
  /** No name of the conventions: they leave room for others. */
  TOKENIZE("tokenize");

  /** Who serves, for the attribute {@code gen_ai.provider.name}. */
  public static final String PROVIDER = "anyserve";

  private final String value;

  GenAiOperation(String value) {
    this.value = value;
  }

  /** By what is to be done, and by the kind of the input. */
  public static GenAiOperation of(InferenceRequest request) {
    return switch (request.kind()) {
      case GENERATE -> of(request.input());
      case EMBED -> EMBEDDINGS;
      case TOKENIZE, DETOKENIZE -> TOKENIZE;
    };
  }

  private static GenAiOperation of(Payload input) {
    return switch (input) {
      case Payload.Chat _ -> CHAT;
      case Payload.Text _ -> TEXT_COMPLETION;
      case Payload.Bytes _, Payload.ObjectReference _ -> GENERATE_CONTENT;
    };
  }

  /** As it stands in attributes. */
  public String value() {
    return value;
  }
}
