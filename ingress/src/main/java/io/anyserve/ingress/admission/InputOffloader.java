package io.anyserve.ingress.admission;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.objects.ObjectStore;
import io.anyserve.objects.ObjectStoreException;
import io.anyserve.objects.PayloadOffloader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Keeps records small and references true, with an object store or without. Thread-safe. */
public final class InputOffloader {

  private final Optional<Store> store;

  private InputOffloader(Optional<Store> store) {
    this.store = store;
  }

  /** References are refused; all else travels in the record. */
  public static InputOffloader inlineOnly() {
    return new InputOffloader(Optional.empty());
  }

  /**
   * Payloads above a size become references.
   *
   * @param threshold bytes
   */
  public static InputOffloader stored(ObjectStore objects, long threshold) {
    return new InputOffloader(
        Optional.of(new Store(objects, new PayloadOffloader(objects, threshold), threshold)));
  }

  private record Store(ObjectStore objects, PayloadOffloader offload, long threshold) {}

  /** Whether {@link #offload} returns the payload itself, at once. */
  public boolean isInline(Payload payload) {
    return references(payload).isEmpty()
        && payload.size() <= store.map(Store::threshold).orElse(Long.MAX_VALUE);
  }

  /**
   * The payload as it may travel. Blocks.
   *
   * @throws FailureException when it is a reference to nothing, or the store does not take it
   */
  public Payload offload(TenantId tenant, Payload payload) {
    try {
      for (ObjectRef object : references(payload)) {
        require(tenant, object);
      }
      return store.isEmpty() ? payload : store.get().offload().apply(tenant, payload);
    } catch (ObjectStoreException e) {
      throw new FailureException(e.failure(), e);
    } catch (IOException e) {
      throw new FailureException(FailureCode.STORE_UNAVAILABLE, "the object store failed", e);
    }
  }

  /** The payload's own, or those of its images. */
  private static List<ObjectRef> references(Payload payload) {
    return switch (payload) {
      case Payload.ObjectReference(ObjectRef object) -> List.of(object);
      case Payload.Chat chat ->
          chat.images().stream().flatMap(image -> reference(image).stream()).toList();
      case Payload.Text _, Payload.Bytes _ -> List.of();
    };
  }

  private static Optional<ObjectRef> reference(ContentPart part) {
    return switch (part) {
      case ContentPart.StoredImage(ObjectRef object) -> Optional.of(object);
      case ContentPart.Image _, ContentPart.Text _ -> Optional.empty();
    };
  }

  private void require(TenantId tenant, ObjectRef object) throws ObjectStoreException {
    if (store.isEmpty()) {
      throw new FailureException(
          FailureCode.OBJECT_NOT_FOUND, "object: no store (expected: input in the request)");
    }
    store.get().objects().require(tenant, object);
  }
}
