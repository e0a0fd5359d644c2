package io.anyserve.contracts.embedding;

import io.anyserve.contracts.validation.Preconditions;
import java.util.List;

/** The texts that one request wants embedded, at least one. */
public record EmbeddingInputs(List<EmbeddingInput> inputs) {

  public static final int MOST = 2_048;

  public EmbeddingInputs {
    inputs = List.copyOf(inputs);
    Preconditions.that(
        !inputs.isEmpty() && inputs.size() <= MOST, "inputs", inputs.size(), "1 to " + MOST);
  }
}
