package io.anyserve.ingress.response;

import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.StreamProgress;
import io.anyserve.contracts.event.TokenEvent.Cancelled;
import io.anyserve.contracts.event.TokenEvent.Failed;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Terminal;
import io.anyserve.ingress.idempotency.PendingIdempotency;
import io.anyserve.ingress.idempotency.Resubmission;
import io.anyserve.ingress.response.SubscriberRole.Duplicate;
import io.anyserve.ingress.response.SubscriberRole.Owner;
import io.anyserve.ingress.response.SubscriberRole.Resumed;
import io.anyserve.ingress.response.SubscriberRole.Watcher;
import java.util.Optional;

/**
 * What a reader was admitted for.
 *
 * @param openedAt nanoseconds on the clock of {@link ResponseStreams}
 * @param deadline on the same clock
 */
record SubscriptionSpec(
    StreamHandle handle, TenantId tenant, long openedAt, long deadline, SubscriberRole role) {

  boolean isOwner() {
    return role instanceof Owner;
  }

  /** Whether its client has a say in what becomes of the work. */
  boolean decides() {
    return switch (role) {
      case Owner _, Resumed _ -> true;
      case Watcher _, Duplicate _ -> false;
    };
  }

  boolean isWatcher() {
    return role instanceof Watcher;
  }

  /** Of an owner that gave an idempotency key. */
  Optional<PendingIdempotency> claim() {
    return role instanceof Owner owner ? owner.claim() : Optional.empty();
  }

  /** The first chunk that its client wants. */
  long fromSequence() {
    return role instanceof Resumed resumed ? resumed.fromSequence() : 0;
  }

  /** How far its client has come in the stream. */
  StreamProgress reached() {
    return switch (role) {
      case Resumed resumed -> resumed.reached();
      case Watcher watcher -> watcher.reached();
      case Owner _, Duplicate _ -> StreamProgress.BEGINNING;
    };
  }

  /** Whether it takes a place of {@link ResumeAdmission}. */
  boolean readsBack() {
    return switch (role) {
      case Resumed resumed -> resumed.readsBack();
      case Watcher watcher -> watcher.readsBack();
      case Owner _, Duplicate _ -> false;
    };
  }

  /** How its client's request is submitted again if the one that it reads never began. */
  Optional<Resubmission> resubmission() {
    return role instanceof Duplicate duplicate ? duplicate.resubmission() : Optional.empty();
  }

  /** As the other, for a stream that ended so; empty where a worker had begun it. */
  Optional<Resubmission> resubmissionAfter(Terminal terminal) {
    return switch (terminal) {
      case Finished _ -> Optional.empty();
      case Failed failed -> failed.context().flatMap(_ -> resubmission());
      case Cancelled cancelled -> cancelled.context().flatMap(_ -> resubmission());
    };
  }
}
