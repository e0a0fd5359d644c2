package io.anyserve.ingress.http;

import static io.anyserve.ingress.http.HttpTestServer.CHAT;
import static io.anyserve.ingress.http.HttpTestServer.COMPLETIONS;
import static io.anyserve.ingress.http.HttpTestServer.chat;
import static io.anyserve.ingress.http.HttpTestServer.rawPost;

import io.anyserve.contracts.InferenceRequest;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestKind;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.codec.TokenIdsCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.ingress.grpc.FakeLog;
import io.anyserve.ingress.openai.CallSeeds;
import io.anyserve.ingress.response.Events;
import io.anyserve.runtime.fuzz.FuzzedServer;
import io.anyserve.runtime.fuzz.HttpCalls;
import io.anyserve.runtime.fuzz.HttpCalls.Call;
import io.anyserve.runtime.fuzz.HttpFuzz;
import io.anyserve.runtime.fuzz.ServerFuzz;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Models, completions, streams that go on, tokenization, the page and health, as bytes. */
public final class HttpServerFuzz {

  private static final ServerFuzz SERVER =
      new ServerFuzz("GET /health HTTP/1.1", HttpServerFuzz::start);

  private static final HttpCalls CALLS =
      new HttpCalls(
          List.of(
              new Call("POST", CHAT, CallSeeds.CHAT),
              new Call("POST", COMPLETIONS, CallSeeds.TEXT),
              new Call("POST", "/v1/tokenize", CallSeeds.TOKENIZE),
              new Call("POST", "/detokenize", CallSeeds.DETOKENIZE),
              new Call("GET", "/v1/streams"),
              new Call("GET", "/v1/models"),
              new Call("GET", "/models/story"),
              new Call("GET", "/system"),
              new Call("GET", "/"),
              new Call("GET", "/assets/chat.js"),
              new Call("HEAD", "/health"),
              new Call("GET", "/readiness"),
              new Call("GET", "/metrics"),
              new Call("OPTIONS", CHAT)),
          List.of(),
          List.of(
              "Last-Event-ID: {event}",
              "Last-Event-ID: {token}.c.1.u.fp_0123456789.story",
              "Authorization: Bearer sk-1"));

  private static final List<String> RAW =
      List.of(
          rawPost(CHAT, chat(",\"stream\":true")),
          lines(
              """
              GET /v1/streams HTTP/1.1
              Host: localhost
              Last-Event-ID: {event}

              """),
          lines(
              """
              POST /v1/completions HTTP/1.1
              Host: localhost
              Content-Type: application/json
              Transfer-Encoding: chunked

              11;x=y
              {"model":"story",
              10
              "prompt":"Once"}
              0
              x: y

              """),
          lines(
              """
              HEAD /health HTTP/1.1
              Host: localhost

              GET /v1/models HTTP/1.0

              """),
          lines(
              """
              OPTIONS /v1/completions HTTP/1.1
              Host: localhost
              Origin: null
              Access-Control-Request-Method: POST
              Connection: close

              """));

  private static final HttpFuzz FUZZ = new HttpFuzz(SERVER, CALLS, RAW);

  private HttpServerFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    FUZZ.read(input);
  }

  /** Throws for what the server has not ended. */
  static void end() throws Exception {
    SERVER.end();
  }

  private static String lines(String text) {
    return text.replace("\n", "\r\n");
  }

  private static FuzzedServer start() throws Exception {
    HttpTestServer server = HttpTestServer.start();
    server.log.answers(request -> answer(request, server.log));
    String stream = server.post(CHAT, chat(",\"stream\":true")).body();
    String event = stream.lines().findFirst().orElseThrow().substring("id: ".length());
    String token = event.substring(0, event.indexOf('.'));
    return new FuzzedServer(
        server.server.address(),
        server.streams::size,
        Map.of("{event}", event, "{token}", token),
        server);
  }

  private static void answer(InferenceRequest request, FakeLog log) {
    if (request.kind() == RequestKind.TOKENIZE) {
      var tokens = Optional.<Payload>of(TokenIdsCodec.write(TokenIds.of(5, 70_000)));
      log.emit(request, Events.started());
      log.emit(request, new Chunk(0, TokenIds.NONE, "", tokens));
      log.emit(request, Events.finished());
    } else {
      log.tellStory(request);
    }
  }
}
