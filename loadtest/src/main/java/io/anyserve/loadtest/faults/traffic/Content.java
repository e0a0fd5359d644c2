package io.anyserve.loadtest.faults.traffic;

import java.util.List;

/** What a request asks the model for: the same content has the same answer. */
public record Content(String prompt, long seed, int maxTokens, List<String> stop) {

  /** Of every request. */
  public static final double TEMPERATURE = 0.8;

  public Content {
    stop = List.copyOf(stop);
  }
}
