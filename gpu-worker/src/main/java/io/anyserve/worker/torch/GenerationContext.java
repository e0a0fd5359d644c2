package io.anyserve.worker.torch;

import io.anyserve.worker.torch.model.GenerationConfig;
import io.anyserve.worker.torch.text.Vocabulary;

/**
 * What all answers of a model have in common.
 *
 * @param config how the model wants to be generated from
 * @param length tokens of prompt and answer together, at most
 */
record GenerationContext(
    Vocabulary table, GenerationConfig config, OutputConstraints constraints, int length) {

  GenerationContext(Vocabulary table, GenerationConfig config, int length) {
    this(table, config, new OutputConstraints(table), length);
  }
}
