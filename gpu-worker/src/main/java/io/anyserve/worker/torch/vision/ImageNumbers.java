package io.anyserve.worker.torch.vision;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Numbers that stand for the content of images: below 0, so that no token has one, and the same for
 * the same bytes alone. An image that has not come again for long gets another number. Owned by the
 * engine thread.
 */
final class ImageNumbers {

  /** As many images as are told apart from all that came before. */
  private static final int REMEMBERED = 4096;

  private final Map<ByteString, Integer> numbers = new LinkedHashMap<>(16, 0.75f, true);
  private int last;

  int of(ByteString image) {
    int number = numbers.computeIfAbsent(digest(image), _ -> --last);
    if (numbers.size() > REMEMBERED) {
      numbers.remove(numbers.keySet().iterator().next());
    }
    return number;
  }

  private static ByteString digest(ByteString image) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (ByteBuffer part : image.asReadOnlyByteBufferList()) {
        sha256.update(part);
      }
      return ByteString.copyFrom(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
