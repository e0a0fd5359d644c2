package io.anyserve.cli.request;

import io.anyserve.v1.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the caller wants of the answer; what is left out is left out of the request. */
final class SamplingOptions {

  @Option(names = "--max-tokens", description = "Most tokens of the answer (default: 256).")
  @Nullable Integer maxTokens;

  @Option(
      names = "--temperature",
      description = "Sampling temperature, 0 to 2; 0 is greedy (default: the model's own).")
  @Nullable Double temperature;

  @Option(
      names = "--top-p",
      description = "Share of the probability mass to sample from (default: the model's own).")
  @Nullable Double topP;

  @Option(
      names = "--top-k",
      description = "Number of tokens to sample from, 0 for all (default: the model's own).")
  @Nullable Integer topK;

  @Option(
      names = "--seed",
      description = "Seed that makes the answer repeatable (default: random).")
  @Nullable Long seed;

  @Option(names = "--stop", description = "Text before which the answer ends; may be repeated.")
  List<String> stop = new ArrayList<>();

  Parameters parameters() {
    Parameters.Builder parameters = Parameters.newBuilder().addAllStop(stop);
    if (maxTokens != null) {
      parameters.setMaxTokens(maxTokens);
    }
    if (temperature != null) {
      parameters.setTemperature(temperature);
    }
    if (topP != null) {
      parameters.setTopP(topP);
    }
    if (topK != null) {
      parameters.setTopK(topK);
    }
    if (seed != null) {
      parameters.setSeed(seed);
    }
    return parameters.build();
  }
}
