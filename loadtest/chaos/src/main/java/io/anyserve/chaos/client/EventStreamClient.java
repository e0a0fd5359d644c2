package io.anyserve.chaos.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Calls of the OpenAI-compatible API. Thread-safe. */
final class EventStreamClient implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final JsonMapper JSON = new JsonMapper();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .executor(threads)
          .build();

  /** A new request. */
  OpenCall begin(TestRequest ask, int port, EventStreamCall.Listener listener) {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(uri(port, "/v1/completions"))
            .header("Content-Type", "application/json")
            .header("anyserve-session", ask.session())
            .POST(BodyPublishers.ofString(body(ask)));
    ask.key().ifPresent(key -> post.header("Idempotency-Key", key));
    return send(post.build(), listener);
  }

  /** The rest of a stream behind that event. */
  OpenCall resume(String eventId, int port, EventStreamCall.Listener listener) {
    return send(
        HttpRequest.newBuilder(uri(port, "/v1/streams")).header("Last-Event-ID", eventId).build(),
        listener);
  }

  private OpenCall send(HttpRequest request, EventStreamCall.Listener listener) {
    EventStreamCall call = new EventStreamCall(listener);
    var _ =
        http.sendAsync(request, call)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    call.failed();
                  }
                });
    return call;
  }

  private static URI uri(int port, String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private static String body(TestRequest ask) {
    PromptSpec content = ask.content();
    ObjectNode body =
        JSON.createObjectNode()
            .put("model", TestRequest.CAPABILITY)
            .put("prompt", content.prompt())
            .put("max_tokens", content.maxTokens())
            .put("temperature", PromptSpec.TEMPERATURE)
            .put("top_p", 1)
            .put("top_k", 0)
            .put("seed", content.seed())
            .put("ignore_eos", content.ignoreEos())
            .put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    Optional.of(content.stop())
        .filter(stop -> !stop.isEmpty())
        .ifPresent(
            stop -> {
              ArrayNode words = body.putArray("stop");
              stop.forEach(words::add);
            });
    return body.toString();
  }

  @Override
  public void close() {
    http.shutdownNow();
    threads.shutdownNow();
  }
}
