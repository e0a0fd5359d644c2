package io.anyserve.objects;

import io.anyserve.contracts.ObjectRef;
import io.anyserve.objects.ObjectStoreException.Kind;
import java.io.IOException;
import java.io.InputStream;

/**
 * An object's bytes, whose end is reached only if their number and hash are those of the reference:
 * the last read fails otherwise. Owned by one thread.
 */
final class VerifyingInputStream extends InputStream {

  private final InputStream source;
  private final ObjectRef ref;
  private final Digest digest = new Digest();
  private boolean ended;

  VerifyingInputStream(InputStream source, ObjectRef ref) {
    this.source = source;
    this.ref = ref;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0; // some sources answer even this with their end
    }
    if (ended) {
      return -1;
    }
    int count = fetch(buffer, offset, length);
    if (count < 0) {
      verify();
      ended = true;
      return -1;
    }
    digest.update(buffer, offset, count);
    if (digest.size() > ref.size()) {
      throw corrupt("more than " + ref.size() + " bytes", ref.size() + " bytes");
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private int fetch(byte[] buffer, int offset, int length) throws ObjectStoreException {
    try {
      return source.read(buffer, offset, length);
    } catch (IOException e) {
      throw new ObjectStoreException(
          Kind.UNAVAILABLE,
          "object " + ObjectKeys.printable(ref.key()) + " broke off: " + e.getMessage(),
          e);
    }
  }

  private void verify() throws ObjectStoreException {
    if (digest.size() != ref.size()) {
      throw corrupt(digest.size() + " bytes", ref.size() + " bytes");
    }
    String sha256 = digest.finish();
    if (!sha256.equals(ref.sha256())) {
      throw corrupt("sha256 " + sha256, ref.sha256());
    }
  }

  private ObjectStoreException corrupt(String found, String expected) {
    return corrupt(ref, found, expected);
  }

  static ObjectStoreException corrupt(ObjectRef ref, String found, String expected) {
    return new ObjectStoreException(
        Kind.CORRUPT,
        "object %s: %s (expected: %s)".formatted(ObjectKeys.printable(ref.key()), found, expected));
  }
}
