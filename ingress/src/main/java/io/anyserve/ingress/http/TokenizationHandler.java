package io.anyserve.ingress.http;

import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.InvalidRequestException;
import io.anyserve.ingress.kafka.TraceContext;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.ApiJson;
import io.anyserve.ingress.openai.ModelInfo;
import io.anyserve.ingress.openai.TokenizationCall;
import io.anyserve.ingress.openai.TokenizationReader;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** Asks the tokenizer of a model, which its workers have. Thread-safe. */
public final class TokenizationHandler implements RouteGroup {

  private static final long MOST_BYTES = 16 << 20;

  private final Admission admission;
  private final Function<String, Optional<ModelInfo>> models;
  private final InstantSource clock;
  private final int mostBytes;

  /**
   * @param models those that live workers offer, by id
   * @param mostBytes of a body
   */
  public TokenizationHandler(
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
      config.routes.post(base + "/tokenize", this::tokenize);
      config.routes.post(base + "/detokenize", this::detokenize);
    }
  }

  /** The tokens of a prompt. */
  private void tokenize(Context http) throws IOException, InterruptedException {
    TokenizationCall call = TokenizationReader.tokenize(body(http), session(http));
    WholeAnswerSink answer = answered(http, call);
    int length = models.apply(call.model()).map(ModelInfo::contextLength).orElse(0);
    respond(http, ApiJson.tokens(answer.tokens(), length));
  }

  /** How many tokens the input of a call has. Answers the headers, but no body. */
  public int count(Context http, TokenizationCall call) throws InterruptedException {
    return answered(http, call).tokens().size();
  }

  /** The text of tokens. */
  private void detokenize(Context http) throws IOException, InterruptedException {
    TokenizationCall call = TokenizationReader.detokenize(body(http), session(http));
    respond(http, ApiJson.prompt(answered(http, call).text()));
  }

  private byte[] body(Context http) throws IOException {
    return RequestBody.json(http, mostBytes);
  }

  private static Optional<String> session(Context http) {
    return Optional.ofNullable(http.header(CallHeaders.SESSION));
  }

  private WholeAnswerSink answered(Context http, TokenizationCall call)
      throws InterruptedException {
    var sink = new WholeAnswerSink(TokenIdsCodec.CONTENT_TYPE, MOST_BYTES);
    var headers = new CallHeaders();
    try (var _ = DisconnectWatch.of(http.req(), sink::leave)) {
      admission.admit(call.request(), origin(http, headers), sink);
      var _ = sink.await();
      return sink;
    } catch (InvalidRequestException e) {
      throw new ApiException(ApiError.of(e, call.names()));
    } finally {
      sink.handle().ifPresent(handle -> headers.write(http, handle, clock.instant()));
    }
  }

  private static Admission.CallContext origin(Context http, CallHeaders headers) {
    return new Admission.CallContext(
        CallerCheck.caller(http),
        Optional.empty(),
        new TraceContext(
            Optional.ofNullable(http.header("traceparent")),
            Optional.ofNullable(http.header("tracestate"))),
        Optional.empty(),
        headers::setLimits);
  }

  private static void respond(Context http, byte[] body) {
    http.contentType("application/json").result(body);
  }
}
