package io.anyserve.worker.telemetry;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.contracts.sampling.GenerationParameters;
import io.anyserve.worker.publish.ExecutionListener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The spans of one execution. Thread-safe: spans are, and the model's is begun once. */
final class ExecutionTrace implements ExecutionListener {

  private static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

  private final Span processing;
  private final Supplier<Span> inferring;
  private final GenerationParameters parameters;
  private volatile Span inference = Span.getInvalid();

  /**
   * @param processing open
   * @param inferring opens the model's span
   */
  ExecutionTrace(Span processing, Supplier<Span> inferring, GenerationParameters parameters) {
    this.processing = processing;
    this.inferring = inferring;
    this.parameters = parameters;
  }

  @Override
  public void started(Started event) {
    inference.end();
    Span span = inferring.get();
    span.setAttribute("gen_ai.response.model", event.model());
    span.setAttribute("gen_ai.request.max_tokens", (long) parameters.maxTokens());
    inference = span;
  }

  @Override
  public void firstChunk() {
    inference.addEvent("first token");
  }

  @Override
  public void ended(Terminal event) {
    Span span = inference;
    switch (event) {
      case Finished finished ->
          span.setAttribute(
              FINISH_REASONS, List.of(finished.reason().name().toLowerCase(Locale.ROOT)));
      case Failed failed -> error(span, failed.failure());
      case Cancelled cancelled ->
          span.setAttribute(
              FINISH_REASONS,
              List.of("cancelled_" + cancelled.reason().name().toLowerCase(Locale.ROOT)));
    }
    count(span, event.usage());
    span.end();
  }

  private static void error(Span span, Failure failure) {
    String code = failure.code().name().toLowerCase(Locale.ROOT);
    span.setAttribute("error.type", code);
    span.setStatus(StatusCode.ERROR, code);
  }

  private static void count(Span span, TokenUsage usage) {
    span.setAttribute("gen_ai.usage.input_tokens", usage.prompt());
    span.setAttribute("gen_ai.usage.output_tokens", usage.completion());
  }

  @Override
  public void over(boolean answered) {
    inference.end();
    if (!answered) {
      processing.setStatus(StatusCode.ERROR, "not answered by this execution");
    }
    processing.end();
  }
}
