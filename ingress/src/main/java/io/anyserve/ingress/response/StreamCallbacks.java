package io.anyserve.ingress.response;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.RequestId;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What streams set in motion; none of it blocks.
 *
 * @param cancel tells the workers to stop a request
 * @param takeOver tells the other ingresses that a client of this one resumed the request
 * @param replay reads the log for a reader that is behind, from where it stands
 * @param departures hears how requests leave
 */
public record StreamCallbacks(
    BiConsumer<RequestId, CancelReason> cancel,
    Consumer<RequestId> takeOver,
    Consumer<ResponseStream> replay,
    RequestLifecycleListener departures) {

  /** Where nobody cares how requests leave. */
  public StreamCallbacks(
      BiConsumer<RequestId, CancelReason> cancel,
      Consumer<RequestId> takeOver,
      Consumer<ResponseStream> replay) {
    this(cancel, takeOver, replay, RequestLifecycleListener.IGNORED);
  }
}
