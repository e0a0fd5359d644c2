package io.anyserve.loadtest.simulation;

import io.anyserve.loadtest.StreamProbe;
import org.jspecify.annotations.Nullable;

/** One request on its way through the model. */
final class ModelSequence {

  /** Not due before its engine takes the next step. */
  static final long NOT_DUE = Long.MAX_VALUE;

  final StreamProbe probe;
  final int ingress;
  final int partition;
  final int promptTokens;
  final int answerTokens;
  final int leaveAfter;
  final long readingPause;

  /** That has it now; none while it is queued. */
  @Nullable ModelWorker worker;

  /** Deliveries to workers so far. */
  int attempt;

  /** Tokens written. */
  int position;

  /** Of its next token. */
  long dueAt = NOT_DUE;

  int chunksRead;
  long firstReadAt;

  /** The caller has its end, or has gone. */
  boolean ended;

  ModelSequence(StreamProbe probe, int ingress, int partition, int promptTokens, int answerTokens) {
    this.probe = probe;
    this.ingress = ingress;
    this.partition = partition;
    this.promptTokens = promptTokens;
    this.answerTokens = answerTokens;
    this.leaveAfter = probe.reading().leaveAfter();
    this.readingPause = probe.reading().pause().toNanos();
  }

  boolean written() {
    return position >= answerTokens;
  }
}
