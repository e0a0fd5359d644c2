package io.anyserve.worker.torch.vision;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.image.ImageFormat;
import io.anyserve.contracts.image.ImageHeader;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads PNG and JPEG as transformers does with Pillow. Samples are taken as they are stored: colour
 * profiles are not applied, grey is red, green and blue alike, of sixteen bits the upper eight
 * count, and what is transparent lies on white.
 */
final class ImageDecoder {

  /** What the decoder of JPEG says, and no more, when it has made up the rest of an image. */
  private static final String INCOMPLETE = "premature end";

  private static final int OPAQUE = 255;
  private static final int HALF = 0x80;
  private static final int PLACES = 7;

  private ImageDecoder() {}

  /** Throws FailureException where the image is damaged, or not what its header says. */
  static PixelRows decode(ByteString data, ImageHeader header) {
    ImageReader reader = ImageIO.getImageReadersByFormatName(name(header.format())).next();
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
    try (var input = new MemoryCacheImageInputStream(data.newInput())) {
      reader.setInput(input, true, true);
      requireSize(header, reader.getWidth(0), reader.getHeight(0));
      BufferedImage image = reader.read(0);
      for (String warning : warnings) {
        if (warning.contains(INCOMPLETE)) {
          throw damaged(header, warning, null);
        }
      }
      return rows(image);
    } catch (IOException | RuntimeException e) {
      throw e instanceof FailureException known
          ? known
          : damaged(header, String.valueOf(e.getMessage()), e);
    } finally {
      reader.dispose();
    }
  }

  private static String name(ImageFormat format) {
    return switch (format) {
      case PNG -> "png";
      case JPEG -> "jpeg";
    };
  }

  private static void requireSize(ImageHeader header, int width, int height) {
    if (width != header.width() || height != header.height()) {
      throw damaged(header, width + " x " + height + " pixels", null);
    }
  }

  private static FailureException damaged(
      ImageHeader header, String why, @Nullable Exception cause) {
    String what = header.format() + " of " + header.width() + " x " + header.height() + " pixels";
    String message = "image: " + what + ": " + why + " (expected: one that can be decoded)";
    return new FailureException(FailureCode.INVALID_REQUEST, message, cause);
  }

  /** By the arithmetic of Pillow's alpha_composite. */
  private static byte onWhite(int value, int alpha) {
    int sum = (value * alpha + OPAQUE * (OPAQUE - alpha) + HALF) << PLACES;
    return (byte) ((((sum >> 8) + sum) >> 8) >> PLACES);
  }

  private static PixelRows rows(BufferedImage image) {
    return image.getColorModel() instanceof IndexColorModel palette
        ? new Indexed(image.getRaster(), palette)
        : new Sampled(image.getRaster());
  }

  /** Each pixel is a colour of a palette. */
  private record Indexed(Raster raster, IndexColorModel palette) implements PixelRows {

    @Override
    public int width() {
      return raster.getWidth();
    }

    @Override
    public int height() {
      return raster.getHeight();
    }

    @Override
    public void read(int row, byte[] pixels) {
      int[] line = raster.getSamples(0, row, width(), 1, 0, (int[]) null);
      for (int i = 0; i < line.length; i++) {
        int alpha = palette.getAlpha(line[i]);
        pixels[3 * i] = onWhite(palette.getRed(line[i]), alpha);
        pixels[3 * i + 1] = onWhite(palette.getGreen(line[i]), alpha);
        pixels[3 * i + 2] = onWhite(palette.getBlue(line[i]), alpha);
      }
    }
  }

  /** Each pixel has its samples: grey or three colours, and possibly its transparency. */
  private record Sampled(Raster raster) implements PixelRows {

    @Override
    public int width() {
      return raster.getWidth();
    }

    @Override
    public int height() {
      return raster.getHeight();
    }

    @Override
    public void read(int row, byte[] pixels) {
      int bands = raster.getNumBands();
      int shift = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_USHORT ? 8 : 0;
      int[] line = raster.getPixels(0, row, width(), 1, (int[]) null);
      for (int i = 0; i < width(); i++) {
        int alpha = bands % 2 == 0 ? line[bands * i + bands - 1] >> shift : OPAQUE;
        for (int channel = 0; channel < 3; channel++) {
          int band = bands < 3 ? 0 : channel;
          pixels[3 * i + channel] = onWhite(line[bands * i + band] >> shift, alpha);
        }
      }
    }
  }
}
