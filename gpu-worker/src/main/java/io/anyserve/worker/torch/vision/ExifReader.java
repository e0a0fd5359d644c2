package io.anyserve.worker.torch.vision;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.image.ImageFormat;
import io.anyserve.contracts.image.ImageHeader;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds the orientation that a camera has noted in a JPEG. What is damaged counts as not there. */
final class ExifReader {

  private static final ByteString MARK = ByteString.copyFrom(new byte[] {'E', 'x', 'i', 'f', 0, 0});
  private static final int APPLICATION = 0xe1;
  private static final int SCAN = 0xda;
  private static final int ORIENTATION = 0x112;
  private static final int ENTRY = 12;
  private static final char LITTLE_ENDIAN = 'I';

  private ExifReader() {}

  static Orientation orientation(ByteString data, ImageHeader header) {
    if (header.format() != ImageFormat.JPEG) {
      return Orientation.UPRIGHT;
    }
    try {
      return orientation(data);
    } catch (IndexOutOfBoundsException | IllegalArgumentException | BufferUnderflowException e) {
      return Orientation.UPRIGHT;
    }
  }

  /** Goes from marker to marker, each with a length behind it, up to the pixels. */
  private static Orientation orientation(ByteString data) {
    int at = 2;
    while ((data.byteAt(at) & 0xff) == 0xff && (data.byteAt(at + 1) & 0xff) != SCAN) {
      int length = (data.byteAt(at + 2) & 0xff) << 8 | (data.byteAt(at + 3) & 0xff);
      ByteString segment = data.substring(at + 4, at + 2 + length);
      if ((data.byteAt(at + 1) & 0xff) == APPLICATION && segment.startsWith(MARK)) {
        return noted(segment.substring(MARK.size()).asReadOnlyByteBuffer().slice());
      }
      at += 2 + length;
    }
    return Orientation.UPRIGHT;
  }

  /** The entry of the first directory of a TIFF. */
  private static Orientation noted(ByteBuffer tiff) {
    tiff.order(tiff.get(0) == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    int entries = tiff.getShort(directory) & 0xffff;
    for (int i = 0; i < entries; i++) {
      int entry = directory + 2 + i * ENTRY;
      if (tiff.getShort(entry) == ORIENTATION) {
        return Orientation.of(tiff.getShort(entry + 8)).orElse(Orientation.UPRIGHT);
      }
    }
    return Orientation.UPRIGHT;
  }
}
