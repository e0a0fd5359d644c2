package io.anyserve.audit;

import io.anyserve.contracts.AdmissionRules;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.event.TokenEvent;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Released;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;

/** Token events as the ledger has them: without what no line may hold. */
final class RecordSanitizer {

  private static final long MOST_PROMPT_TOKENS = 1L << 40;
  private static final int MOST_MODEL_CHARACTERS = 1_024;

  private RecordSanitizer() {}

  /**
   * @param at of the record, by the log's clock
   */
  static TokenRecord of(TokenRecord record, Instant at) {
    return switch (record.event()) {
      case Started started -> record.with(started(started, at));
      case Failed(var failure, var usage, var context) ->
          record.with(new Failed(failure, usage, context.map(it -> plausible(it, at))));
      case Cancelled(var reason, var usage, var context) ->
          record.with(new Cancelled(reason, usage, context.map(it -> plausible(it, at))));
      case Chunk _, Finished _, Released _, TokenEvent.DuplicateSubmission _ -> record;
    };
  }

  private static TokenEvent started(Started said, Instant at) {
    long prompt = said.promptTokens();
    return new Started(
        plausible(said.context(), at),
        said.worker(),
        said.capability(),
        model(said.model()),
        prompt < 0 || prompt > MOST_PROMPT_TOKENS ? 0 : prompt,
        said.inputBytes(),
        said.delegated(),
        said.source(),
        said.again());
  }

  private static String model(String said) {
    if (said.length() <= MOST_MODEL_CHARACTERS) {
      return said;
    }
    boolean pair = Character.isHighSurrogate(said.charAt(MOST_MODEL_CHARACTERS - 1));
    return said.substring(0, pair ? MOST_MODEL_CHARACTERS - 1 : MOST_MODEL_CHARACTERS);
  }

  private static RequestContext plausible(RequestContext said, Instant at) {
    return AdmissionRules.plausible(said, at);
  }
}
