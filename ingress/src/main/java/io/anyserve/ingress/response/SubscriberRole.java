package io.anyserve.ingress.response;

import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import io.anyserve.ingress.idempotency.Resubmission;
import io.anyserve.runtime.trace.GenAiOperation;
import java.util.Optional;

/** What a reader of a stream is to it. */
sealed interface SubscriberRole {

  /**
   * The reader of the client that submitted the request: it counts in the metrics, and with its
   * client the work ends.
   *
   * @param claim where an idempotency key was given
   */
  record Owner(GenAiOperation operation, Optional<PendingIdempotency> claim)
      implements SubscriberRole {}

  /**
   * The reader of a client that resumed: with that client the work ends, too.
   *
   * @param fromSequence the first chunk that the client wants
   * @param reached how far the client has come in the stream
   * @param readsBack whether it takes a place of {@link ResumeAdmission}
   */
  record Resumed(long fromSequence, StreamProgress reached, boolean readsBack)
      implements SubscriberRole {}

  /**
   * The reader of a client that looks on: it comes and goes, and changes nothing.
   *
   * @param reached how far the client has come in the stream
   * @param readsBack whether it takes a place of {@link ResumeAdmission}
   */
  record Watcher(StreamProgress reached, boolean readsBack) implements SubscriberRole {}

  /**
   * The reader of a client that submitted an idempotency key again: it reads the stream of the
   * first submission and changes nothing.
   *
   * @param resubmission in case that the first request never began
   */
  record Duplicate(Optional<Resubmission> resubmission) implements SubscriberRole {}
}
