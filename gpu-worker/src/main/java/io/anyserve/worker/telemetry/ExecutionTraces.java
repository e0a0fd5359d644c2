package io.anyserve.worker.telemetry;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.runtime.trace.GenAiOperation;
import io.anyserve.runtime.trace.Tracing;
import io.anyserve.worker.publish.ExecutionListener;
import io.anyserve.worker.schedule.WorkerIdentity;
import io.opentelemetry.api.trace.Span;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A span for each record that is worked on, and within it one for the model's work. */
record ExecutionTraces(Tracing tracing, WorkerIdentity identity)
    implements ExecutionListener.Source {

  @Override
  public ExecutionListener taken(
      ConsumerRecord<byte[], byte[]> record, InferenceRequest request, int attempt) {
    Span span =
        tracing.processing(record.topic(), record.partition(), record.offset(), record.headers());
    span.setAttribute("messaging.message.id", request.id().toString());
    span.setAttribute("anyserve.attempt", (long) attempt);
    span.setAttribute("anyserve.worker", identity.worker().value());
    return new ExecutionTrace(
        span,
        () -> tracing.inferring(span, GenAiOperation.of(request), identity.model()),
        request.parameters());
  }
}
