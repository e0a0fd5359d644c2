package io.anyserve.chaos.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Streams over HTTP: server-sent events of the OpenAI-compatible API, and chats over WebSockets.
 */
final class WebStreamClient implements AutoCloseable {

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
  OpenCall begin(TestRequest ask, int port, StreamListener listener) {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(uri(port, "/v1/completions"))
            .header("Content-Type", "application/json")
            .header("anyserve-session", ask.session())
            .POST(BodyPublishers.ofString(body(ask)));
    ask.key().ifPresent(key -> post.header("Idempotency-Key", key));
    return send(post.build(), listener);
  }

  /** The rest of a stream behind that event. */
  OpenCall resume(String eventId, int port, StreamListener listener) {
    return send(
        HttpRequest.newBuilder(uri(port, "/v1/streams")).header("Last-Event-ID", eventId).build(),
        listener);
  }

  /** A message of a new conversation; the same again changes nothing. */
  OpenCall chat(TestRequest ask, int port, StreamListener listener) {
    String conversation = "chat-" + ask.index();
    ObjectNode frame =
        JSON.createObjectNode()
            .put("type", "send")
            .put("conversation", conversation)
            .put("message", conversation + "-1")
            .putNull("parent")
            .put("model", TestRequest.CAPABILITY)
            .put("content", ask.content().prompt());
    frame.set("parameters", parameters(ask));
    return open(frame, false, port, listener);
  }

  /** The rest of that chat's answer. */
  OpenCall resumeChat(TestRequest ask, String resumeToken, int port, StreamListener listener) {
    ChatSocketCall.Position position = ChatSocketCall.Position.parse(resumeToken);
    ObjectNode frame =
        JSON.createObjectNode()
            .put("type", "resume")
            .put("conversation", "chat-" + ask.index())
            .put("answer", position.answer());
    frame.put("position", position.place().isEmpty() ? null : position.place());
    return open(frame, true, port, listener);
  }

  private OpenCall open(ObjectNode first, boolean resumes, int port, StreamListener listener) {
    ChatSocketCall call = new ChatSocketCall(first.toString(), resumes, listener);
    var _ =
        http.newWebSocketBuilder()
            .connectTimeout(CONNECT)
            .subprotocols("anyserve.chat.v1")
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/chat/ws"), call)
            .whenComplete(
                (_, failure) -> {
                  if (failure != null) {
                    call.failed();
                  }
                });
    return call;
  }

  private OpenCall send(HttpRequest request, StreamListener listener) {
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
    ObjectNode body =
        parameters(ask)
            .put("model", TestRequest.CAPABILITY)
            .put("prompt", ask.content().prompt())
            .put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    return body.toString();
  }

  private static ObjectNode parameters(TestRequest ask) {
    PromptSpec content = ask.content();
    ObjectNode parameters =
        JSON.createObjectNode()
            .put("max_tokens", content.maxTokens())
            .put("temperature", PromptSpec.TEMPERATURE)
            .put("top_p", 1)
            .put("top_k", 0)
            .put("seed", content.seed())
            .put("ignore_eos", content.ignoreEos());
    if (!content.stop().isEmpty()) {
      content.stop().forEach(parameters.putArray("stop")::add);
    }
    return parameters;
  }

  @Override
  public void close() {
    http.shutdownNow();
    threads.shutdownNow();
  }
}
