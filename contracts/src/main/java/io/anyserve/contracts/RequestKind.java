package io.anyserve.contracts;

/** What a request asks a worker to do with its input. */
public enum RequestKind {
  /** To answer it. */
  GENERATE,
  /** To give the token ids of the prompt that it makes; needs no slot and uses no tokens. */
  TOKENIZE,
  /** To give the text of the token ids that it has; needs no slot and uses no tokens. */
  DETOKENIZE,
  /** To give a vector of each text that it has. */
  EMBED;

  /** Whether it only asks the tokenizer. */
  public boolean isLookup() {
    return switch (this) {
      case TOKENIZE, DETOKENIZE -> true;
      case GENERATE, EMBED -> false;
    };
  }
}
