package io.anyserve.metering.export;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Posts batches to an endpoint. The status decides, whatever becomes of the rest of the answer: 2xx
 * is taken, 400, 413 and 422 are refused, all else is worth another try.
 */
final class HttpEventSink implements EventSink {

  private static final int BAD_REQUEST = 400;
  private static final int TOO_LARGE = 413;
  private static final int UNPROCESSABLE = 422;
  private static final int OK = 200;
  private static final int REDIRECTION = 300;
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  private record Head(int status, Optional<String> retryAfter) {}

  private final ExportConfig settings;
  private final HttpRequest.Builder request;
  private final InstantSource clock;
  private final HttpClient client;

  /**
   * @param clock for a Retry-After that names a time
   */
  HttpEventSink(ExportConfig settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.timeout())
            .build();
    this.request =
        HttpRequest.newBuilder(settings.endpoint().orElseThrow())
            .header("Content-Type", UsageEvent.BATCH);
    settings.authorization().ifPresent(value -> request.header("Authorization", value));
  }

  @Override
  public SendResult send(List<UsageEvent> events) throws InterruptedException {
    HttpRequest post =
        request
            .copy()
            .POST(HttpRequest.BodyPublishers.ofByteArray(UsageEvent.json(events)))
            .build();
    AtomicReference<@Nullable Head> head = new AtomicReference<>();
    CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(post, noting(head));
    try {
      answer.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return receipt(head.get(), String.valueOf(e.getCause()));
    } catch (TimeoutException e) {
      return receipt(head.get(), "no answer within " + settings.timeout());
    } finally {
      answer.cancel(true);
    }
    return receipt(head.get(), "no status");
  }

  private static HttpResponse.BodyHandler<Void> noting(AtomicReference<@Nullable Head> head) {
    return info -> {
      head.set(new Head(info.statusCode(), info.headers().firstValue("Retry-After")));
      return BodySubscribers.discarding();
    };
  }

  private SendResult receipt(@Nullable Head head, String trouble) {
    if (head == null) {
      return new SendResult.Later(trouble, Optional.empty());
    }
    int status = head.status();
    if (status >= OK && status < REDIRECTION) {
      return new SendResult.Taken();
    }
    return status == BAD_REQUEST || status == TOO_LARGE || status == UNPROCESSABLE
        ? new SendResult.Refused("status " + status)
        : new SendResult.Later("status " + status, head.retryAfter().flatMap(this::pause));
  }

  /** Seconds, or a time by the receiver's clock. */
  private Optional<Duration> pause(String text) {
    try {
      return Optional.of(within(Duration.ofSeconds(Long.parseLong(text.strip()))));
    } catch (NumberFormatException notSeconds) {
      return until(text);
    }
  }

  private Optional<Duration> until(String text) {
    try {
      var time = ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME);
      return Optional.of(within(Duration.between(clock.instant(), time.toInstant())));
    } catch (DateTimeParseException unreadable) {
      return Optional.empty();
    }
  }

  private static Duration within(Duration pause) {
    if (pause.isNegative()) {
      return Duration.ZERO;
    }
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
