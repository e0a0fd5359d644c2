package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.codec.EmbeddingsCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.embedding.EmbeddingInputs;
import io.anyserve.contracts.embedding.Embeddings;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.IdempotencyKey;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.http.CallConnection;
import io.anyserve.ingress.http.CallHeaders;
import io.anyserve.ingress.http.CallerCheck;
import io.anyserve.ingress.http.WholeAnswerSink;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.ParameterNames;
import io.anyserve.v1.Inference;
import io.javalin.http.Context;
import java.time.InstantSource;
import java.util.Optional;

/** Has the vectors of a call's texts made, and waits for them. Thread-safe. */
final class EmbeddingExchange {

  /** Of the most vectors that there can be, with what is around each. */
  private static final long MOST_BYTES =
      (long) EmbeddingInputs.MOST * (Float.BYTES * Embeddings.MOST_DIMENSIONS + 16);

  private final Admission admission;
  private final InstantSource clock;

  EmbeddingExchange(Admission admission, InstantSource clock) {
    this.admission = admission;
    this.clock = clock;
  }

  /** The vectors, in the order of the texts, or the scores of all texts but the first. */
  record Answer(Embeddings embeddings, TokenUsage usage) {}

  /**
   * The head of the response is ready when it returns or throws.
   *
   * @param inputs texts of the request
   * @param ranked whether the model may answer with the scores of all texts but the first
   * @param names of the call's parameters
   */
  Answer run(Context http, Inference request, int inputs, boolean ranked, ParameterNames names)
      throws InterruptedException {
    var sink = new WholeAnswerSink(EmbeddingsCodec.CONTENT_TYPE, MOST_BYTES);
    Finished finished = await(http, request, names, sink);
    return new Answer(embeddings(inputs, ranked, sink), finished.usage());
  }

  private Finished await(
      Context http, Inference request, ParameterNames names, WholeAnswerSink sink)
      throws InterruptedException {
    var headers = new CallHeaders();
    try (var _ = CallConnection.of(http, sink::leave)) {
      admission.admit(request, origin(http, headers), sink);
      return sink.await();
    } catch (InvalidRequestException e) {
      throw new ApiException(ApiError.of(e, names));
    } finally {
      sink.handle().ifPresent(handle -> headers.write(http, handle, clock.instant()));
    }
  }

  /** One vector for each text, or none of them would stand where it belongs. */
  private static Embeddings embeddings(int inputs, boolean ranked, WholeAnswerSink sink) {
    try {
      Embeddings told = EmbeddingsCodec.read(sink.data());
      boolean scores = ranked && told.dimensions() == 1 && told.vectors().size() == inputs - 1;
      Preconditions.that(
          scores || told.vectors().size() == inputs,
          "vectors of the worker's answer",
          told.vectors().size(),
          "" + inputs);
      return told;
    } catch (IllegalArgumentException | MalformedRecordException e) {
      throw new FailureException(FailureCode.INTERNAL, String.valueOf(e.getMessage()), e);
    }
  }

  private static Admission.CallContext origin(Context http, CallHeaders headers) {
    return new Admission.CallContext(
        CallerCheck.caller(http),
        Optional.empty(),
        new TraceContext(
            Optional.ofNullable(http.header("traceparent")),
            Optional.ofNullable(http.header("tracestate"))),
        Optional.ofNullable(http.header("Idempotency-Key")).map(IdempotencyKey::of),
        headers::setLimits);
  }
}
