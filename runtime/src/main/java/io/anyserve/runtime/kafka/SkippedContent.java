package io.anyserve.runtime.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** A key or value that was left out as too large to hold: the record has a header that says so. */
public final class SkippedContent {

  static final String HEADER = "__anyserve.skipped";

  private SkippedContent() {}

  static void mark(Headers headers, long bytes, int largest) {
    String text = "record: " + bytes + " bytes (expected: at most " + largest + ")";
    headers.remove(HEADER).add(HEADER, text.getBytes(StandardCharsets.UTF_8));
  }

  /** How large it was and what was expected; empty when nothing was left out. */
  public static Optional<String> reason(Headers headers) {
    return Optional.ofNullable(headers.lastHeader(HEADER))
        .map(Header::value)
        .map(value -> new String(value, StandardCharsets.UTF_8));
  }
}
