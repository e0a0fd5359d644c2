package io.anyserve.router;

import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;

/** What is known of an asynchronous request; nothing is known of others. */
sealed interface RequestState {

  /** By the log's clock. */
  Instant since();

  /**
   * It runs.
   *
   * @param started the Started event that counts
   */
  record Running(Instant since, TokenRecord started) implements RequestState {}

  /** Its result is written; whatever follows is void. */
  record Ended(Instant since) implements RequestState {}
}
