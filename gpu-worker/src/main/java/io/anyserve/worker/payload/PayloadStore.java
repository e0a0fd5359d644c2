package io.anyserve.worker.payload;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;

/** Content behind references, and references for content too large for a record. Thread-safe. */
public interface PayloadStore {

  /**
   * The content behind a reference, or a conversation with the images behind its references; blocks
   * while they are fetched and verified.
   *
   * @throws io.anyserve.contracts.FailureException when it is not there, not the tenant's, not what
   *     the reference says, or the store does not answer
   */
  Payload resolve(TenantId tenant, Payload input);

  /** It must not travel in a record. */
  boolean tooLarge(Payload payload);

  /**
   * Stores the content and returns the reference; blocks until it is there.
   *
   * @throws io.anyserve.contracts.FailureException when the store does not take it
   */
  Payload.ObjectReference offload(TenantId tenant, RequestId request, Payload payload);
}
