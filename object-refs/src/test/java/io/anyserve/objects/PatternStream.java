package io.anyserve.objects;

import java.io.InputStream;

/** Bytes that depend on their position, made as they are read. */
final class PatternStream extends InputStream {

  private final long size;
  private long position;

  PatternStream(long size) {
    this.size = size;
  }

  @Override
  public int read() {
    if (position == size) {
      return -1;
    }
    long at = position++;
    return (int) (at ^ at >> 8 ^ at >> 16) & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    int count = (int) Math.min(length, size - position);
    for (int i = 0; i < count; i++) {
      buffer[offset + i] = (byte) read();
    }
    return count == 0 && length > 0 ? -1 : count;
  }
}
