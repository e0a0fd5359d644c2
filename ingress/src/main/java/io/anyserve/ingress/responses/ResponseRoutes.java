package io.anyserve.ingress.responses;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.TenantId;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.admission.RequestStamper.DeadlinePolicy;
import io.anyserve.ingress.grpc.RequestOperations;
import io.anyserve.ingress.grpc.RouterClient;
import io.anyserve.ingress.http.CallHeaders;
import io.anyserve.ingress.http.CallerCheck;
import io.anyserve.ingress.http.RequestBody;
import io.anyserve.ingress.http.RouteGroup;
import io.anyserve.ingress.http.TokenizationHandler;
import io.anyserve.ingress.kafka.RequestPublisher;
import io.anyserve.ingress.openai.response.ResponseCall;
import io.anyserve.ingress.openai.response.ResponseCallReader;
import io.anyserve.ingress.response.ResponseStreams;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** The paths below {@code /v1/responses}. Thread-safe. */
public final class ResponseRoutes implements RouteGroup {

  private static final String RESPONSES = "/v1/responses";
  private static final String RESPONSE = RESPONSES + "/{id}";
  private static final String JSON = "application/json";

  private final ResponseCreation creation;
  private final StoredResponses responses;
  private final StoredStream streams;
  private final PreviousResponses previous;
  private final TokenizationHandler tokenization;
  private final int mostBytes;

  /**
   * What responses are made of.
   *
   * @param router keeps them
   */
  public record Backend(
      Admission admission, ResponseStreams streams, RequestPublisher log, RouterClient router) {}

  /**
   * What is too much.
   *
   * @param bodyBytes of a call
   * @param waits how long a response may take; in the background the longest
   * @param bytesPerToken to estimate the tokens of a text in UTF-8
   */
  public record Limits(int bodyBytes, DeadlinePolicy waits, double bytesPerToken) {}

  /**
   * Paths over these parts.
   *
   * @param tokenization counts the tokens of an input
   * @param contextLength of a model, tokens; 0 where it is not limited or not known
   */
  public ResponseRoutes(
      Backend backend,
      TokenizationHandler tokenization,
      Limits limits,
      ToIntFunction<String> contextLength,
      InstantSource clock) {
    var store = new ResponseStore(backend.router());
    var answers = new AnswerLog(backend.streams(), limits.waits().most().multipliedBy(2));
    var requests = new RequestOperations(backend.streams(), backend.log(), backend.router());
    this.responses = new StoredResponses(store, answers, requests, backend.log(), clock);
    this.streams = new StoredStream(responses, answers, clock);
    this.previous = new PreviousResponses(responses, contextLength, limits.bytesPerToken());
    this.tokenization = tokenization;
    this.mostBytes = limits.bodyBytes();
    this.creation =
        new ResponseCreation(backend.admission(), store, previous, streams, limits, clock);
  }

  @Override
  public void addTo(JavalinConfig config) {
    RoutesConfig routes = config.routes;
    routes.post(RESPONSES, creation::create);
    routes.post(RESPONSES + "/input_tokens", this::inputTokens);
    routes.get(RESPONSE, this::retrieve);
    routes.delete(RESPONSE, this::delete);
    routes.post(RESPONSE + "/cancel", this::cancel);
    routes.get(RESPONSE + "/input_items", this::inputItems);
  }

  private void inputTokens(Context http) throws IOException, InterruptedException {
    ResponseCall call = ResponseCallReader.readInput(RequestBody.json(http, mostBytes));
    List<ChatMessage> messages = previous.messages(tenant(http), call);
    Optional<String> session = Optional.ofNullable(http.header(CallHeaders.SESSION));
    int tokens = tokenization.count(http, call.counting(messages, session));
    answer(http, ResponseJson.inputTokens(tokens));
  }

  private void retrieve(Context http) throws IOException, InterruptedException {
    ResponseQuery query = ResponseQuery.ofRetrieval(http);
    boolean stream = query.stream();
    long behind = query.behind(stream);
    if (stream) {
      streams.write(http, responses.find(tenant(http), id(http)), behind);
    } else {
      StoredResponses.Current current = responses.get(tenant(http), id(http));
      answer(http, ResponseJson.response(current.response(), current.status()));
    }
  }

  private void cancel(Context http) throws InterruptedException {
    answer(http, ResponseJson.response(responses.cancel(tenant(http), id(http))));
  }

  private void delete(Context http) throws InterruptedException {
    responses.delete(tenant(http), id(http));
    answer(http, ResponseJson.deleted(id(http)));
  }

  private void inputItems(Context http) throws InterruptedException {
    ResponseQuery query = ResponseQuery.ofInputItems(http);
    StoredResponse response = responses.find(tenant(http), id(http));
    answer(http, ResponseJson.inputItems(response, query.page(response)));
  }

  private static TenantId tenant(Context http) {
    return CallerCheck.caller(http).tenant();
  }

  private static String id(Context http) {
    return http.pathParam("id");
  }

  private static void answer(Context http, byte[] json) {
    http.contentType(JSON).result(json);
  }
}
