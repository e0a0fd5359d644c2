package io.anyserve.worker.payload;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;

/** No object store: whatever does not fit into a record fails. */
public final class NoPayloadStore implements PayloadStore {

  /** A record stays below Kafka's limit of 1 MiB, whatever else is in it. */
  private static final int MOST = 768 << 10;

  @Override
  public Payload resolve(TenantId tenant, Payload input) {
    throw unavailable(
        input instanceof Payload.ObjectReference stored
            ? "object " + stored.object().key()
            : "images");
  }

  @Override
  public boolean tooLarge(Payload payload) {
    return payload.size() > MOST;
  }

  @Override
  public Payload.ObjectReference offload(TenantId tenant, RequestId request, Payload payload) {
    throw unavailable("output of " + payload.size() + " bytes");
  }

  private static FailureException unavailable(String what) {
    return new FailureException(
        FailureCode.STORE_UNAVAILABLE, what + ": no object store (expected: one is configured)");
  }
}
