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
          "GET /v1/streams HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {event}\r\n\r\n",
          "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + "10;x=y\r\n{\"model\":\"story\",\r\n10\r\n\"prompt\":\"Once\"} \r\n0\r\nx: y\r\n\r\n",
          "HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/models HTTP/1.0\r\n\r\n",
          "OPTIONS /v1/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n"
              + "Access-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");

  private static final HttpFuzz FUZZ = new HttpFuzz(SERVER, CALLS, RAW);

  private HttpServerFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    FUZZ.read(input);
  }

  /** Throws for what the server has not ended. */
  static void end() throws Exception {
    SERVER.end();
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
