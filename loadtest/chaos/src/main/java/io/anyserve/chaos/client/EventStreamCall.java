package io.anyserve.chaos.client;

import io.anyserve.contracts.RequestId;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One call of the OpenAI-compatible API that is answered by server-sent events: hands on what they
 * say until it is dropped. Thread-safe.
 */
final class EventStreamCall implements OpenCall, BodyHandler<Void>, Flow.Subscriber<String> {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String DONE = "[DONE]";
  private static final int OK = 200;

  private final StreamListener listener;
  private final ServerSentEvents events = new ServerSentEvents();
  private long completionTokens = -1;
  private volatile Flow.@Nullable Subscription lines;
  private volatile boolean over;

  EventStreamCall(StreamListener listener) {
    this.listener = listener;
  }

  @Override
  public void drop() {
    over = true;
    Flow.Subscription open = lines;
    if (open != null) {
      open.cancel();
    }
  }

  @Override
  public BodySubscriber<Void> apply(ResponseInfo response) {
    int status = response.statusCode();
    if (status != OK) {
      return BodySubscribers.mapping(
          BodySubscribers.ofString(StandardCharsets.UTF_8), body -> refused(status, body));
    }
    response
        .headers()
        .firstValue("x-request-id")
        .filter(_ -> !over)
        .ifPresent(id -> listener.accepted(RequestId.parse(id), ""));
    return BodySubscribers.fromLineSubscriber(this, _ -> null, StandardCharsets.UTF_8, null);
  }

  private @Nullable Void refused(int status, String body) {
    end(() -> listener.failed(ClientError.ofHttp(status, code(body))));
    return null;
  }

  private static String code(String body) {
    try {
      return JSON.readTree(body).path("error").path("code").asString("");
    } catch (JacksonException e) {
      return "";
    }
  }

  /** The connection failed, or the answer broke off. */
  void failed() {
    end(listener::cut);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    lines = subscription;
    if (over) {
      subscription.cancel();
    } else {
      subscription.request(Long.MAX_VALUE);
    }
  }

  /** An event that cannot be read cuts the stream off. */
  @Override
  public void onNext(String line) {
    try {
      events.add(line).filter(_ -> !over).ifPresent(this::on);
    } catch (JacksonException e) {
      failed();
    }
  }

  private void on(ServerSentEvents.Event event) {
    if (event.type().equals("error")) {
      end(() -> listener.failed(ClientError.ofHttp(OK, code(event.data()))));
    } else if (event.data().equals(DONE)) {
      end(() -> listener.finished(completionTokens));
    } else {
      on(event.id(), JSON.readTree(event.data()));
    }
  }

  private void on(String id, JsonNode data) {
    JsonNode usage = data.path("usage");
    if (usage.isObject()) {
      completionTokens = usage.path("completion_tokens").asLong(-1);
    }
    String text = data.path("choices").path(0).path("text").asString("");
    if (!text.isEmpty()) {
      listener.piece(id, text);
    }
  }

  @Override
  public void onError(Throwable cause) {
    failed();
  }

  @Override
  public void onComplete() {
    failed();
  }

  private synchronized void end(Runnable word) {
    if (!over) {
      over = true;
      word.run();
    }
  }
}
