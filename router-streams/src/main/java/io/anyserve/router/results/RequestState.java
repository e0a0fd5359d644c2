package io.anyserve.router.results;

import io.anyserve.contracts.event.TokenRecord;
import java.time.Instant;
import java.util.Optional;

/** The state of an asynchronous request; other requests have none. */
sealed interface RequestState {

  /** By the log's clock. */
  Instant since();

  /**
   * It runs.
   *
   * @param started the Started event that counts
   */
  record Running(Instant since, TokenRecord started) implements RequestState {}

  /**
   * Its result is written; whatever follows is void.
   *
   * @param events where its events lie, from the first to the terminal one
   */
  record Ended(Instant since, Optional<Span> events) implements RequestState {}

  /** Offsets of a partition of {@code tokens}, both inclusive. */
  record Span(long first, long last) {}
}
