package io.anyserve.metering.query;

import io.anyserve.contracts.event.LedgerEntry;
import java.util.Optional;

/**
 * Which usage is asked for; what is empty restricts nothing.
 *
 * @param capability that answered; the empty text means requests that nobody took
 * @param model that answered; likewise
 * @param key public id of the API key; the empty text means anonymous callers
 */
public record UsageFilter(
    Optional<String> capability,
    Optional<String> model,
    Optional<String> session,
    Optional<String> key) {

  public static final UsageFilter NONE =
      new UsageFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public boolean matches(LedgerEntry entry) {
    return fits(capability, entry.answerer().capability())
        && fits(model, entry.answerer().model())
        && fits(session, entry.context().session().value())
        && fits(key, entry.context().apiKey());
  }

  static boolean fits(Optional<String> wanted, String found) {
    return wanted.isEmpty() || wanted.get().equals(found);
  }
}
