package io.anyserve.loadtest.scenario;

import io.anyserve.loadtest.arrivals.Arrivals;
import io.anyserve.loadtest.trace.TraceFormat;
import java.nio.file.Path;
import java.util.Optional;

/** When callers begin. */
public sealed interface Traffic {

  /** At times of their own, whatever the service does. */
  record Open(Arrivals arrivals) implements Traffic {}

  /**
   * So many at a time, each followed by the next one when it ends.
   *
   * @param callers at a time
   */
  record Closed(int callers) implements Traffic {}

  /**
   * As in a trace.
   *
   * @param source file; empty for the topic {@code tokens}
   * @param speed how many times as fast as it was
   * @param limits of the lengths that are sent
   */
  record Replay(Optional<Source> source, double speed, Limits limits) implements Traffic {}

  /** A file of a trace. */
  record Source(Path file, TraceFormat format) {}

  /**
   * Longer prompts and answers of a trace are cut.
   *
   * @param blockTokens tokens of a block of a prompt with a hash id
   */
  record Limits(int promptTokens, int answerTokens, int blockTokens) {}
}
