package io.anyserve.metering.export;

import io.anyserve.runtime.ConfigSection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where ledger entries are handed on to.
 *
 * @param source of the events; a receiver tells repeats by source and id
 * @param topic the whole name of a topic; empty for none
 * @param endpoint takes batches by POST; empty for none
 * @param authorization the header of that name; empty for none
 * @param batch most events of one POST
 * @param timeout of one POST
 */
public record ExportConfig(
    String source,
    Optional<String> topic,
    Optional<URI> endpoint,
    Optional<String> authorization,
    int batch,
    Duration timeout) {

  static final String DEFAULT_SOURCE = "/anyserve/metering";
  static final int DEFAULT_BATCH = 500;
  static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

  /** Nothing is handed on. */
  public static final ExportConfig NONE =
      new ExportConfig(
          DEFAULT_SOURCE,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          DEFAULT_BATCH,
          DEFAULT_TIMEOUT);

  private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
  private static final Pattern HEADER = Pattern.compile("[\\x20-\\x7e]+");
  private static final int MOST_BATCH = 10_000;

  public ExportConfig {
    require(
        !source.isBlank() && source.chars().noneMatch(c -> c <= ' '),
        "source",
        source,
        "a URI reference");
    require(
        topic.filter(name -> !TOPIC.matcher(name).matches()).isEmpty(),
        "topic",
        topic,
        "letters, digits, dots, hyphens and underscores, at most 249");
    require(
        endpoint.filter(uri -> !http(uri)).isEmpty(), "endpoint", endpoint, "an http or https URL");
    require(
        authorization.filter(text -> !HEADER.matcher(text).matches()).isEmpty(),
        "authorization",
        "...",
        "printable ASCII");
    require(batch >= 1 && batch <= MOST_BATCH, "batch", batch, "1 to " + MOST_BATCH);
    require(timeout.isPositive(), "timeout", timeout, "> PT0S");
  }

  /** Mistakes become problems of the section. */
  public static ExportConfig read(ConfigSection section) {
    Optional<String> topic =
        section.optional("topic", "none", "Full name of a topic to export ledger entries to.");
    Optional<String> endpoint =
        section.optional(
            "endpoint", "none", "URL of an HTTP receiver of CloudEvents to export them to.");
    Optional<String> authorization =
        section.secret("authorization", "none", "`Authorization` header of the HTTP requests.");
    String source = section.text("source", DEFAULT_SOURCE, "`source` of the CloudEvents.");
    int batch =
        section.integer("batch", DEFAULT_BATCH, 1, MOST_BATCH, "Most events in one HTTP request.");
    Duration timeout =
        section.duration(
            "timeout", DEFAULT_TIMEOUT, Duration.ofMillis(1), "Timeout of one HTTP request.");
    return section.build(
        () ->
            new ExportConfig(
                source, topic, endpoint.map(URI::create), authorization, batch, timeout),
        NONE);
  }

  private static boolean http(URI uri) {
    boolean scheme =
        "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    return scheme && uri.getHost() != null;
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      Object shown =
          value instanceof Optional<?> found ? found.map(Object::toString).orElse("") : value;
      throw new IllegalArgumentException(name + ": " + shown + " (expected: " + expected + ")");
    }
  }

  /** The authorization is a secret. */
  @Override
  public String toString() {
    return "ExportSettings[source=%s, topic=%s, endpoint=%s, batch=%d, timeout=%s]"
        .formatted(source, topic, endpoint, batch, timeout);
  }
}
