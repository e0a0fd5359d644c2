package io.anyserve.ingress.openai;

/** The two kinds of completions: of a conversation, and of a text. */
public enum CompletionKind {
  CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk", 'c'),
  TEXT("cmpl-", "text_completion", "text_completion", 't');

  private final String idPrefix;
  private final String object;
  private final String chunkObject;
  private final char letter;

  CompletionKind(String idPrefix, String object, String chunkObject, char letter) {
    this.idPrefix = idPrefix;
    this.object = object;
    this.chunkObject = chunkObject;
    this.letter = letter;
  }

  String idPrefix() {
    return idPrefix;
  }

  /** Of a whole response. */
  String object() {
    return object;
  }

  /** Of an event of a stream. */
  String chunkObject() {
    return chunkObject;
  }

  /** In the ids of events. */
  char letter() {
    return letter;
  }
}
