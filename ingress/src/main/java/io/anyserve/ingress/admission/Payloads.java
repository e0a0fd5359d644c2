package io.anyserve.ingress.admission;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreException;
import io.anyserve.objects.Offload;
import java.io.IOException;
import java.util.Optional;

/** Keeps records small and references true, with an object store or without. Thread-safe. */
public final class Payloads {

  private final Optional<Store> store;

  private Payloads(Optional<Store> store) {
    this.store = store;
  }

  /** References are refused; all else travels in the record. */
  public static Payloads inlineOnly() {
    return new Payloads(Optional.empty());
  }

  /**
   * Payloads above a size become references.
   *
   * @param threshold bytes
   */
  public static Payloads stored(ObjectStore objects, long threshold) {
    return new Payloads(
        Optional.of(new Store(objects, new Offload(objects, threshold), threshold)));
  }

  private record Store(ObjectStore objects, Offload offload, long threshold) {}

  /** Whether {@link #settle} returns the payload itself, at once. */
  public boolean settled(Payload payload) {
    return !(payload instanceof Payload.ObjectReference)
        && payload.size() <= store.map(Store::threshold).orElse(Long.MAX_VALUE);
  }

  /**
   * The payload as it may travel. Blocks.
   *
   * @throws FailureException when it is a reference to nothing, or the store does not take it
   */
  public Payload settle(TenantId tenant, Payload payload) {
    try {
      if (payload instanceof Payload.ObjectReference(ObjectRef object)) {
        require(tenant, object);
        return payload;
      }
      return store.isEmpty() ? payload : store.get().offload().apply(tenant, payload);
    } catch (ObjectStoreException e) {
      throw new FailureException(e.failure(), e);
    } catch (IOException e) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "the object store failed", e);
    }
  }

  private void require(TenantId tenant, ObjectRef object) throws ObjectStoreException {
    if (store.isEmpty()) {
      throw new FailureException(
          FailureCode.OBJECT_NOT_FOUND, "object: no store (expected: input in the request)");
    }
    store.get().objects().require(tenant, object);
  }
}
