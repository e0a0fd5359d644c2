package io.anyserve.contracts.image;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.validation.Preconditions;

/** What the first bytes of an image say. The pixels behind them may still be damaged. */
public record ImageHeader(ImageFormat format, int width, int height) {

  private static final ByteString PNG =
      ByteString.copyFrom(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
  private static final ByteString PNG_SIZE =
      ByteString.copyFrom(new byte[] {0, 0, 0, 13, 'I', 'H', 'D', 'R'});
  private static final ByteString JPEG = ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xd8});

  public ImageHeader {
    Preconditions.that(
        width >= 1 && height >= 1, "image", width + " x " + height + " pixels", "at least 1 x 1");
  }

  /** Throws IllegalArgumentException where it is no PNG and no JPEG, or damaged. */
  public static ImageHeader read(ByteString data) {
    if (data.startsWith(PNG)) {
      return png(data);
    }
    if (data.startsWith(JPEG)) {
      return jpeg(data);
    }
    throw Preconditions.refused("image", "of another format", "one of " + ImageFormat.mediaTypes());
  }

  public long pixels() {
    return (long) width * height;
  }

  private static ImageHeader png(ByteString data) {
    int start = PNG.size();
    boolean whole = data.size() >= start + 16;
    if (!whole || !data.substring(start, start + 8).equals(PNG_SIZE)) {
      throw damaged(ImageFormat.PNG);
    }
    return new ImageHeader(ImageFormat.PNG, int32(data, start + 8), int32(data, start + 12));
  }

  /** Goes from marker to marker, each with a length behind it, up to the one of the frame. */
  private static ImageHeader jpeg(ByteString data) {
    int at = JPEG.size();
    while (at + 9 <= data.size() && int8(data, at) == 0xff) {
      int marker = int8(data, at + 1);
      if (marker == 0xff) {
        at++;
      } else if (isFrame(marker)) {
        return new ImageHeader(ImageFormat.JPEG, int16(data, at + 7), int16(data, at + 5));
      } else {
        at += 2 + int16(data, at + 2);
      }
    }
    throw damaged(ImageFormat.JPEG);
  }

  /** C4, C8 and CC are tables and extensions. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static IllegalArgumentException damaged(ImageFormat format) {
    return Preconditions.refused("image", "damaged " + format, "a header with its size");
  }

  private static int int8(ByteString data, int at) {
    return data.byteAt(at) & 0xff;
  }

  private static int int16(ByteString data, int at) {
    return int8(data, at) << 8 | int8(data, at + 1);
  }

  private static int int32(ByteString data, int at) {
    return int16(data, at) << 16 | int16(data, at + 2);
  }
}
