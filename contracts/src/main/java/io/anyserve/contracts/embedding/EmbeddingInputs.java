package io.anyserve.contracts.embedding;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;

/**
 * The texts that one request wants embedded, at least one.
 *
 * @param ranked the first is a query and the others are documents, whose relevance is asked for: a
 *     model that scores pairs answers with it, any other one with the vectors of all of them
 */
public record EmbeddingInputs(List<EmbeddingInput> inputs, boolean ranked) {

  public static final int MOST = 2_048;

  public EmbeddingInputs {
    inputs = List.copyOf(inputs);
    Preconditions.that(
        !inputs.isEmpty() && inputs.size() <= MOST, "inputs", inputs.size(), "1 to " + MOST);
    Preconditions.that(
        !ranked || inputs.size() > 1, "inputs", inputs.size(), "a query and documents");
  }

  /** Texts whose vectors are asked for. */
  public EmbeddingInputs(List<EmbeddingInput> inputs) {
    this(inputs, false);
  }
}
