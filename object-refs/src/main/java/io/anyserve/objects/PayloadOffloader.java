package io.anyserve.objects;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.Payload.Chat;
import io.anyserve.contracts.Payload.Text;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.PayloadCodec;
import java.io.IOException;

/** Keeps large payloads out of the records: they become references. Thread-safe. */
public final class PayloadOffloader {

  static final String TEXT = "text/plain; charset=utf-8";
  static final String CHAT = "application/vnd.anyserve.payload";

  private final ObjectStore store;
  private final long threshold;

  /**
   * @param threshold bytes; a larger payload is stored
   */
  public PayloadOffloader(ObjectStore store, long threshold) {
    this.store = store;
    this.threshold = threshold;
  }

  /** The payload itself, or the reference to it once the store has confirmed it. */
  public Payload apply(TenantId tenant, Payload payload) throws IOException {
    if (payload.size() <= threshold) {
      return payload;
    }
    return switch (payload) {
      case Text(String text) -> store(tenant, TEXT, text.getBytes(UTF_8));
      case Chat chat -> store(tenant, CHAT, PayloadCodec.encode(chat));
      case Payload.Bytes(ByteString bytes, String contentType) ->
          new Payload.ObjectReference(
              store.put(tenant, UploadMetadata.of(contentType, bytes.size()), bytes.newInput()));
      case Payload.ObjectReference stored -> stored;
    };
  }

  private Payload store(TenantId tenant, String contentType, byte[] bytes) throws IOException {
    return new Payload.ObjectReference(store.put(tenant, contentType, bytes));
  }
}
