package io.anyserve.contracts.embedding;

import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.validation.Preconditions;

/** One text to embed; not empty. */
public sealed interface EmbeddingInput {

  /** As it was written, without NUL. */
  record OfText(String text) implements EmbeddingInput {
    public OfText {
      Preconditions.text("input", text);
      Preconditions.that(!text.isEmpty(), "input", "an empty text", "at least one character");
    }
  }

  /** As token ids of the model. */
  record OfTokens(TokenIds tokens) implements EmbeddingInput {
    public OfTokens {
      Preconditions.that(tokens.size() > 0, "input", "no token ids", "at least one");
    }
  }
}
