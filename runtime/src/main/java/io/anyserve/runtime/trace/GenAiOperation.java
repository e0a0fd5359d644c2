package io.anyserve.runtime.trace;

import io.anyserve.contracts.Payload;

/** What a request asks of a model, by the names of OpenTelemetry's GenAI conventions. */
public enum GenAiOperation {
  CHAT("chat"),
  TEXT_COMPLETION("text_completion"),
  GENERATE_CONTENT("generate_content");

  /** Who serves, for the attribute {@code gen_ai.provider.name}. */
  public static final String PROVIDER = "anyserve";

  private final String value;

  GenAiOperation(String value) {
    this.value = value;
  }

  /** By the kind of the input. */
  public static GenAiOperation of(Payload input) {
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
