package io.anyserve.ingress.access;

import io.anyserve.runtime.auth.Caller;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for each call that was refused for who made it, how often or how large it was. No
 * line has a key's secret, a prompt or an answer. At most {@value #BURST} lines at once and {@value
 * #PER_SECOND} a second; the next line tells how many were left out. Thread-safe.
 */
public final class AuditLog {

  /** Logs to this name alone. */
  public static final String LOGGER = "io.anyserve.audit";

  static final int BURST = 200;
  static final int PER_SECOND = 50;

  private static final Logger log = LoggerFactory.getLogger(LOGGER);

  /**
   * Unauthenticated, forbidden, too slow, too large, another host's, too often, too many headers.
   */
  private static final Set<Integer> AUDITED = Set.of(401, 403, 408, 413, 421, 429, 431);

  private static final Pattern UNSAFE_IN_WORD = Pattern.compile("[^!#-\\[\\]-~]");
  private static final Pattern UNSAFE_IN_QUOTES = Pattern.compile("[^ !#-\\[\\]-~]");
  private static final int LONGEST = 200;

  private final AtomicLong suppressed = new AtomicLong();
  private final Bucket lines;

  /**
   * @param nanos as {@link System#nanoTime}
   */
  public AuditLog(LongSupplier nanos) {
    this.lines =
        Bucket.builder()
            .addLimit(
                limit -> limit.capacity(BURST).refillGreedy(PER_SECOND, Duration.ofSeconds(1)))
            .withCustomTimePrecision(new NanoClock(nanos))
            .build();
  }

  /** Those whose status no operator cares for are left out. */
  public void refused(Refusal refusal) {
    if (!AUDITED.contains(refusal.status())) {
      return;
    }
    if (lines.tryConsume(1)) {
      log.warn(
          "refused protocol={} tenant={} key={} address={} route=\"{}\" code={} request={} suppressed={}",
          refusal.protocol(),
          word(refusal.caller().map(caller -> caller.tenant().value()).orElse("")),
          word(refusal.caller().map(Caller::keyId).orElse("")),
          word(refusal.address().text()),
          safe(UNSAFE_IN_QUOTES, refusal.route()),
          word(refusal.code()),
          word(refusal.request()),
          suppressed.getAndSet(0));
    } else {
      suppressed.incrementAndGet();
    }
  }

  private static String word(String text) {
    return text.isEmpty() ? "-" : safe(UNSAFE_IN_WORD, text);
  }

  /** What comes from a caller can neither end the line nor begin another field. */
  private static String safe(Pattern unsafe, String text) {
    String safe = unsafe.matcher(text).replaceAll("_");
    return safe.length() <= LONGEST ? safe : safe.substring(0, LONGEST) + "...";
  }
}
