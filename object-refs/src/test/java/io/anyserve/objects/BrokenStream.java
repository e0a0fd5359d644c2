package io.anyserve.objects;

import java.io.IOException;
import java.io.InputStream;

/** Holds some bytes, then fails. */
final class BrokenStream extends InputStream {

  private final InputStream content;
  private final IOException failure;

  BrokenStream(long size, IOException failure) {
    this.content = new PatternStream(size);
    this.failure = failure;
  }

  @Override
  public int read() throws IOException {
    return orFail(content.read());
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return orFail(content.read(buffer, offset, length));
  }

  private int orFail(int result) throws IOException {
    if (result < 0) {
      throw failure;
    }
    return result;
  }
}
