package io.anyserve.worker.payload;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreException;
import io.anyserve.objects.PayloadOffloader;
import io.anyserve.objects.PayloadResolver;
import java.io.IOException;

/** Payloads in an object store. Thread-safe. */
public final class ObjectPayloads implements PayloadStore {

  private final PayloadResolver resolver;
  private final PayloadOffloader offload;
  private final long threshold;

  /**
   * @param threshold bytes; a larger payload is stored
   * @param most bytes of an object that may be fetched into memory
   */
  public ObjectPayloads(ObjectStore store, long threshold, long most) {
    this.resolver = new PayloadResolver(store, most);
    this.offload = new PayloadOffloader(store, threshold);
    this.threshold = threshold;
  }

  @Override
  public Payload resolve(TenantId tenant, Payload input) {
    try {
      return resolver.resolve(tenant, input);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public boolean tooLarge(Payload payload) {
    return payload.size() > threshold;
  }

  @Override
  public Payload.ObjectReference offload(TenantId tenant, RequestId request, Payload payload) {
    try {
      return switch (offload.apply(tenant, payload)) {
        case Payload.ObjectReference stored -> stored;
        case Payload.Text _, Payload.Chat _, Payload.Bytes _ ->
            throw new IllegalArgumentException(
                "payload: " + payload.size() + " bytes (expected: more than " + threshold + ")");
      };
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static FailureException failure(IOException e) {
    return e instanceof ObjectStoreException store
        ? new FailureException(store.failure(), e)
        : new FailureException(FailureCode.STORE_UNAVAILABLE, String.valueOf(e.getMessage()), e);
  }
}
