package io.anyserve.ingress.description;

/** A group of operations, in the order of the document. */
enum ApiTag {
  COMPLETIONS("Completions", "Chats and texts, as OpenAI has them; streams can be resumed."),
  RESPONSES("Responses", "Answers that are kept and can be asked for later, on any ingress."),
  TOKENS("Tokens", "The tokenizer of a model."),
  MODELS("Models", "The capabilities that live workers offer."),
  CONVERSATIONS("Conversations", "Chats as trees of messages that the router keeps."),
  SYSTEM("System", "What runs, how it is, and this description.");

  private final String text;
  private final String description;

  ApiTag(String text, String description) {
    this.text = text;
    this.description = description;
  }

  String description() {
    return description;
  }

  @Override
  public String toString() {
    return text;
  }
}
