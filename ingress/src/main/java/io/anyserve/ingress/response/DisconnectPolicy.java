package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.ingress.response.StreamLifecycle.State;
import io.anyserve.ingress.response.SubscriberRole.Duplicate;
import io.anyserve.ingress.response.SubscriberRole.Owner;
import io.anyserve.ingress.response.SubscriberRole.Resumed;
import io.anyserve.ingress.response.SubscriberRole.Watcher;

/**
 * What happens to a stream and its work when its client disconnects, comes back or not, or is late.
 * Guarded by the lock of its {@link ResponseStream}.
 *
 * <p>A client that disconnected and may come back leaves its reader behind, which goes on detached:
 * the owner's to the end, any other while it reads live. Work that a client on this or another
 * ingress reads is never cancelled here. Other work is cancelled when the grace period ends.
 */
final class DisconnectPolicy {

  private final ResponseStream stream;
  private final SubscriptionSpec spec;
  private final StreamContext context;
  private final EventDispatcher dispatcher;
  private final StreamLifecycle lifecycle;
  private final EventDelivery delivery;
  private final ClientPresence presence;

  DisconnectPolicy(
      ResponseStream stream,
      StreamContext context,
      EventDispatcher dispatcher,
      StreamLifecycle lifecycle,
      EventDelivery delivery) {
    this.stream = stream;
    this.spec = stream.spec();
    this.context = context;
    this.dispatcher = dispatcher;
    this.lifecycle = lifecycle;
    this.delivery = delivery;
    this.presence = stream.presence();
  }

  void onDisconnect(CancelReason reason) {
    if (lifecycle.is(State.ENDED) || !presence.here()) {
      return;
    }
    boolean late = reason == CancelReason.DEADLINE && spec.isOwner();
    if (late || lifecycle.is(State.ADMITTED)) {
      lifecycle.cancel(reason);
    } else {
      leave();
    }
  }

  private void leave() {
    presence.leave();
    switch (spec.role()) {
      case Owner _ when context.isReadByOthers(stream) -> delivery.continueDetached();
      case Owner _ -> startGracePeriod();
      case Resumed _ when delivery.tookOver() && !context.isReadByOthers(stream) ->
          startGracePeriod();
      case Resumed _, Watcher _, Duplicate _ -> lifecycle.leave(Outcome.CANCELLED);
    }
  }

  private void startGracePeriod() {
    long grace = context.gracePeriod(spec);
    if (grace == 0) {
      lifecycle.cancel(CancelReason.CLIENT_GONE);
    } else {
      presence.await(context.nanos() + grace);
      delivery.continueDetached();
    }
  }

  /** Ends what is late, what its client did not come back for, and what nobody waits for. */
  void expire(long now) {
    if (lifecycle.is(State.ENDED)) {
      return;
    }
    if (isLate(now)) {
      late();
    } else if (!spec.isOwner() && presence.isForgotten()) {
      lifecycle.leave(Outcome.CANCELLED);
    } else if (presence.isOver(now) && !lifecycle.is(State.UNDECIDED)) {
      endGracePeriod();
    }
  }

  private boolean isLate(long now) {
    return (spec.isOwner() || presence.here()) && now - spec.deadline() >= 0;
  }

  private void late() {
    var failure = new Failure(FailureCode.DEADLINE_EXCEEDED, "no complete answer in time");
    if (spec.isOwner()) {
      lifecycle.terminate(Outcome.CANCELLED, failure, CancelReason.DEADLINE);
    } else {
      dispatcher.fail(failure);
      leave();
    }
  }

  private void endGracePeriod() {
    if (context.isReadByOthers(stream)) {
      presence.noLongerAwaited();
    } else {
      lifecycle.cancel(CancelReason.CLIENT_GONE);
    }
  }

  /** The log cannot be read for it; the work of others goes on. */
  void onReplayFailure(Failure failure) {
    if (lifecycle.is(State.ACCEPTED)) {
      if (spec.isOwner()) {
        lifecycle.terminate(Outcome.FAILED, failure, CancelReason.CLIENT_GONE);
      } else {
        lifecycle.fail(failure);
      }
    }
  }
}
