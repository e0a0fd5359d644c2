package io.anyserve.ingress.kafka;

import java.util.Optional;
import java.util.regex.Pattern;

/** The caller's W3C trace context, passed on as it came; what is not well-formed is dropped. */
public record TraceContext(Optional<String> parent, Optional<String> state) {

  public static final TraceContext NONE = new TraceContext(Optional.empty(), Optional.empty());

  private static final Pattern PARENT =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
  private static final int LONGEST_STATE = 512;

  public TraceContext {
    parent = parent.filter(value -> PARENT.matcher(value).matches());
    boolean known = parent.isPresent();
    state = state.filter(value -> known && value.length() <= LONGEST_STATE);
  }
}
