package io.anyserve.ingress.openai;

import io.anyserve.contracts.Capability;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The {@code id} of a server-sent event: the place behind the event, and what the events after it
 * have to repeat. As text {@code token.kind.created.usage.fingerprint.model}. The token alone is
 * signed: a client that changes the rest changes what it is told itself.
 *
 * @param token for {@code ResponseStreams.resume}
 * @param includeUsage whether the stream ends with the usage
 */
public record EventId(
    String token,
    CompletionKind kind,
    long created,
    boolean includeUsage,
    String fingerprint,
    String model) {

  private static final int LONGEST = 2_000;
  private static final Pattern FORM =
      Pattern.compile(
          "([A-Za-z0-9_-]+)\\.([ct])\\.(\\d{1,12})\\.([un])\\.(fp_[0-9a-f]{10})\\.([a-z0-9.-]+)");

  /** The id of an event of that stream. */
  public static EventId of(StreamIdentity stream, String token, boolean includeUsage) {
    return new EventId(
        token, stream.kind(), stream.created(), includeUsage, stream.fingerprint(), stream.model());
  }

  /** Empty for what is no id of an event. */
  public static Optional<EventId> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (text.length() > LONGEST || !form.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new EventId(
              form.group(1),
              form.group(2).equals("c") ? CompletionKind.CHAT : CompletionKind.TEXT,
              Long.parseLong(form.group(3)),
              form.group(4).equals("u"),
              form.group(5),
              new Capability(form.group(6)).value()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The stream whose event it is. */
  public StreamIdentity stream(String request) {
    return StreamIdentity.of(kind, request, created, model, fingerprint);
  }

  @Override
  public String toString() {
    return String.join(
        ".",
        token,
        String.valueOf(kind.letter()),
        Long.toString(created),
        includeUsage ? "u" : "n",
        fingerprint,
        model);
  }
}
