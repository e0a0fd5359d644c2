package io.anyserve.metering.ledger;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.metering.aggregate.SanityBounds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an event says, with what no ledger entry may hold left out. A request that was answered is
 * billed whatever its producer wrote: an impossible count is 0, a model's name that is too long is
 * cut, and of the context {@link AdmissionRules#plausible} is left.
 *
 * @param doubt what was left out
 */
record SanitizedEvent<T>(T said, Optional<RuntimeException> doubt) {

  /**
   * @param at of the event, by the log's clock
   */
  static SanitizedEvent<RequestContext> of(RequestContext context, Instant at) {
    List<String> doubts = new ArrayList<>();
    RequestContext plausible = context(context, at, doubts);
    return new SanitizedEvent<>(plausible, doubt(doubts));
  }

  /**
   * @param at of the event, by the log's clock
   */
  static SanitizedEvent<Started> of(Started started, Instant at) {
    List<String> doubts = new ArrayList<>();
    var plausible =
        new Started(
            context(started.context(), at, doubts),
            started.worker(),
            started.capability(),
            model(started.model(), doubts),
            count("prompt_tokens", started.promptTokens(), SanityBounds.MOST_TOKENS, doubts),
            count("input_bytes", started.inputBytes(), SanityBounds.MOST_BYTES, doubts),
            started.delegated(),
            started.source(),
            started.again());
    return new SanitizedEvent<>(plausible, doubt(doubts));
  }

  private static RequestContext context(RequestContext said, Instant at, List<String> doubts) {
    try {
      AdmissionRules.require(said, at);
      return said;
    } catch (IllegalArgumentException e) {
      doubts.add(e.getMessage());
      return AdmissionRules.plausible(said, at);
    }
  }

  private static String model(String said, List<String> doubts) {
    try {
      SanityBounds.length("model", said);
      return said;
    } catch (IllegalArgumentException e) {
      doubts.add(e.getMessage());
      return SanityBounds.cut(said);
    }
  }

  private static long count(String name, long said, long most, List<String> doubts) {
    try {
      SanityBounds.count(name, said, most);
      return said;
    } catch (IllegalArgumentException e) {
      doubts.add(e.getMessage());
      return 0;
    }
  }

  private static Optional<RuntimeException> doubt(List<String> doubts) {
    return doubts.isEmpty()
        ? Optional.empty()
        : Optional.of(new IllegalArgumentException(String.join("; ", doubts)));
  }
}
