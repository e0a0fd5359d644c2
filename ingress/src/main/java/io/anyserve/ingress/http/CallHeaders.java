package io.anyserve.ingress.http;

import io.anyserve.ingress.access.CallRate;
import io.anyserve.ingress.response.StreamHandle;
import io.anyserve.quota.LimitStatus;
import io.anyserve.quota.QuotaUnit;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** What the head of a response says about the call: its request, and how its quota stands. */
public final class CallHeaders {

  static final String REQUEST_ID = "x-request-id";
  public static final String SESSION = "anyserve-session";

  private volatile Supplier<Optional<LimitStatus>> limits = Optional::empty;

  /** From any thread. */
  public void setLimits(Supplier<Optional<LimitStatus>> told) {
    limits = told;
  }

  /** On the call's thread, before the head is sent. */
  public void write(Context http, StreamHandle handle, Instant now) {
    http.header(REQUEST_ID, handle.request().toString());
    http.header(SESSION, handle.session().value());
    limits.get().ifPresent(status -> write(http, status, now));
  }

  /** How often the caller may still call; a quota that is tighter is told in its place. */
  static void write(Context http, CallRate rate) {
    http.header("x-ratelimit-limit-requests", Long.toString(rate.limit()));
    http.header("x-ratelimit-remaining-requests", Long.toString(rate.remaining()));
    http.header("x-ratelimit-reset-requests", text(rate.reset()));
  }

  private static void write(Context http, LimitStatus status, Instant now) {
    QuotaUnit unit = status.limit().unit();
    http.header("x-ratelimit-limit-" + unit, Long.toString(status.limit().amount()));
    http.header("x-ratelimit-remaining-" + unit, Long.toString(status.left()));
    http.header("x-ratelimit-reset-" + unit, text(Duration.between(now, status.resetsAt())));
  }

  /** As OpenAI writes it: {@code 6m0s}. */
  static String text(Duration time) {
    Duration left = time.isNegative() ? Duration.ZERO : time.plusMillis(999);
    String minutes = left.toMinutesPart() + "m" + left.toSecondsPart() + "s";
    if (left.toHours() > 0) {
      return left.toHours() + "h" + minutes;
    }
    return left.toMinutes() > 0 ? minutes : left.toSeconds() + "s";
  }
}
