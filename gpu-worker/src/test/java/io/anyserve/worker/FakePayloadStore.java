package io.anyserve.worker;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.ObjectRef;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.worker.payload.PayloadStore;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps payloads in memory, by tenant and key. */
public final class FakePayloadStore implements PayloadStore {

  private static final int THRESHOLD = 64 << 10;

  private final Map<String, Payload> objects = new ConcurrentHashMap<>();

  @Override
  public Payload resolve(TenantId tenant, Payload input) {
    if (!(input instanceof Payload.ObjectReference stored)) {
      return input;
    }
    Payload found = objects.get(stored.object().key());
    if (found == null || !stored.object().key().startsWith(tenant.value() + "/")) {
      throw new FailureException(
          FailureCode.OBJECT_NOT_FOUND, "object: " + stored.object().key() + " (expected: one)");
    }
    return found;
  }

  @Override
  public boolean tooLarge(Payload payload) {
    return payload.size() > THRESHOLD;
  }

  @Override
  public Payload.ObjectReference offload(TenantId tenant, RequestId request, Payload payload) {
    String key = tenant + "/" + objects.size();
    objects.put(key, payload);
    return reference(key, payload.size());
  }

  public static Payload.ObjectReference reference(String key, long size) {
    return new Payload.ObjectReference(
        new ObjectRef(
            "bucket",
            key,
            "",
            size,
            "0".repeat(64),
            "text/plain",
            Instant.parse("2100-01-01T00:00:00Z")));
  }
}
