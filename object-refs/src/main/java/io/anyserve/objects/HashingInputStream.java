package io.anyserve.objects;

import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Measures what passes through and stops it at a limit. The store's client may read it on another
 * thread, one after the other.
 */
final class HashingInputStream extends InputStream {

  private final InputStream source;
  private final long most;
  private final Digest digest = new Digest();
  private volatile boolean ended;
  private volatile Optional<IOException> failure = Optional.empty();

  HashingInputStream(InputStream source, long most) {
    this.source = source;
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    try {
      int count = source.read(buffer, offset, length);
      if (count > 0) {
        digest.update(buffer, offset, count);
      }
      ended |= count < 0 && length > 0;
      if (digest.size() > most) {
        throw tooLarge("more than " + most, most);
      }
      return count;
    } catch (IOException e) {
      failure = Optional.of(e);
      throw e;
    }
  }

  /** Whether the source has no more bytes, as far as it was asked. */
  boolean ended() {
    return ended;
  }

  Digest digest() {
    return digest;
  }

  /** What reading ended with, which the store's client wraps beyond recognition. */
  Optional<IOException> failure() {
    return failure;
  }

  static ObjectStoreException tooLarge(String found, long most) {
    return new ObjectStoreException(
        Kind.TOO_LARGE, "object size: " + found + " bytes (expected: at most " + most + ")");
  }
}
