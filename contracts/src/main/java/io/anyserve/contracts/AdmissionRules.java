package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a request must keep to so that it can be run, billed and shown. Every way in applies it: the
 * ingress before it publishes, the router to what it reads from {@code intake}, a worker to what it
 * acquires. Metering applies it to what was delivered all the same, by leaving out of the ledger
 * what is implausible.
 */
public final class AdmissionRules {

  public static final int MAX_API_KEY = 256;

  /** How far the clock of whoever accepted a request may be ahead. */
  public static final Duration MAX_CLOCK_AHEAD = Duration.ofDays(1);

  private AdmissionRules() {}

  /**
   * Throws an IllegalArgumentException that names the offending and the expected value.
   *
   * @param now by the clock of whoever asks, or by the log's
   */
  public static void require(InferenceRequest request, Instant now) {
    require(request.context(), now);
    if (request.context().asynchronous() && request.kind().isLookup()) {
      throw new IllegalArgumentException(
          "kind: "
              + request.kind()
              + " (expected: GENERATE or EMBED, the request is asynchronous)");
    }
    if (request.context().asynchronous() && request.parameters().logprobs().isPresent()) {
      throw new IllegalArgumentException(
          "logprobs: "
              + request.parameters().logprobs().getAsInt()
              + " (expected: none, results of asynchronous requests have no place for them)");
    }
  }

  /**
   * Throws an IllegalArgumentException where the capability does not do that: one whose vectors
   * have dimensions embeds texts, any other one writes them, and both know their tokens.
   *
   * @param embeddingDimensions 0 where it writes text
   */
  public static void requireOffered(
      RequestKind kind, Capability capability, int embeddingDimensions) {
    boolean embeds = embeddingDimensions > 0;
    boolean offered =
        switch (kind) {
          case GENERATE -> !embeds;
          case EMBED -> embeds;
          case TOKENIZE, DETOKENIZE -> true;
        };
    Preconditions.that(
        offered,
        "capability",
        capability + (embeds ? " embeds texts" : " writes text"),
        embeds ? "one that writes text" : "one that embeds texts");
  }

  /**
   * Throws an IllegalArgumentException where the input has tools that the model may call and the
   * capability takes none.
   *
   * @param toolCalls whether it takes tools
   */
  public static void requireToolsOffered(Payload input, Capability capability, boolean toolCalls) {
    boolean asks = input instanceof Payload.Chat chat && chat.tools().callable();
    Preconditions.that(
        toolCalls || !asks,
        "tools",
        capability + " takes no tools",
        "none, or a capability that offers tool calls");
  }

  /**
   * Throws an IllegalArgumentException where the input has images and the capability takes none.
   *
   * @param vision whether it takes images
   */
  public static void requireVisionOffered(Payload input, Capability capability, boolean vision) {
    boolean asks = input instanceof Payload.Chat chat && !chat.images().isEmpty();
    Preconditions.that(
        vision || !asks,
        "images",
        capability + " takes no images",
        "none, or a capability that offers vision");
  }

  /** As {@link #require(InferenceRequest, Instant)}, of the context alone. */
  public static void require(RequestContext context, Instant now) {
    Preconditions.that(
        context.apiKey().length() <= MAX_API_KEY,
        "api_key",
        context.apiKey().length() + " characters",
        "at most " + MAX_API_KEY);
    Preconditions.line("api_key", context.apiKey());
    context
        .labels()
        .forEach(
            (name, value) -> {
              Preconditions.line("label name", name);
              Preconditions.line("label value", value);
            });
    Preconditions.that(
        acceptable(context.acceptedAt(), now),
        "accepted_at",
        context.acceptedAt(),
        "1970-01-01T00:00:00Z to " + now.plus(MAX_CLOCK_AHEAD));
  }

  /**
   * The context with what is implausible left out: a key that cannot be one is empty, a label that
   * cannot be shown is missing, a time that cannot be is that of the event.
   *
   * @param at of the event that carries the context, by the log's clock
   */
  public static RequestContext plausible(RequestContext context, Instant at) {
    String key = context.apiKey();
    Map<String, String> labels =
        context.labels().entrySet().stream()
            .filter(label -> isLine(label.getKey()) && isLine(label.getValue()))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    return new RequestContext(
        context.tenant(),
        context.session(),
        key.length() <= MAX_API_KEY && isLine(key) ? key : "",
        context.capability(),
        labels,
        acceptable(context.acceptedAt(), at) ? context.acceptedAt() : at,
        context.result(),
        context.reserved());
  }

  private static boolean acceptable(Instant acceptedAt, Instant now) {
    return !acceptedAt.isBefore(Instant.EPOCH) && !acceptedAt.isAfter(now.plus(MAX_CLOCK_AHEAD));
  }

  private static boolean isLine(String value) {
    try {
      Preconditions.line("text", value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
