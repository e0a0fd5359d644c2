package io.anyserve.ingress.embeddings;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
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
import io.anyserve.ingress.http.HttpRoutes;
import io.anyserve.ingress.http.RequestBody;
import io.anyserve.ingress.http.RouteGroup;
import io.anyserve.ingress.http.WholeAnswerSink;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.EmbeddingCall;
import io.anyserve.ingress.openai.EmbeddingReader;
import io.anyserve.ingress.openai.ModelInfo;
import io.anyserve.ingress.openai.ParameterNames;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** {@code POST} of texts whose vectors are asked for. Thread-safe. */
public final class EmbeddingsHandler implements RouteGroup {

  /** Of the most vectors that there can be, with what is around each. */
  private static final long MOST_BYTES =
      (long) EmbeddingInputs.MOST * (Float.BYTES * Embeddings.MOST_DIMENSIONS + 16);

  private final Admission admission;
  private final Function<String, Optional<ModelInfo>> models;
  private final InstantSource clock;
  private final int mostBytes;

  /**
   * @param models those that live workers offer, by id
   * @param mostBytes of a body
   */
  public EmbeddingsHandler(
      Admission admission,
      Function<String, Optional<ModelInfo>> models,
      InstantSource clock,
      int mostBytes) {
    this.admission = admission;
    this.models = models;
    this.clock = clock;
    this.mostBytes = mostBytes;
  }

  @Override
  public void addTo(JavalinConfig config) {
    for (String base : HttpRoutes.BASES) {
      config.routes.post(base + "/embeddings", this::embed);
    }
  }

  private void embed(Context http) throws IOException, InterruptedException {
    byte[] body = RequestBody.json(http, mostBytes);
    EmbeddingCall call =
        EmbeddingReader.read(body, Optional.ofNullable(http.header(CallHeaders.SESSION)));
    models
        .apply(call.model())
        .map(ModelInfo::embeddingDimensions)
        .filter(own -> own > 0)
        .ifPresent(call::requireDimensions);
    var sink = new WholeAnswerSink(EmbeddingsCodec.CONTENT_TYPE, MOST_BYTES);
    Finished finished = answer(http, call, sink);
    Embeddings embeddings = embeddings(call, sink);
    call.requireDimensions(embeddings.dimensions());
    http.contentType("application/json");
    EmbeddingsJson.write(http.outputStream(), call, embeddings.vectors(), finished.usage());
  }

  /** Waits for the end of the answer; the head of the response is ready then. */
  private Finished answer(Context http, EmbeddingCall call, WholeAnswerSink sink)
      throws InterruptedException {
    var headers = new CallHeaders();
    try (var _ = CallConnection.of(http, sink::leave)) {
      admission.admit(call.request(), origin(http, headers), sink);
      return sink.await();
    } catch (InvalidRequestException e) {
      throw new ApiException(ApiError.of(e, ParameterNames.EMBEDDING));
    } finally {
      sink.handle().ifPresent(handle -> headers.write(http, handle, clock.instant()));
    }
  }

  /** One vector for each text, or none of them would stand where it belongs. */
  private static Embeddings embeddings(EmbeddingCall call, WholeAnswerSink sink) {
    try {
      Embeddings told = EmbeddingsCodec.read(sink.data());
      Preconditions.that(
          told.vectors().size() == call.inputs(),
          "vectors of the worker's answer",
          told.vectors().size(),
          "" + call.inputs());
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
