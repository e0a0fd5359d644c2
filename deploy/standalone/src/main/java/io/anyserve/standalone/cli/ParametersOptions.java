package io.anyserve.standalone.cli;

import io.anyserve.v1.Parameters;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the caller wants of the answer; the server has the defaults. */
final class ParametersOptions {

  @Option(names = "--max-tokens", description = "The answer's length at most.")
  @Nullable Integer maxTokens;

  @Option(names = "--temperature", description = "0 takes the likeliest token.")
  @Nullable Double temperature;

  @Option(names = "--top-p", description = "Share of the probability mass drawn from.")
  @Nullable Double topP;

  @Option(names = "--top-k", description = "Number of tokens drawn from.")
  @Nullable Integer topK;

  @Option(names = "--seed", description = "Makes the answer repeatable.")
  @Nullable Long seed;

  @Option(names = "--stop", description = "The answer ends before this; may be repeated.")
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
