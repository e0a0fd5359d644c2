package io.anyserve.runtime.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Copies no key or value above a size: it is left out and the record is marked as {@link
 * SkippedContent}.
 *
 * @param largest bytes
 */
record BoundedDeserializer(int largest) implements Deserializer<byte[]> {

  @Override
  public byte[] deserialize(String topic, byte[] data) {
    return data;
  }

  @Override
  @SuppressWarnings("NullAway") // null is how a deserializer says that there is no value
  public byte[] deserialize(String topic, Headers headers, @Nullable ByteBuffer data) {
    if (data != null && data.remaining() > largest) {
      SkippedContent.mark(headers, data.remaining(), largest);
      return null;
    }
    return Utils.toNullableArray(data);
  }
}
