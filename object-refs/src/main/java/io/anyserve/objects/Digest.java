package io.anyserve.objects;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 and number of the bytes seen so far. Owned by one thread. */
final class Digest {

  private final MessageDigest sha256;
  private long size;

  Digest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  void update(byte[] bytes, int offset, int length) {
    sha256.update(bytes, offset, length);
    size += length;
  }

  long size() {
    return size;
  }

  /** 64 lower-case digits. Ends the digest. */
  String finish() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
